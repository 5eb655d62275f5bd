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
/** How often clients are looked at while others wait, in milliseconds. */
const LOOK_MS = 500;
/**
 * Looks in a row that may find nothing new of a client. Looks are counted and not time: what came while this process was
 * busy with something else lies unread, and is read between two looks, however long that took.
 */
const MOST_QUIET_LOOKS = 2;

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
  quietLooks: number;
  isComplete: boolean;
}

/** Makes room for `most` bytes. */
export const createBodyBudget = (clock: Pick<Clock, 'setTimer'>, most: number = MOST_BYTES): BodyBudget => {
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
      next.begin();
    }
    if (waiting.size > 0) look();
  };
  const look = (): void => {
    if (isLooking) return;
    isLooking = true;
    clock.setTimer(LOOK_MS, () => {
      isLooking = false;
      if (waiting.size === 0) return;
      for (const holder of holders) {
        holder.quietLooks += 1;
        if (!holder.isComplete && holder.quietLooks > MOST_QUIET_LOOKS) holder.cut();
      }
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
      const holder: Holder = { bytes, begin, cut, quietLooks: 0, isComplete: false };
      waiting.add(holder);
      admit();
      return {
        progress: () => {
          holder.quietLooks = 0;
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
