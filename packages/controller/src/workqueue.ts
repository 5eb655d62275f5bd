/**
 * The queue between watches and workers: a key waits in it at most once, is worked on by one worker at a time, and
 * comes back if it was added meanwhile. @upstream kubernetes client-go util/workqueue
 */
import type { Clock, Random } from '@argosy/base';

/** Ports of a queue. */
export interface WorkqueueDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** Waits between failures of one key. */
export interface WorkqueueOptions {
  /** First wait in milliseconds; default 10, since most failures are lost updates that succeed at once. */
  readonly firstRetryMs?: number;
  /** Longest wait in milliseconds; default 60 000, so that a repaired world is noticed within a minute. */
  readonly longestRetryMs?: number;
}

/** A queue of keys. */
export interface Workqueue {
  /** Adds a key now. */
  add(key: string): void;
  /** Adds a key after `delayMs`; of several delays for one key the earliest counts. */
  addAfter(key: string, delayMs: number): void;
  /** Adds a key after a wait that grows with each call until `forget`. Returns the wait in milliseconds. */
  addRateLimited(key: string): number;
  /** The key succeeded: its next failure waits as little as the first. */
  forget(key: string): void;
  /** Gives the next key, or `undefined` once the queue is closed. The caller must call `done`. */
  take(): Promise<string | undefined>;
  /** The worker has finished with the key. */
  done(key: string): void;
  /** Wakes all takers with `undefined` and drops what waits. */
  close(): void;
  /** Keys ready to be worked on. */
  readonly depth: number;
}

/** Creates an empty queue. */
export const createWorkqueue = (deps: WorkqueueDeps, options: WorkqueueOptions = {}): Workqueue => {
  const ready = new Set<string>();
  const working = new Set<string>();
  const again = new Set<string>();
  const takers: ((key: string | undefined) => void)[] = [];
  let closed = false;

  const hand = (): void => {
    for (const key of ready) {
      const taker = takers.shift();
      if (!taker) return;
      ready.delete(key);
      working.add(key);
      taker(key);
    }
  };
  const add = (key: string): void => {
    if (closed) return;
    if (working.has(key)) {
      again.add(key);
      return;
    }
    ready.add(key);
    hand();
  };
  const retries = createRetries(deps.random, options);
  const delays = createDelays(deps.clock, add);
  const addAfter = (key: string, delayMs: number): void => {
    if (closed) return;
    if (delayMs <= 0) return add(key);
    delays.wait(key, delayMs);
  };
  return {
    add,
    addAfter,
    addRateLimited: (key) => {
      const waitMs = retries.next(key);
      addAfter(key, waitMs);
      return waitMs;
    },
    forget: retries.forget,
    take: () =>
      new Promise((resolve) => {
        if (closed) return resolve(undefined);
        takers.push(resolve);
        hand();
      }),
    done: (key) => {
      working.delete(key);
      if (again.delete(key)) add(key);
    },
    close: () => {
      closed = true;
      ready.clear();
      delays.clear();
      for (const taker of takers.splice(0)) taker(undefined);
    },
    get depth() {
      return ready.size;
    },
  };
};

/** How long keys wait that failed; apart by up to a quarter, so that what failed together does not come back together. */
const createRetries = (random: Random, { firstRetryMs = 10, longestRetryMs = 60_000 }: WorkqueueOptions) => {
  const failures = new Map<string, number>();
  return {
    next: (key: string): number => {
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failed, 30)) * (0.75 + random.next() / 2);
    },
    forget: (key: string): void => void failures.delete(key),
  };
};

interface Delays {
  /** Lets a key wait; the earliest of several waits counts. */
  wait(key: string, delayMs: number): void;
  /** Forgets all that wait. */
  clear(): void;
}

const createDelays = (clock: Clock, onDue: (key: string) => void): Delays => {
  const delayed = new Map<string, { readonly due: number; readonly cancel: () => void }>();
  return {
    wait: (key, delayMs) => {
      const due = clock.now() + delayMs;
      const waiting = delayed.get(key);
      if (waiting && waiting.due <= due) return;
      waiting?.cancel();
      const cancel = clock.setTimer(delayMs, () => {
        delayed.delete(key);
        onDue(key);
      });
      delayed.set(key, { due, cancel });
    },
    clear: () => {
      for (const { cancel } of delayed.values()) cancel();
      delayed.clear();
    },
  };
};
