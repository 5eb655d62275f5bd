/**
 * Who is next to be placed: the most important, then the oldest. Only as many are handed on as are worked on at once, so
 * that whoever comes later and matters more need not stand behind those who came before.
 * @upstream kubernetes pkg/scheduler/framework/plugins/queuesort
 */
import type { Source } from '@argosy/controller';
import { formatKey, keyOf, type ObjectKey, type Pod } from '@argosy/kube';

import { byTurn } from '../preemption/pod-priority.ts';
import { createHeap } from './heap.ts';

/** A source of keys of pods to be placed, in their turn. */
export interface TurnQueue extends Source {
  /** Has a pod looked at; one that waits for its turn already keeps its place. */
  readonly add: (pod: Pod) => void;
  /** An attempt has ended, whichever way. */
  readonly done: (key: ObjectKey) => void;
}

/** Creates it. Nobody is handed on before `synced`: until then it is not known who there is. */
export const createTurnQueue = (of: { readonly synced: Promise<void>; readonly atOnce: number }): TurnQueue => {
  const waiting = createLine();
  const begun = new Set<string>();
  let tell: ((key: ObjectKey) => void) | undefined;
  let isOpen = false;
  let isDue = false;

  const handOn = (): void => {
    isDue = false;
    if (!isOpen || !tell) return;
    while (begun.size < of.atOnce) {
      const key = waiting.next();
      if (!key) return;
      begun.add(formatKey(key));
      tell(key);
    }
  };
  // What is told at the same time is put in order first.
  const handOnSoon = (): void => {
    if (isDue) return;
    isDue = true;
    queueMicrotask(handOn);
  };
  void of.synced.then(() => {
    isOpen = true;
    handOnSoon();
  });
  return {
    synced: of.synced,
    subscribe: (enqueue) => {
      tell = enqueue;
      return { [Symbol.dispose]: () => (tell = undefined) };
    },
    add: (pod) => {
      if (waiting.join(pod)) handOnSoon();
    },
    done: (key) => {
      begun.delete(formatKey(key));
      handOnSoon();
    },
  };
};

interface Arrival {
  readonly pod: Pod;
  /** Among equals whoever came first is first. */
  readonly at: number;
}

/** Those who wait, each once. */
const createLine = () => {
  const waiting = createHeap<Arrival>((left, right) => byTurn(left.pod, right.pod) || left.at - right.at);
  const known = new Set<string>();
  let arrivals = 0;
  return {
    /** Takes a pod in; false when it waits already. */
    join: (pod: Pod): boolean => {
      const key = formatKey(keyOf(pod));
      if (known.has(key)) return false;
      known.add(key);
      waiting.push({ pod, at: (arrivals += 1) });
      return true;
    },
    /** Lets go of whoever is first. */
    next: (): ObjectKey | undefined => {
      const first = waiting.pop();
      if (!first) return undefined;
      const key = keyOf(first.pod);
      known.delete(formatKey(key));
      return key;
    },
  };
};
