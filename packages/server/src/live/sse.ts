/**
 * Server-sent events: messages as the `EventSource` of browsers reads them.
 * @spec https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { delay, type Clock } from '@argosy/base';

/** A queue that a producer fills and one reader drains, with a comment line now and then so that proxies keep the line open. */
export interface SseQueue {
  /** Adds a message; data is written as one line of JSON. Messages beyond the limit end the stream: the client comes back and starts over. */
  push(event: string, data: unknown): void;
  /** The chunks to send, until the signal aborts. */
  chunks(signal: AbortSignal): AsyncIterable<string>;
}

/** A reader this far behind is cut off rather than kept in memory. */
const LONGEST_BACKLOG = 20_000;
const KEEP_ALIVE_MS = 15_000;
/** Changes are gathered this long, so that a burst is one write (UI §5). */
const GATHER_MS = 100;

/** Creates a queue. */
export const createSseQueue = (clock: Clock): SseQueue => {
  let waiting: string[] = [];
  let wake: () => void = () => undefined;
  const backlog = { overflowed: false };
  return {
    push: (event, data) => {
      if (waiting.length >= LONGEST_BACKLOG) backlog.overflowed = true;
      else waiting.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      wake();
    },
    chunks: async function* (signal) {
      yield 'retry: 1000\n\n';
      while (!signal.aborted && !backlog.overflowed) {
        if (waiting.length === 0) {
          const woken = new AbortController();
          wake = () => woken.abort();
          const stop = (): void => woken.abort();
          signal.addEventListener('abort', stop, { once: true });
          await delay(clock, KEEP_ALIVE_MS, woken.signal);
          signal.removeEventListener('abort', stop);
          if (signal.aborted) return;
          if (waiting.length === 0) yield ': still here\n\n';
          await delay(clock, GATHER_MS, signal);
          continue;
        }
        const burst = waiting.join('');
        waiting = [];
        yield burst;
        await delay(clock, GATHER_MS, signal);
      }
    },
  };
};
