/**
 * Fetches that many ask for: those who ask at the same time share one, and whoever asks for what was pushed before some
 * moment is content with any that began after it.
 */
import { setImmediate } from 'node:timers/promises';

/** The fetches of all mirrors. */
export interface SharedFetches<R extends { readonly mirror: string }> {
  /** Counts fetches as they begin: one that begins from now on has a higher number. */
  moment(): number;
  /**
   * Waits for a fetch of this remote that has begun after the moment; from now when none is given. What is fetched has
   * begun after it was asked for: a push that somebody told of is in it. Throws what the fetch throws.
   */
  ensure(remote: R, since?: number): Promise<void>;
  /** Of a mirror, the number of the last fetch that came to its end; 0 before. */
  lastOf(mirror: string): number;
}

interface Fetching {
  /** 0 until it begins. */
  number: number;
  done: Promise<void>;
}

/** Shares fetches. */
export const createSharedFetches = <R extends { readonly mirror: string }>(
  fetch: (remote: R) => Promise<void>,
): SharedFetches<R> => {
  let begun = 0;
  const running = new Map<string, Fetching>();
  const ended = new Map<string, number>();
  const lastOf = (mirror: string): number => ended.get(mirror) ?? 0;

  const begin = async (remote: R, own: Fetching, before: Promise<unknown> | undefined): Promise<void> => {
    await before?.catch(() => undefined);
    await setImmediate();
    begun += 1;
    own.number = begun;
    await fetch(remote);
    ended.set(remote.mirror, own.number);
  };
  return {
    moment: () => begun,
    lastOf,
    ensure: (remote, since = begun) => {
      const { mirror } = remote;
      if (lastOf(mirror) > since) return Promise.resolve();
      const last = running.get(mirror);
      if (last && (last.number === 0 || last.number > since)) return last.done;
      const own: Fetching = { number: 0, done: Promise.resolve() };
      own.done = begin(remote, own, last?.done).finally(() => {
        if (running.get(mirror) === own) running.delete(mirror);
      });
      running.set(mirror, own);
      return own.done;
    },
  };
};
