/**
 * Several streams in one WebSocket: the first byte of each message says which.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/util/wsstream, staging/src/k8s.io/apimachinery/pkg/util/httpstream/wsstream
 */
import { PassThrough, Writable } from 'node:stream';

import type { RawData, WebSocket } from 'ws';

import type { CommandChannels, CommandOptions } from './remote-command.ts';

/** Protocols for commands, the best first. Only the first has a word for "no more input"; naming none is the plain one. */
export const COMMAND_PROTOCOLS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'channel.k8s.io', ''];

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** Its message names a channel on which no more will come (v5). */
const CLOSE = 255;

/** The message's bytes, as one buffer. */
export const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);

/** Writes to a channel; waits while the client is slow. */
export const channelWriter = (socket: WebSocket, channel: number): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (socket.readyState !== socket.OPEN) return done();
      socket.send(Buffer.concat([Buffer.from([channel]), chunk]), () => done());
    },
  });

/** The streams of a command in a WebSocket. */
export const commandChannels = (socket: WebSocket, options: CommandOptions): CommandChannels => {
  const stdin = new PassThrough();
  const gone = new AbortController();
  let resized: (message: unknown) => void = () => undefined;
  socket.on('message', (data) => {
    const bytes = bytesOf(data);
    const content = bytes.subarray(1);
    if (bytes[0] === STDIN) takeInput(socket, stdin, content);
    if (bytes[0] === RESIZE) resized(parsed(content));
    if (bytes[0] === CLOSE && content[0] === STDIN) stdin.end();
  });
  socket.on('close', () => {
    stdin.end();
    gone.abort();
  });
  socket.on('error', () => socket.terminate());
  // Clients take the first message for the sign that the other side is there.
  const first = options.stdout ? STDOUT : options.stderr ? STDERR : ERROR;
  socket.send(Buffer.from([first]));
  return {
    ...(options.stdin ? { stdin } : {}),
    ...(options.stdout ? { stdout: channelWriter(socket, STDOUT) } : {}),
    ...(options.stderr && !options.tty ? { stderr: channelWriter(socket, STDERR) } : {}),
    gone: gone.signal,
    onResize: (listener) => {
      resized = listener;
    },
    finish: (status) => {
      if (socket.readyState !== socket.OPEN) return;
      const ending = isPlain(socket) ? status.message : JSON.stringify(status);
      if (ending === undefined) return socket.close(1000);
      socket.send(Buffer.concat([Buffer.from([ERROR]), Buffer.from(ending)]), () => socket.close(1000));
    },
  };
};

/** The plain protocol has no form for how a command ended: only what failed is told, in words. */
const isPlain = ({ protocol }: WebSocket): boolean => protocol === '' || protocol === 'channel.k8s.io';

/** Hands input on; what is not read fast enough holds the client back. */
export const takeInput = (socket: WebSocket, stdin: PassThrough, content: Buffer): void => {
  if (stdin.writableEnded || content.length === 0) return;
  if (stdin.write(content)) return;
  socket.pause();
  stdin.once('drain', () => socket.resume());
};

const parsed = (content: Buffer): unknown => {
  try {
    return JSON.parse(content.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};
