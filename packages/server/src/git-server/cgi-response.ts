/**
 * Reads what a CGI program printed: header lines, an empty line, the body. @spec RFC 3875 §6
 */

/** A CGI program's answer. */
export interface CgiResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Splits an answer. Output without a header end is a 502. */
export const parseCgiResponse = (output: Uint8Array): CgiResponse => {
  const end = headerEnd(output);
  if (!end)
    return { status: 502, contentType: 'text/plain', body: new TextEncoder().encode('the program gave no answer\n') };
  const lines = new TextDecoder('latin1').decode(output.subarray(0, end.at)).split(/\r?\n/);
  const headers = new Map(
    lines.map(
      (line) =>
        [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
    ),
  );
  return {
    status: Number.parseInt(headers.get('status') ?? '200', 10) || 200,
    contentType: headers.get('content-type') ?? 'application/octet-stream',
    body: output.subarray(end.at + end.length),
  };
};

const headerEnd = (output: Uint8Array): { readonly at: number; readonly length: number } | undefined => {
  const buffer = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  const withReturns = buffer.indexOf('\r\n\r\n');
  const plain = buffer.indexOf('\n\n');
  if (withReturns >= 0 && (plain < 0 || withReturns < plain)) return { at: withReturns, length: 4 };
  return plain >= 0 ? { at: plain, length: 2 } : undefined;
};
