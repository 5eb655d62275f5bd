/**
 * Time as a port, so that the simulator can drive it. Code below `apps/` never reads the clock any other way.
 */
import { onAbort } from './on-abort.ts';

/** A point in time in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Reads the time and waits for it. */
export interface Clock {
  /** The current instant. */
  now(): Instant;
  /** Calls back once after `delayMs` (≥ 0) unless the returned function is called first. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** Resolves after `delayMs`, or at once when the signal aborts; never rejects. */
export const delay = (clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    // The signal may abort while the timer is being set: then we are called back before there is anything to stop.
    let stopListening = (): void => undefined;
    const finish = (): void => {
      cancel();
      stopListening();
      resolve();
    };
    const cancel = clock.setTimer(delayMs, finish);
    if (signal) stopListening = onAbort(signal, finish);
  });

/** Writes an instant the way `metav1.Time` does: RFC 3339 in UTC without fractions. */
export const toTimestamp = (instant: Instant): string => {
  const second = Math.floor(instant / 1000);
  // A busy server writes the same second thousands of times.
  if (second !== lastWritten.second) lastWritten = { second, text: `${new Date(instant).toISOString().slice(0, 19)}Z` };
  return lastWritten.text;
};

let lastWritten = { second: Number.NaN, text: '' };

/** Writes an instant the way `metav1.MicroTime` does: RFC 3339 in UTC with six digits. */
export const toMicroTimestamp = (instant: Instant): string => `${new Date(instant).toISOString().slice(0, 23)}000Z`;

/** Reads an RFC 3339 text; `undefined` when it is absent or not a time. */
export const parseTimestamp = (text: string | undefined | null): Instant | undefined => {
  if (text === undefined || text === null) return undefined;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
};
