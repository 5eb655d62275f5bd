/**
 * What a Deployment does next with its ReplicaSets. @upstream kubernetes pkg/controller/deployment/sync.go, rolling.go, recreate.go, progress.go
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { Decision, Next, Observed } from '@argosy/controller';
import { findCondition, type Deployment, type DeploymentStatus, type ReplicaSet } from '@argosy/kube';

import { describeNewSet, synchronised } from './new-set.ts';
import { resizePlan, scalingEvent, withSize, type DeploymentAction, type Plan } from './resize.ts';
import { findNewSet, REVISION, revisionOf } from './revisions.ts';
import { nextNewSize, shrinkOldSets } from './rolling.ts';
import { isScaling, planScaling } from './scaling.ts';
import { deadlineMs, withConditions, withCounts } from './status.ts';
import { sizeOf } from './set-size.ts';

/** What a Deployment is decided from. */
export interface DeploymentWorld {
  /** The sets it controls. */
  readonly sets: readonly ReplicaSet[];
  /** Pods of sets that are to have none, by uid of their set, that have not gone yet: a recreate waits for them. */
  readonly livePods: Readonly<Record<string, number>>;
}

/** Decides sets and status. Pure and total. */
export const decideDeployment = (
  observed: Observed<Deployment, DeploymentWorld>,
): Decision<DeploymentStatus, DeploymentAction> => {
  const { object, world, now } = observed;
  const newSet = findNewSet(object, world.sets);
  const oldSets = world.sets
    .filter((set) => set !== newSet)
    .sort((left, right) => (revisionOf(left) < revisionOf(right) ? -1 : revisionOf(left) > revisionOf(right) ? 1 : 0));
  const facts = { newSet, sets: world.sets, now };
  const counts = withCounts(object, facts);
  if (object.metadata.deletionTimestamp) return { actions: [], status: counts, events: [], next: { kind: 'settled' } };
  const scaling = isScaling(object, world.sets) ? planScaling(object, newSet, oldSets) : undefined;
  const plan =
    scaling && (object.spec?.paused || scaling.actions.length > 0)
      ? scaling
      : planRollout(object, { newSet, oldSets, world });
  const status = withConditions(object, counts, facts);
  return { actions: plan.actions, status, events: plan.events, next: nextLook(object, status, now) };
};

interface Sets {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
  readonly world: DeploymentWorld;
}

const planRollout = (object: Deployment, { newSet, oldSets, world }: Sets): Plan => {
  const revision = newRevision(newSet, oldSets);
  if (!newSet) return planNewSet(object, oldSets, world, revision);
  const annotate: readonly DeploymentAction[] =
    object.metadata.annotations?.[REVISION] === String(revision)
      ? []
      : [{ kind: 'annotate', revision: String(revision) }];
  const relabelled = synchronised(object, newSet, revision);
  const plans =
    object.spec?.strategy?.type === 'Recreate'
      ? planRecreate(object, relabelled, { newSet, oldSets, world })
      : planRolling(object, relabelled, { newSet, oldSets, world });
  const untouched = !plans.actions.some(
    (action) => action.kind === 'update-set' && action.set.metadata.uid === newSet.metadata.uid,
  );
  const relabel: readonly DeploymentAction[] =
    relabelled !== newSet && untouched ? [{ kind: 'update-set', set: relabelled }] : [];
  return {
    actions: [...annotate, ...relabel, ...plans.actions, ...planCleanup(object, oldSets)],
    events: plans.events,
  };
};

/** A set that comes back (a rollback) becomes the newest revision. */
const newRevision = (newSet: ReplicaSet | undefined, oldSets: readonly ReplicaSet[]): bigint => {
  const next = oldSets.map(revisionOf).reduce((newest, one) => (one > newest ? one : newest), 0n) + 1n;
  const current = newSet ? revisionOf(newSet) : 0n;
  return current > next ? current : next;
};

const planNewSet = (
  object: Deployment,
  oldSets: readonly ReplicaSet[],
  world: DeploymentWorld,
  revision: bigint,
): Plan => {
  const isRecreate = object.spec?.strategy?.type === 'Recreate';
  if (isRecreate && oldSets.some((set) => sizeOf(set) > 0 || (world.livePods[set.metadata.uid ?? ''] ?? 0) > 0))
    return shrinkAll(object, oldSets);
  const empty = describeNewSet(object, revision);
  const replicas = nextNewSize(object, empty, [...oldSets, empty]);
  const set = withSize(object, empty, replicas);
  return {
    actions: [
      { kind: 'create-set', set },
      { kind: 'annotate', revision: String(revision) },
    ],
    events: [scalingEvent(set, 'up', 0, replicas)],
  };
};

const planRecreate = (object: Deployment, relabelled: ReplicaSet, { newSet, oldSets, world }: Sets): Plan => {
  const isOldGone = oldSets.every((set) => sizeOf(set) === 0 && (world.livePods[set.metadata.uid ?? ''] ?? 0) === 0);
  if (!isOldGone) return shrinkAll(object, oldSets);
  const desired = object.spec?.replicas ?? 1;
  return newSet && sizeOf(newSet) === desired ? { actions: [], events: [] } : resizePlan(object, relabelled, desired);
};

const shrinkAll = (object: Deployment, oldSets: readonly ReplicaSet[]): Plan => {
  const plans = oldSets.filter((set) => sizeOf(set) > 0).map((set) => resizePlan(object, set, 0));
  return { actions: plans.flatMap((plan) => plan.actions), events: plans.flatMap((plan) => plan.events) };
};

const planRolling = (object: Deployment, relabelled: ReplicaSet, { newSet, oldSets }: Sets): Plan => {
  const current = newSet ?? relabelled;
  const wanted = nextNewSize(object, current, [...oldSets, current]);
  if (wanted !== sizeOf(current)) return resizePlan(object, relabelled, wanted);
  const plans = shrinkOldSets(object, current, oldSets).map(({ set, replicas }) => resizePlan(object, set, replicas));
  return { actions: plans.flatMap((plan) => plan.actions), events: plans.flatMap((plan) => plan.events) };
};

/** Old sets without pods beyond the history limit go, oldest first. */
const planCleanup = (object: Deployment, oldSets: readonly ReplicaSet[]): readonly DeploymentAction[] => {
  const limit = object.spec?.revisionHistoryLimit ?? 10;
  const finished = oldSets.filter(
    (set) => sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && !set.metadata.deletionTimestamp,
  );
  return finished.slice(0, Math.max(0, oldSets.length - limit)).map((set): DeploymentAction => ({
    kind: 'delete-set',
    name: set.metadata.name ?? '',
    uid: set.metadata.uid ?? '',
  }));
};

const nextLook = (object: Deployment, status: DeploymentStatus, now: Instant): Next => {
  const progressing = findCondition(status.conditions, 'Progressing');
  const since = parseTimestamp(progressing?.lastUpdateTime);
  if (progressing?.reason !== 'ReplicaSetUpdated' || since === undefined) return { kind: 'settled' };
  return {
    kind: 'waiting',
    reason: progressing.message ?? 'progressing',
    afterMs: Math.max(1000, since + deadlineMs(object) - now + 1000),
  };
};
