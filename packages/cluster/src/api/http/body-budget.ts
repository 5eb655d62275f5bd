/**
 * How many bytes of large bodies are held at once. Who sends more waits: what is not read stays with the client, however
 * many there are. Small bodies, which nearly all are, are not counted.
 * Deviates: upstream bounds the number of requests instead, each of which may hold 3 MB.
 */
import type { Clock } from '@argosy/base';

/** Bytes of a body that nobody has to wait for. */
export const UNCOUNTED_BYTES = 64 * 1024;
/** Bytes held at once: some ten of the largest bodies. A body stands for objects many times its size. */
const MOST_BYTES = 32 * 1024 * 1024;
/** How long a client may send nothing while others wait for its room, in milliseconds. */
const STALLED_MS = 1_000;

/** Room for one body, or a place in the queue for it. */
export interface BodyRoom {
  /** A part of the body came. */
  progress(): void;
  /** All of the body is there: no client is waited for any more. */
  complete(): void;
  /** Gives the room to others. Idempotent. */
  release(): void;
}

/** The room there is. */
export interface BodyBudget {
  /** Asks for room. `begin` is called once there is some, perhaps at once; `cut` when others wait and the client sends nothing. */
  take(bytes: number, of: { readonly begin: () => void; readonly cut: () => void }): BodyRoom;
  /** Bytes given away. */
  readonly held: () => number;
}

interface Holder {
  readonly bytes: number;
  readonly begin: () => void;
  readonly cut: () => void;
  seenAt: number;
  isComplete: boolean;
}

/** Makes room for `most` bytes. */
export const createBodyBudget = (clock: Clock, most: number = MOST_BYTES): BodyBudget => {
  const holders = new Set<Holder>();
  const waiting = new Set<Holder>();
  let held = 0;
  let isLooking = false;
  const admit = (): void => {
    for (const next of waiting) {
      // The first in the queue is not passed by smaller ones; alone it may be of any size.
      if (held > 0 && held + next.bytes > most) break;
      waiting.delete(next);
      holders.add(next);
      held += next.bytes;
      next.seenAt = clock.now();
      next.begin();
    }
    if (waiting.size > 0) look();
  };
  const look = (): void => {
    if (isLooking) return;
    isLooking = true;
    clock.setTimer(STALLED_MS, () => {
      isLooking = false;
      if (waiting.size === 0) return;
      const before = clock.now() - STALLED_MS;
      for (const holder of holders) if (!holder.isComplete && holder.seenAt <= before) holder.cut();
      look();
    });
  };
  const release = (holder: Holder): void => {
    waiting.delete(holder);
    if (!holders.delete(holder)) return;
    held -= holder.bytes;
    admit();
  };
  return {
    take: (bytes, { begin, cut }) => {
      const holder: Holder = { bytes, begin, cut, seenAt: clock.now(), isComplete: false };
      waiting.add(holder);
      admit();
      return {
        progress: () => {
          holder.seenAt = clock.now();
        },
        complete: () => {
          holder.isComplete = true;
        },
        release: () => release(holder),
      };
    },
    held: () => held,
  };
};
