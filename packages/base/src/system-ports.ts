/**
 * The ports of base connected to the machine. Only composition roots (apps, tests, benchmarks) may call these;
 * the layer check lists this file as the one exception to "no clock, no randomness" in base.
 */
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** The machine's clock. */
export const createSystemClock = (): Clock => ({
  now: () => Date.now(),
  setTimer: (delayMs, callback) => {
    // setTimeout fires at once for delays beyond 2^31-1 ms; a capped wait re-arms itself.
    const LONGEST_MS = 2 ** 31 - 1;
    const due = Date.now() + delayMs;
    let timer = setTimeout(
      function tick() {
        const left = due - Date.now();
        if (left <= 0) return callback();
        timer = setTimeout(tick, Math.min(left, LONGEST_MS));
      },
      Math.min(Math.max(delayMs, 0), LONGEST_MS),
    );
    return () => clearTimeout(timer);
  },
});

/** The machine's cryptographic randomness. */
export const createSystemRandom = (): Random => ({
  next: () => {
    const words = crypto.getRandomValues(new Uint32Array(2));
    return ((words[0] ?? 0) * 2 ** 21 + ((words[1] ?? 0) >>> 11)) / 2 ** 53;
  },
  uuid: () => crypto.randomUUID(),
});
