/**
 * The network, by undici.
 */
import { Agent, fetch } from 'undici';

import { Failure, messageOf } from '@argosy/base';

import type { HttpPort, HttpRequest, HttpResponse } from '../../http/http-port.ts';

/** An answer travels inside objects; what is larger belongs into an artifact. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/** Creates the port. */
export const createUndiciHttp = (): HttpPort => ({ send });

const send = async (request: HttpRequest): Promise<HttpResponse> => {
  const dispatcher = request.insecureSkipVerify ? new Agent({ connect: { rejectUnauthorized: false } }) : undefined;
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers.map(({ name, value }): [string, string] => [name, value]),
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: AbortSignal.timeout(request.timeoutMs),
      ...(dispatcher ? { dispatcher } : {}),
    });
    const headers: Record<string, string[]> = {};
    for (const [name, value] of response.headers) (headers[canonical(name)] ??= []).push(value);
    return { statusCode: response.status, headers, body: await readBody(response.body, request.url) };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const cause = thrown instanceof Error && thrown.cause ? messageOf(thrown.cause) : messageOf(thrown);
    throw new Failure(`${request.method} ${request.url}: ${cause}`, {
      code: 'HttpFailed',
      retryable: true,
      cause: thrown,
    });
  } finally {
    await dispatcher?.close();
  }
};

const readBody = async (body: AsyncIterable<Uint8Array> | null, url: string): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body ?? []) {
    total += chunk.byteLength;
    if (total > LARGEST_BODY_BYTES)
      throw new Failure(`${url} answered more than 1 MiB; fetch it as an http artifact`, { code: 'ResponseTooLarge' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** As Go writes header names, which is how conditions read them. */
const canonical = (name: string): string =>
  name
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('-');
