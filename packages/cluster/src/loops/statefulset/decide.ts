/**
 * Which pod of a StatefulSet comes or goes next.
 * @upstream kubernetes pkg/controller/statefulset/stateful_set_control.go#updateStatefulSet
 */
import type { Decision, Next, Observed } from '@argosy/controller';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet, StatefulSetStatus } from '@argosy/kube';

import { planHistory, REVISION_HASH, surplusRevisions, type RevisionAction } from '../history/revisions.ts';
import { readySinceOf } from '../replicaset/rank-pods.ts';
import { type Plan, startPlan } from './decide/plan.ts';
import { decidePods } from './decide/next-pods.ts';
import { computeStatus } from './decide/status.ts';

/** What a StatefulSet is decided from. */
export interface StatefulSetWorld {
  /** Pods controlled by the set. */
  readonly pods: readonly Pod[];
  readonly revisions: readonly ControllerRevision[];
  /** Names of the claims there are in the namespace. */
  readonly claims: ReadonlySet<string>;
}

/** What may be done. */
export type StatefulSetAction =
  | RevisionAction
  | { readonly kind: 'create-claim'; readonly claim: PersistentVolumeClaim; readonly pod: string }
  | { readonly kind: 'create-pod'; readonly pod: Pod }
  | { readonly kind: 'delete-pod'; readonly name: string; readonly uid: string }
  /** The claims of a pod that goes for good go with it. */
  | { readonly kind: 'delete-claims'; readonly names: readonly string[] };

/** Decides. Pure and total; a set being deleted makes and deletes nothing, the collector does. */
export const decideStatefulSet = (
  observed: Observed<StatefulSet, StatefulSetWorld>,
): Decision<StatefulSetStatus, StatefulSetAction> => {
  const { object: set, world, now } = observed;
  const spec = set.spec;
  const status = set.status ?? { replicas: 0 };
  if (!spec || set.metadata.deletionTimestamp) return { actions: [], status, events: [], next: { kind: 'settled' } };
  const collisions = status.collisionCount ?? 0;
  const owner = { object: set, template: spec.template, labels: spec.selector.matchLabels ?? {}, collisions };
  const history = planHistory(owner, world.revisions);
  const plan = startPlan(set, { ...world, update: history.update }, now);
  const used = new Set([plan.current, ...world.pods.map((pod) => pod.metadata.labels?.[REVISION_HASH] ?? '')]);
  const trimmed = surplusRevisions(history, { used, limit: spec.revisionHistoryLimit ?? 10 });
  return {
    actions: [...history.actions, ...decidePods(plan), ...trimmed],
    status: computeStatus(plan, status),
    events: [],
    next: nextLook(plan),
  };
};

/** A pod becomes available without any change of the cluster. */
const nextLook = (plan: Plan): Next => {
  if (plan.minReadySeconds === 0) return { kind: 'settled' };
  const waits = [...plan.byOrdinal.values()]
    .map(readySinceOf)
    .filter((since) => since !== undefined)
    .map((since) => since + plan.minReadySeconds * 1000 - plan.now)
    .filter((waitMs) => waitMs > 0);
  return waits.length === 0 ? { kind: 'settled' } : { kind: 'recheck', afterMs: Math.min(...waits) };
};
