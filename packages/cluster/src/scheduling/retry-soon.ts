/**
 * Looks again at all pods that wait, soon after something gave way: once for many changes at the same time.
 */
import type { Clock } from '@argosy/base';
import type { Source } from '@argosy/controller';
import { keyOf, type ObjectKey, type Pod } from '@argosy/kube';

import { byTurn } from './pod-priority.ts';

/** A source of keys of waiting pods. */
export interface RetrySource extends Source {
  /** Asks for all of them to be looked at, in their turn. */
  readonly soon: () => void;
}

/** Milliseconds in which changes gather. */
const GATHER_MS = 5;
/** Milliseconds more for each pod that waits, so that looking at many takes a small part of the time. */
const PER_POD_MS = 0.1;

/** Creates the source; `waiting` lists who waits. */
export const createRetrySource = (
  clock: Clock,
  { synced, waiting }: { readonly synced: Promise<void>; readonly waiting: () => readonly Pod[] },
): RetrySource => {
  let cancel: (() => void) | undefined;
  let tell: (key: ObjectKey) => void = () => undefined;
  const retry = (): void => {
    cancel = undefined;
    for (const pod of [...waiting()].sort(byTurn)) tell(keyOf(pod));
  };
  return {
    synced,
    subscribe: (enqueue) => {
      tell = enqueue;
      return {
        [Symbol.dispose]: () => {
          cancel?.();
          tell = () => undefined;
        },
      };
    },
    soon: () => {
      if (cancel) return;
      const count = waiting().length;
      if (count > 0) cancel = clock.setTimer(GATHER_MS + count * PER_POD_MS, retry);
    },
  };
};
