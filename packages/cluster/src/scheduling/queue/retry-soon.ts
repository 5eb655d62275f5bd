/**
 * Looks again at all pods that wait, soon after something gave way: once for many changes at the same time.
 */
import type { Clock } from '@argosy/base';
import type { Source } from '@argosy/controller';
import type { Pod } from '@argosy/kube';

/** Lives as long as it is subscribed to; names no keys itself. */
export interface RetrySource extends Source {
  /** Asks for all waiting pods to be looked at. */
  readonly soon: () => void;
}

/** Milliseconds in which changes gather. */
const GATHER_MS = 5;
/** Milliseconds more for each pod that waits, so that looking at many takes a small part of the time. */
const PER_POD_MS = 0.1;

/** Creates the source; `waiting` lists who waits, `look` has one looked at. */
export const createRetrySource = (
  clock: Clock,
  of: { readonly synced: Promise<void>; readonly waiting: () => readonly Pod[]; readonly look: (pod: Pod) => void },
): RetrySource => {
  let cancel: (() => void) | undefined;
  const retry = (): void => {
    cancel = undefined;
    of.waiting().forEach(of.look);
  };
  return {
    synced: of.synced,
    subscribe: () => ({ [Symbol.dispose]: () => cancel?.() }),
    soon: () => {
      if (cancel) return;
      const count = of.waiting().length;
      if (count > 0) cancel = clock.setTimer(GATHER_MS + count * PER_POD_MS, retry);
    },
  };
};
