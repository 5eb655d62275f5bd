/**
 * Whether and when a pod has to leave its node because of the node's NoExecute taints.
 * @upstream kubernetes pkg/controller/tainteviction/taint_eviction.go
 */
import type { Instant } from '@argosy/base';
import type { Decision, Observed } from '@argosy/controller';
import { formatKey, keyOf, type Pod } from '@argosy/kube';

import { toleratedSeconds, type Taint } from '../../scheduling/placement/taints.ts';

/** What an eviction is decided from. */
export interface EvictionWorld {
  /** Taints of the pod's node with the effect NoExecute. */
  readonly taints: readonly Taint[];
  /** When the pod was first seen beside such taints; absent when it has not been before. */
  readonly since: Instant | undefined;
}

/** What is to be done: the pod leaves. */
export interface Eviction {
  readonly kind: 'evict';
}

/** Decides. Pure and total: a taint nobody tolerates counts at once, else the toleration that ends first. */
export const decideEviction = (observed: Observed<Pod, EvictionWorld>): Decision<void, Eviction> => {
  const { object: pod, now } = observed;
  const { taints, since } = observed.world;
  const rest = { actions: [], status: undefined, events: [], next: { kind: 'settled' } } as const;
  if (pod.metadata.deletionTimestamp) return rest;
  const name = formatKey(keyOf(pod));
  const event = { type: 'Normal', reason: 'TaintManagerEviction' } as const;
  if (taints.length === 0)
    return since === undefined
      ? rest
      : { ...rest, events: [{ ...event, message: `Cancelling deletion of Pod ${name}` }] };
  const dueAt = (since ?? now) + Math.min(...taints.map((taint) => toleratedSeconds(pod, taint))) * 1000;
  if (dueAt === Infinity) return rest;
  if (dueAt > now) return { ...rest, next: { kind: 'recheck', afterMs: dueAt - now } };
  return {
    ...rest,
    actions: [{ kind: 'evict' }],
    events: [{ ...event, message: `Marking for deletion Pod ${name}` }],
  };
};
