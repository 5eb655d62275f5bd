/**
 * Where a small write to the log is waited for. Handing it to another thread and hearing of its end costs two turns of the
 * event loop, which on a busy server is several times what a good disk takes: such a write is waited for on the spot. A disk
 * that takes long is waited for seldom, only to see whether it still does: nobody is kept waiting by it.
 */
import type { Clock } from '@argosy/base';

/** How the disk of a log has done so far. */
export interface QuickDisk {
  /** Whether a write of so many bytes is waited for on the spot. Counts the writes that are not. */
  isQuick(bytes: number): boolean;
  /** Makes such a write and remembers how long that took. */
  wait(write: () => void): void;
}

/** Larger writes take long on any disk, in bytes. */
const LARGEST = 64 * 1024;
/** In the mean of recent writes; from so many milliseconds on the other threads are quicker. */
const SLOW_MS = 1;
/** How much the newest write counts in the mean, and as how many milliseconds at most: one stall is no habit. */
const NEWEST_COUNTS = 0.05;
const MOST_COUNTED_MS = 20;
/** Writes that are made elsewhere once the disk is slow; twice as many each time it still is, up to the most. */
const FEWEST_ELSEWHERE = 64;
const MOST_ELSEWHERE = 1_024;
/** After so many in a row that were waited for on the spot, a slow time before is forgotten. */
const FORGOTTEN_AFTER = 128;

/** Creates it for a disk nothing is known of yet. */
export const createQuickDisk = (clock: Clock): QuickDisk => {
  let mean = SLOW_MS / 2;
  let elsewhere = 0;
  let penalty = FEWEST_ELSEWHERE;
  let inARow = 0;
  const beSlow = (): void => {
    elsewhere = penalty;
    penalty = Math.min(2 * penalty, MOST_ELSEWHERE);
    mean = SLOW_MS / 2;
    inARow = 0;
  };
  return {
    isQuick: (bytes) => {
      if (elsewhere === 0) return bytes <= LARGEST;
      elsewhere -= 1;
      return false;
    },
    wait: (write) => {
      const begun = clock.now();
      write();
      const took = Math.max(0, Math.min(clock.now() - begun, MOST_COUNTED_MS));
      mean += NEWEST_COUNTS * (took - mean);
      inARow += 1;
      if (mean >= SLOW_MS) beSlow();
      else if (inARow >= FORGOTTEN_AFTER) penalty = FEWEST_ELSEWHERE;
    },
  };
};
