/**
 * What is opened is closed again, in the opposite order.
 */
import { setMaxListeners } from 'node:events';

/** How long a platform lives. */
export interface Lifetime {
  /** Aborts when it ends. */
  readonly signal: AbortSignal;
  /** Has something done at the end, before what was asked for earlier. */
  onEnd(cleanup: () => Promise<void> | void): void;
  /** Ends it; resolves when everything is done. */
  end(): Promise<void>;
}

/** Begins one. */
export const beginLifetime = (): Lifetime => {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const cleanups: (() => Promise<void> | void)[] = [];
  return {
    signal: stopping.signal,
    onEnd: (cleanup) => void cleanups.push(cleanup),
    end: async () => {
      stopping.abort();
      for (const cleanup of cleanups.toReversed()) await cleanup();
    },
  };
};
