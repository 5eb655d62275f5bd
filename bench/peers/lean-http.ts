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
  /** Sends a request and gives the bytes of its endless answer, its head included. */
  stream(request: string, onBytes: (bytes: Buffer) => void): void;
  end(): void;
}

/** Connects. */
export const connectLean = async (target: LeanTarget): Promise<LeanConnection> => {
  const socket = await openSocket(target);
  let waiting: { readonly resolve: (body: Buffer) => void; readonly reject: (thrown: Error) => void } | undefined;
  let streaming: ((bytes: Buffer) => void) | undefined;
  let held: Buffer | undefined;
  const fail = (thrown: Error): void => {
    waiting?.reject(thrown);
    waiting = undefined;
  };
  socket.on('data', (bytes: Buffer) => {
    if (streaming) return streaming(bytes);
    held = held ? Buffer.concat([held, bytes]) : bytes;
    const answer = readAnswer(held);
    if (!answer) return;
    const asked = waiting;
    held = waiting = undefined;
    if (answer.status < 300) asked?.resolve(answer.body);
    else asked?.reject(new Error(`answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 300)}`));
  });
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

const openSocket = ({ host, port, tls: secure }: LeanTarget): Promise<net.Socket> =>
  new Promise((resolve, reject) => {
    const socket = secure
      ? tls.connect({ host, port, ca: secure.authority, cert: secure.certificate, key: secure.key }, () =>
          resolve(socket),
        )
      : net.connect({ host, port }, () => resolve(socket));
    socket.setNoDelay(true).once('error', reject);
  });

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKS_END = Buffer.from('0\r\n\r\n');

const readAnswer = (bytes: Buffer): { readonly status: number; readonly body: Buffer } | undefined => {
  const head = bytes.indexOf(HEAD_END);
  if (head < 0) return undefined;
  const text = bytes.toString('latin1', 0, head);
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  const start = head + HEAD_END.length;
  const isWhole =
    length === undefined
      ? bytes.subarray(-CHUNKS_END.length).equals(CHUNKS_END)
      : bytes.byteLength >= start + Number(length);
  return isWhole ? { status: Number(text.slice(9, 12)), body: bytes.subarray(start) } : undefined;
};

/** A whole request; `headers` are lines that end in CRLF. Everything is latin1. */
export const leanRequest = (method: string, path: string, headers: string, body = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n${headers}${
    body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`
  }\r\n${body}`;
