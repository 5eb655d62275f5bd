/**
 * Many who wait for one signal. The signal of a whole program has hundreds of them: it gets one listener, whoever waits
 * is kept beside it, and whoever no longer waits leaves nothing behind.
 */

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back once when the signal aborts, at once if it has. Returns what takes the wish back. */
export const onAbort = (signal: AbortSignal, callback: () => void): (() => void) => {
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  const all = waiting.get(signal) ?? listen(signal);
  // A wish of its own for each call, also when two bring the same function.
  const wish = (): void => callback();
  all.add(wish);
  return () => void all.delete(wish);
};

const listen = (signal: AbortSignal): Set<() => void> => {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  signal.addEventListener(
    'abort',
    () => {
      const due = [...all];
      all.clear();
      callAll(due);
    },
    { once: true },
  );
  return all;
};

/** One that throws does not keep the others from hearing. */
const callAll = (wishes: readonly (() => void)[]): void => {
  const thrown: unknown[] = [];
  for (const wish of wishes) {
    try {
      wish();
    } catch (error) {
      thrown.push(error);
    }
  }
  if (thrown.length > 0) throw thrown[0];
};
