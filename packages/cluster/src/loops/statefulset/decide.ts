/**
 * Which pod of a StatefulSet comes or goes next.
 * @upstream kubernetes pkg/controller/statefulset/stateful_set_control.go#updateStatefulSet
 *
 *     0 ready? → 1 ready? → … → n ready? → (too many) n+1 goes → (old revision) n goes … partition goes
 *
 * With OrderedReady each arrow waits for the pod before it; with Parallel only updates wait.
 */
import type { Instant } from '@argosy/base';
import type { Decision, EventDraft, Next, Observed } from '@argosy/controller';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet, StatefulSetStatus } from '@argosy/kube';

import { planHistory, REVISION_HASH, surplusRevisions, templateOf, type RevisionAction } from '../history/revisions.ts';
import { isAvailablePod, isReadyPod, readySinceOf } from '../replicaset/rank-pods.ts';
import { resolveIntOrPercent } from '../deployment/rolling.ts';
import { claimsOf, isWanted, nextOrdinals, ordinalOf, podOfOrdinal, replicasOf } from './pod-identity.ts';

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

interface Plan {
  readonly set: StatefulSet;
  readonly now: Instant;
  readonly isOrdered: boolean;
  readonly minReadySeconds: number;
  readonly byOrdinal: ReadonlyMap<number, Pod>;
  /** Ordinals that should be, in order; of very many only the next ones. */
  readonly wanted: readonly number[];
  readonly current: string;
  readonly update: ControllerRevision;
  readonly claims: ReadonlySet<string>;
  readonly currentRevision: ControllerRevision | undefined;
}

/** Decides. Pure and total; a set being deleted makes and deletes nothing, the collector does. */
export const decideStatefulSet = (
  observed: Observed<StatefulSet, StatefulSetWorld>,
): Decision<StatefulSetStatus, StatefulSetAction> => {
  const { object: set, world, now } = observed;
  const spec = set.spec;
  const status = set.status ?? { replicas: 0 };
  if (!spec || set.metadata.deletionTimestamp) return { actions: [], status, events: [], next: { kind: 'settled' } };
  const history = planHistory(
    {
      object: set,
      template: spec.template,
      labels: spec.selector.matchLabels ?? {},
      collisions: status.collisionCount ?? 0,
    },
    world.revisions,
  );
  const updateName = history.update.metadata.name ?? '';
  const current = status.currentRevision || updateName;
  const pods = world.pods.flatMap((pod) => {
    const ordinal = ordinalOf(set, pod);
    return ordinal === undefined ? [] : [[ordinal, pod] as const];
  });
  const plan: Plan = {
    set,
    now,
    isOrdered: spec.podManagementPolicy !== 'Parallel',
    minReadySeconds: spec.minReadySeconds ?? 0,
    byOrdinal: new Map(pods),
    wanted: nextOrdinals(set, world.pods.length),
    current,
    update: history.update,
    claims: world.claims,
    currentRevision: world.revisions.find((revision) => revision.metadata.name === current),
  };
  const used = new Set([current, ...world.pods.map((pod) => pod.metadata.labels?.[REVISION_HASH] ?? '')]);
  const trimmed = surplusRevisions(history, { used, limit: spec.revisionHistoryLimit ?? 10 });
  return {
    actions: [...history.actions, ...decidePods(plan), ...trimmed],
    status: computeStatus(plan, status),
    events: [],
    next: nextLook(plan),
  };
};

const decidePods = (plan: Plan): readonly StatefulSetAction[] => {
  const grown = grow(plan);
  if (grown.actions.length > 0 && plan.isOrdered) return grown.actions;
  if (grown.isWaiting) return grown.actions;
  const shrunk = shrink(plan);
  if (plan.isOrdered && (shrunk.actions.length > 0 || shrunk.isWaiting)) return shrunk.actions;
  return [...grown.actions, ...shrunk.actions, ...roll(plan)];
};

interface Step {
  readonly actions: readonly StatefulSetAction[];
  /** Whether the order forbids to go on. */
  readonly isWaiting: boolean;
}

/** Makes what is missing; what has ended is made anew. */
const grow = (plan: Plan): Step => {
  const actions: StatefulSetAction[] = [];
  for (const ordinal of plan.wanted) {
    const pod = plan.byOrdinal.get(ordinal);
    const step = pod ? [...replaceEnded(pod), ...claimsOfPending(plan, ordinal, pod)] : createAt(plan, ordinal);
    actions.push(...step);
    if (!plan.isOrdered) continue;
    if (step.length > 0 || !pod || isGoing(pod) || !isHealthy(plan, pod)) return { actions, isWaiting: true };
  }
  return { actions, isWaiting: false };
};

const replaceEnded = (pod: Pod): readonly StatefulSetAction[] =>
  (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') && !isGoing(pod) ? [deletion(pod)] : [];

/** A claim that was deleted before its pod could use it is made anew: without it the pod waits for ever. */
const claimsOfPending = (plan: Plan, ordinal: number, pod: Pod): readonly StatefulSetAction[] =>
  pod.status?.phase === 'Pending' && !isGoing(pod) ? createClaims(plan, ordinal) : [];

const createClaims = (plan: Plan, ordinal: number): readonly StatefulSetAction[] =>
  claimsOf(plan.set, ordinal)
    .filter(({ claim }) => !plan.claims.has(claim.metadata.name ?? ''))
    .map(({ claim }) => ({ kind: 'create-claim', claim, pod: `${plan.set.metadata.name ?? ''}-${ordinal}` }));

const createAt = (plan: Plan, ordinal: number): readonly StatefulSetAction[] => {
  const { set } = plan;
  // Below the partition pods stay what they were, also when they come back.
  const isKept = ordinal < (plan.wanted[0] ?? 0) + partitionOf(set) && plan.currentRevision !== undefined;
  const revision = isKept ? (plan.currentRevision ?? plan.update) : plan.update;
  const template = templateOf(revision) ?? set.spec?.template ?? { spec: { containers: [] } };
  const pod = podOfOrdinal(set, { ordinal, template, revision: revision.metadata.name ?? '' });
  return [...createClaims(plan, ordinal), { kind: 'create-pod', pod }];
};

/** Gives up what is too much, the highest ordinal first. */
const shrink = (plan: Plan): Step => {
  const surplus = [...plan.byOrdinal]
    .filter(([ordinal]) => !isWanted(plan.set, ordinal))
    .sort(([left], [right]) => right - left);
  const going = surplus.filter(([, pod]) => isGoing(pod));
  if (plan.isOrdered && going.length > 0) return { actions: [], isWaiting: true };
  if (plan.isOrdered && isHeldBack(plan, surplus)) return { actions: [], isWaiting: true };
  const chosen = surplus.filter(([, pod]) => !isGoing(pod)).slice(0, plan.isOrdered ? 1 : surplus.length);
  const keepsClaims = plan.set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete';
  const actions = chosen.flatMap(([ordinal, pod]): readonly StatefulSetAction[] => {
    const names = claimsOf(plan.set, ordinal).map(({ claim }) => claim.metadata.name ?? '');
    return [deletion(pod), ...(keepsClaims || names.length === 0 ? [] : [{ kind: 'delete-claims', names } as const])];
  });
  return { actions, isWaiting: false };
};

/** The next pod to go is not well, and it is not the first of those: an application that is ill keeps what it has. */
const isHeldBack = (plan: Plan, surplus: readonly (readonly [number, Pod])[]): boolean => {
  const next = surplus[0]?.[1];
  const firstIll = surplus.findLast(([, pod]) => !isReadyPod(pod))?.[1];
  return next !== undefined && next !== firstIll && !isHealthy(plan, next);
};

/** Gives up pods of an older revision, the highest ordinal first, as many at a time as may be missing. */
const roll = (plan: Plan): readonly StatefulSetAction[] => {
  const { set } = plan;
  const strategy = set.spec?.updateStrategy;
  if (strategy?.type === 'OnDelete') return [];
  const from = (plan.wanted[0] ?? 0) + partitionOf(set);
  const rolling = plan.wanted.filter((ordinal) => ordinal >= from).toReversed();
  const most = Math.max(1, resolveIntOrPercent(strategy?.rollingUpdate?.maxUnavailable ?? 1, replicasOf(set), 'up'));
  const missing = plan.wanted.filter((ordinal) => {
    const pod = plan.byOrdinal.get(ordinal);
    return !pod || isGoing(pod) || !isHealthy(plan, pod);
  });
  const actions: StatefulSetAction[] = [];
  const unavailable = new Set(missing);
  for (const ordinal of rolling) {
    const pod = plan.byOrdinal.get(ordinal);
    const isOld = pod !== undefined && revisionOf(pod) !== plan.update.metadata.name;
    if (!isOld || isGoing(pod)) continue;
    // A pod that is not well is no loss; a well one counts.
    if (!unavailable.has(ordinal) && unavailable.size >= most) break;
    unavailable.add(ordinal);
    actions.push(deletion(pod));
    if (actions.length >= most) break;
  }
  return actions;
};

const partitionOf = (set: StatefulSet): number =>
  set.spec?.updateStrategy?.type === 'OnDelete' ? 0 : (set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0);

const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isHealthy = (plan: Plan, pod: Pod): boolean => isAvailablePod(pod, plan.minReadySeconds, plan.now);
const revisionOf = (pod: Pod): string => pod.metadata.labels?.[REVISION_HASH] ?? '';

const deletion = (pod: Pod): StatefulSetAction => ({
  kind: 'delete-pod',
  name: pod.metadata.name ?? '',
  uid: pod.metadata.uid ?? '',
});

const computeStatus = (plan: Plan, before: StatefulSetStatus): StatefulSetStatus => {
  const pods = [...plan.byOrdinal.values()].filter((pod) => !isGoing(pod));
  const updateName = plan.update.metadata.name ?? '';
  const updated = pods.filter((pod) => revisionOf(pod) === updateName).length;
  const ready = pods.filter(isReadyPod).length;
  const available = pods.filter((pod) => isHealthy(plan, pod)).length;
  const desired = replicasOf(plan.set);
  const isDone = updated === desired && ready === desired && pods.length === desired;
  const current = isDone ? updateName : plan.current;
  return {
    observedGeneration: plan.set.metadata.generation ?? 0,
    replicas: pods.length,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    availableReplicas: available,
    ...withCount('currentReplicas', pods.filter((pod) => revisionOf(pod) === current).length),
    ...withCount('updatedReplicas', updated),
    currentRevision: current,
    updateRevision: updateName,
    collisionCount: before.collisionCount ?? 0,
  };
};

const withCount = (name: string, count: number): Readonly<Record<string, number>> =>
  count > 0 ? { [name]: count } : {};

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

/** What is told about an action that was done. Pure. */
export const eventOf = (set: StatefulSet, action: StatefulSetAction): EventDraft | undefined => {
  const name = set.metadata.name ?? '';
  switch (action.kind) {
    case 'create-pod':
      return {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `create Pod ${action.pod.metadata.name} in StatefulSet ${name} successful`,
      };
    case 'delete-pod':
      return {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `delete Pod ${action.name} in StatefulSet ${name} successful`,
      };
    case 'create-claim':
      return {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `create Claim ${action.claim.metadata.name} Pod ${action.pod} in StatefulSet ${name} success`,
      };
    default:
      return undefined;
  }
};
