/**
 * Which nodes get or lose a DaemonSet's pod. @upstream kubernetes pkg/controller/daemon/{daemon_controller,update}.go
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { Decision, EventDraft, Next, Observed } from '@argosy/controller';
import type { ControllerRevision, DaemonSet, DaemonSetStatus, KubeObject, Pod } from '@argosy/kube';

import { resolveIntOrPercent } from '../deployment/rolling.ts';
import { planHistory, REVISION_HASH, surplusRevisions, type RevisionAction } from '../history/revisions.ts';
import { isAvailablePod, isReadyPod, readySinceOf } from '../replicaset/rank-pods.ts';
import { assessNode, nodeOf } from './daemon-pod.ts';

/** What a DaemonSet is decided from. */
export interface DaemonSetWorld {
  readonly nodes: readonly KubeObject[];
  /** Pods controlled by the set. */
  readonly pods: readonly Pod[];
  readonly revisions: readonly ControllerRevision[];
}

/** What may be done. */
export type DaemonSetAction =
  | RevisionAction
  | { readonly kind: 'create-pod'; readonly node: string; readonly hash: string }
  | { readonly kind: 'delete-pod'; readonly name: string; readonly uid: string };

/** A node with what the set has on it. */
interface Place {
  readonly node: string;
  readonly shouldRun: boolean;
  readonly mayStay: boolean;
  /** All pods on it that are not going, the oldest first. */
  readonly pods: readonly Pod[];
  /** Whether one that is going still runs there. */
  readonly isBeingLeft: boolean;
  readonly old: Pod | undefined;
  readonly fresh: Pod | undefined;
}

interface Plan {
  readonly set: DaemonSet;
  readonly now: Instant;
  readonly hash: string;
  readonly places: readonly Place[];
  readonly desired: number;
}

/** Decides. Pure and total; a set being deleted makes and deletes nothing, the collector does. */
export const decideDaemonSet = (
  observed: Observed<DaemonSet, DaemonSetWorld>,
): Decision<DaemonSetStatus, DaemonSetAction> => {
  const { object: set, world, now } = observed;
  const before = set.status ?? NOTHING;
  const spec = set.spec;
  if (!spec || set.metadata.deletionTimestamp)
    return { actions: [], status: before, events: [], next: { kind: 'settled' } };
  const labels = spec.selector.matchLabels ?? {};
  const owner = { object: set, template: spec.template, labels, collisions: before.collisionCount ?? 0 };
  const history = planHistory(owner, world.revisions);
  const hash = history.update.metadata.labels?.[REVISION_HASH] ?? '';
  const places = world.nodes.map((node) => placeOf(set, node, { pods: world.pods, hash }));
  const plan: Plan = { set, now, hash, places, desired: places.filter(({ shouldRun }) => shouldRun).length };
  const used = new Set(
    history.stored
      .filter(({ metadata }) => world.pods.some((pod) => hashOf(pod) === metadata.labels?.[REVISION_HASH]))
      .map(({ metadata }) => metadata.name ?? ''),
  );
  const ended = world.pods.filter((pod) => hasEnded(pod) && !isGoing(pod));
  return {
    actions: [
      ...history.actions,
      ...ended.map(deletion),
      ...strays(world, plan),
      ...places.flatMap((place) => settle(plan, place)),
      ...roll(plan),
      ...surplusRevisions(history, { used, limit: spec.revisionHistoryLimit ?? 10 }),
    ],
    status: computeStatus(plan, before),
    events: ended.map((pod) => failedEvent(pod)),
    next: nextLook(plan),
  };
};

const NOTHING: DaemonSetStatus = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
};

const placeOf = (
  set: DaemonSet,
  node: KubeObject,
  of: { readonly pods: readonly Pod[]; readonly hash: string },
): Place => {
  const name = node.metadata.name ?? '';
  const running = of.pods.filter((pod) => nodeOf(pod) === name && !hasEnded(pod));
  const pods = running.filter((pod) => !isGoing(pod)).sort((left, right) => createdAt(left) - createdAt(right));
  return {
    node: name,
    ...assessNode(set, node),
    pods,
    isBeingLeft: pods.length < running.length,
    old: pods.find((pod) => hashOf(pod) !== of.hash),
    fresh: pods.find((pod) => hashOf(pod) === of.hash),
  };
};

/** Pods of nodes that are no more. */
const strays = (world: DaemonSetWorld, plan: Plan): readonly DaemonSetAction[] => {
  const known = new Set(plan.places.map(({ node }) => node));
  return world.pods.filter((pod) => !isGoing(pod) && !known.has(nodeOf(pod) ?? '')).map(deletion);
};

/**
 * One pod where one belongs, none where none may stay; of several of a kind the oldest stays. Where there may not be two at a
 * time, the next comes when the one before has gone.
 */
const settle = (plan: Plan, place: Place): readonly DaemonSetAction[] => {
  if (!place.mayStay) return place.pods.map(deletion);
  const isFree = !place.isBeingLeft || surgeOf(plan) > 0;
  const isMissing = place.shouldRun && place.pods.length === 0 && isFree;
  const kept = new Set([place.old, place.fresh]);
  return [
    ...(isMissing ? [{ kind: 'create-pod', node: place.node, hash: plan.hash } as const] : []),
    ...place.pods.filter((pod) => !kept.has(pod)).map(deletion),
  ];
};

/** Replaces pods of an older revision within the limits. */
const roll = (plan: Plan): readonly DaemonSetAction[] => {
  const strategy = plan.set.spec?.updateStrategy;
  if (strategy?.type === 'OnDelete') return [];
  const surge = surgeOf(plan);
  const most = resolveIntOrPercent(strategy?.rollingUpdate?.maxUnavailable ?? 1, plan.desired, 'up');
  const places = plan.places.filter(({ mayStay, old }) => mayStay && old !== undefined);
  return surge > 0 ? rollBySurge(plan, places, surge) : rollByGap(plan, places, Math.max(1, most));
};

/** How many nodes may have two pods at a time. */
const surgeOf = ({ set, desired }: Plan): number => {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  return type === 'OnDelete' ? 0 : resolveIntOrPercent(rollingUpdate?.maxSurge ?? 0, desired, 'up');
};

const rollByGap = (plan: Plan, places: readonly Place[], most: number): readonly DaemonSetAction[] => {
  const isWell = (pod: Pod | undefined): boolean => pod !== undefined && isWellPod(plan, pod);
  const gaps = plan.places.filter((place) => place.shouldRun && !isWell(place.old) && !isWell(place.fresh)).length;
  // A pod that is not well is no loss.
  const unwell = places.filter(({ old }) => !isWell(old));
  const well = places.filter(({ old }) => isWell(old)).slice(0, Math.max(0, most - gaps));
  return [...unwell, ...well].flatMap(({ old }) => (old ? [deletion(old)] : []));
};

const rollBySurge = (plan: Plan, places: readonly Place[], surge: number): readonly DaemonSetAction[] => {
  const replaced = places.filter(({ fresh }) => fresh && isWellPod(plan, fresh));
  const underWay = places.filter(({ fresh }) => fresh && !isWellPod(plan, fresh)).length;
  const waiting = places.filter(({ fresh }) => !fresh).slice(0, Math.max(0, surge - underWay));
  return [
    ...replaced.flatMap(({ old }) => (old ? [deletion(old)] : [])),
    ...waiting.map(({ node }) => ({ kind: 'create-pod', node, hash: plan.hash }) as const),
  ];
};

const isWellPod = (plan: Plan, pod: Pod): boolean => isAvailablePod(pod, plan.set.spec?.minReadySeconds ?? 0, plan.now);
const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
const hashOf = (pod: Pod): string => pod.metadata.labels?.[REVISION_HASH] ?? '';
const createdAt = (pod: Pod): Instant => parseTimestamp(pod.metadata.creationTimestamp) ?? 0;

const deletion = (pod: Pod): DaemonSetAction => ({
  kind: 'delete-pod',
  name: pod.metadata.name ?? '',
  uid: pod.metadata.uid ?? '',
});

const failedEvent = (pod: Pod): EventDraft => ({
  type: 'Warning',
  reason: 'FailedDaemonPod',
  message: `Found failed daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${nodeOf(pod) ?? ''}, will try to kill it`,
});

const computeStatus = (plan: Plan, before: DaemonSetStatus): DaemonSetStatus => {
  const running = plan.places.filter(({ shouldRun }) => shouldRun);
  const isWell = (pod: Pod | undefined): boolean => pod !== undefined && isWellPod(plan, pod);
  const isReady = (pod: Pod | undefined): boolean => pod !== undefined && isReadyPod(pod);
  const available = running.filter(({ old, fresh }) => isWell(old) || isWell(fresh)).length;
  const updated = running.filter(({ fresh }) => fresh !== undefined).length;
  const unavailable = plan.desired - available;
  return {
    currentNumberScheduled: running.filter(({ pods, isBeingLeft }) => pods.length > 0 || isBeingLeft).length,
    numberMisscheduled: plan.places.filter(({ shouldRun, pods }) => !shouldRun && pods.length > 0).length,
    desiredNumberScheduled: plan.desired,
    numberReady: running.filter(({ old, fresh }) => isReady(old) || isReady(fresh)).length,
    observedGeneration: plan.set.metadata.generation ?? 0,
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(unavailable > 0 ? { numberUnavailable: unavailable } : {}),
    ...(before.collisionCount ? { collisionCount: before.collisionCount } : {}),
  };
};

/** A pod becomes available without any change of the cluster. */
const nextLook = (plan: Plan): Next => {
  const minReadyMs = (plan.set.spec?.minReadySeconds ?? 0) * 1000;
  const waits = plan.places
    .flatMap(({ pods }) => pods.map(readySinceOf))
    .filter((since) => since !== undefined)
    .map((since) => since + minReadyMs - plan.now)
    .filter((waitMs) => waitMs > 0);
  return waits.length === 0 ? { kind: 'settled' } : { kind: 'recheck', afterMs: Math.min(...waits) };
};
