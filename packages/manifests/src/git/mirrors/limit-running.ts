/**
 * So many at a time, the others in the order in which they came.
 */

/** Runs a body when there is room. */
export type Limiter = <T>(body: () => Promise<T>) => Promise<T>;

/** Creates a limiter of this many. */
export const createLimiter = (most: number): Limiter => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (body) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await body();
    } finally {
      const next = waiting.shift();
      // Whoever waits takes the place; otherwise it is free.
      if (next) next();
      else running -= 1;
    }
  };
};
