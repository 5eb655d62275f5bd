/**
 * A clock that stands still until told to move: the twin of the system clock for tests and the simulator.
 */
import type { Clock, Instant } from './clock.ts';

interface Timer {
  readonly due: Instant;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock moved by hand. */
export interface VirtualClock extends Clock {
  /** Moves time forward by `ms`, firing due timers in order of due time, then of creation. */
  advance(ms: number): void;
  /** The instant of the next timer, if any. */
  nextDue(): Instant | undefined;
}

/** Creates a clock that shows `start` (default 2026-01-01T00:00:00Z). */
export const createVirtualClock = (start: Instant = Date.UTC(2026, 0, 1)): VirtualClock => {
  let current = start;
  let created = 0;
  const timers = new Set<Timer>();
  const earliest = (): Timer | undefined =>
    [...timers].reduce<Timer | undefined>(
      (best, timer) =>
        !best || timer.due < best.due || (timer.due === best.due && timer.order < best.order) ? timer : best,
      undefined,
    );
  return {
    now: () => current,
    setTimer: (delayMs, callback) => {
      const timer: Timer = { due: current + Math.max(0, delayMs), order: created++, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    nextDue: () => earliest()?.due,
    advance: (ms) => {
      const end = current + ms;
      for (let timer = earliest(); timer && timer.due <= end; timer = earliest()) {
        timers.delete(timer);
        current = timer.due;
        timer.callback();
      }
      current = end;
    },
  };
};
