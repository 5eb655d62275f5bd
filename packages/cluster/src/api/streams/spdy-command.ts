/**
 * exec and attach for clients that speak SPDY: one stream each for input, outputs, the end, and a terminal's size.
 * @upstream kubernetes staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/httpstream.go
 */
import type { Duplex } from 'node:stream';

import type { CommandChannels, CommandOptions } from './remote-command.ts';
import { serveSpdy } from './spdy/spdy-connection.ts';

/** Protocols for commands, the best first. */
export const SPDY_COMMAND_PROTOCOLS: readonly string[] = ['v4.channel.k8s.io'];
/** Longest a client may take to open its streams, in milliseconds. */
const STREAMS_MS = 30_000;

/** Waits for the streams the options promise; rejects when they do not come. */
export const spdyCommandChannels = (
  transport: Duplex,
  options: CommandOptions,
  setTimer: (delayMs: number, callback: () => void) => () => void,
): Promise<CommandChannels> =>
  new Promise((resolve, reject) => {
    const wanted = new Set([
      'error',
      ...(options.stdin ? ['stdin'] : []),
      ...(options.stdout ? ['stdout'] : []),
      ...(options.stderr && !options.tty ? ['stderr'] : []),
    ]);
    const streams = new Map<string, Duplex>();
    const gone = new AbortController();
    const listeners: ((message: unknown) => void)[] = [];
    const cancel = setTimer(STREAMS_MS, () => reject(new Error('the client did not open its streams in time')));
    transport.on('close', () => {
      cancel();
      gone.abort();
      reject(new Error('the client is gone'));
    });
    serveSpdy(transport, ({ headers, channel }) => {
      const type = headers.get('streamtype') ?? '';
      streams.set(type, channel);
      if (type === 'resize') readMessages(channel, (message) => listeners.forEach((listener) => listener(message)));
      // Of outputs the client sends nothing; its end of them is read so that it closes.
      if (type !== 'stdin' && type !== 'resize') channel.resume();
      if (![...wanted].every((name) => streams.has(name))) return;
      cancel();
      resolve(channelsOf({ streams, gone: gone.signal, listeners, transport }));
    });
  });

const channelsOf = (of: {
  readonly streams: ReadonlyMap<string, Duplex>;
  readonly gone: AbortSignal;
  readonly listeners: ((message: unknown) => void)[];
  readonly transport: Duplex;
}): CommandChannels => {
  const { streams, gone, listeners, transport } = of;
  const [stdin, stdout, stderr] = ['stdin', 'stdout', 'stderr'].map((name) => streams.get(name));
  return {
    ...(stdin ? { stdin } : {}),
    ...(stdout ? { stdout } : {}),
    ...(stderr ? { stderr } : {}),
    gone,
    onResize: (listener) => void listeners.push(listener),
    finish: (status) => {
      for (const name of ['stdout', 'stderr']) streams.get(name)?.end();
      const error = streams.get('error');
      error?.end(JSON.stringify(status), () => transport.end());
    },
  };
};

/** Sizes come as JSON values one after the other. */
const readMessages = (channel: Duplex, take: (message: unknown) => void): void => {
  let text = '';
  channel.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-4096);
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}')) {
      try {
        take(JSON.parse(text.slice(0, end + 1)));
      } catch {
        // Not a size: what follows may be one.
      }
      text = text.slice(end + 1);
    }
  });
};
