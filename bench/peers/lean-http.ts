/**
 * A client that costs as little as one can: a socket, requests made beforehand, one write per request, of the answer no
 * more than its status and its end. On a small machine what measures takes from what is measured; both peers get this one.
 */
import net from 'node:net';
import tls from 'node:tls';

/** Where to connect; with `tls` over TLS. */
export interface LeanTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly authority: string; readonly certificate: string; readonly key: string };
}

/** A connection with one request at a time. */
export interface LeanConnection {
  /** Sends a whole request; resolves with the body of a good answer. Rejects with the text of any other. */
  send(request: string): Promise<Buffer>;
  /** Sends a request and gives the bytes of its endless answer, its head included; they are there until `onBytes` returns. */
  stream(request: string, onBytes: (bytes: Buffer) => void): void;
  end(): void;
}

/** Connects. */
export const connectLean = async (target: LeanTarget): Promise<LeanConnection> => {
  const socket = await openSocket(target, (bytes) => receive(bytes));
  let waiting: { readonly resolve: (body: Buffer) => void; readonly reject: (thrown: Error) => void } | undefined;
  let streaming: ((bytes: Buffer) => void) | undefined;
  let held: Buffer[] = [];
  const fail = (thrown: Error): void => {
    waiting?.reject(thrown);
    waiting = undefined;
  };
  const receive = (bytes: Buffer): void => {
    if (streaming) return streaming(bytes);
    // The buffer is used again for the next read.
    held.push(Buffer.from(bytes));
    // A long answer is put together once, when its end is there.
    if (!isWhole(held)) return;
    const answer = readAnswer(Buffer.concat(held));
    const asked = waiting;
    held = [];
    waiting = undefined;
    if (answer.status < 300) asked?.resolve(answer.body);
    else asked?.reject(new Error(`answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 300)}`));
  };
  socket.on('error', fail).on('close', () => fail(new Error('the connection was closed')));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection was closed while it was idle'));
        waiting = { resolve, reject };
        socket.write(request, 'latin1');
      }),
    stream: (request, onBytes) => {
      streaming = onBytes;
      socket.write(request, 'latin1');
    },
    end: () => void socket.destroy(),
  };
};

/** Reads go into one buffer per connection: no stream, no garbage. */
const openSocket = ({ host, port, tls: secure }: LeanTarget, onBytes: (bytes: Buffer) => void): Promise<net.Socket> =>
  new Promise((resolve, reject) => {
    const onread = {
      buffer: new Uint8Array(READ_BYTES),
      callback: (count: number, buffer: Uint8Array) => {
        onBytes(Buffer.from(buffer.buffer, buffer.byteOffset, count));
        return true;
      },
    };
    const where = { host, port, onread };
    const secured = { ...where, ca: secure?.authority, cert: secure?.certificate, key: secure?.key };
    const socket: net.Socket = secure
      ? tls.connect(secured, () => resolve(socket))
      : net.connect(where, () => resolve(socket));
    socket.setNoDelay(true).once('error', reject);
  });

const READ_BYTES = 64 * 1024;

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKS_END = Buffer.from('0\r\n\r\n');

/** The first part has the whole head: both peers send it in one piece. */
const isWhole = (parts: readonly Buffer[]): boolean => {
  const [first] = parts;
  const head = first?.indexOf(HEAD_END) ?? -1;
  if (!first || head < 0) return false;
  const length = /content-length: (\d+)/i.exec(first.toString('latin1', 0, head))?.[1];
  if (length === undefined) return parts.at(-1)?.subarray(-CHUNKS_END.length).equals(CHUNKS_END) ?? false;
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  return size >= head + HEAD_END.length + Number(length);
};

const readAnswer = (bytes: Buffer): { readonly status: number; readonly body: Buffer } => ({
  status: Number(bytes.toString('latin1', 9, 12)),
  body: bytes.subarray(bytes.indexOf(HEAD_END) + HEAD_END.length),
});

/** A whole request; `headers` are lines that end in CRLF. Everything is latin1. */
export const leanRequest = (method: string, path: string, headers: string, body = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n${headers}${
    body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`
  }\r\n${body}`;
