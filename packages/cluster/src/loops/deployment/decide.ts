/**
 * What a Deployment does next with its ReplicaSets. @upstream kubernetes pkg/controller/deployment/sync.go, rolling.go, recreate.go, progress.go
 */
import { isEqual, parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import type { Decision, Next, Observed } from '@argosy/controller';
import {
  controllerReferenceTo,
  findCondition,
  type Condition,
  type Deployment,
  type DeploymentStatus,
  type ReplicaSet,
} from '@argosy/kube';

import { templateHash } from '../history/template-hash.ts';
import { annotationsForSets, findNewSet, POD_TEMPLATE_HASH, REVISION, revisionOf, withRevision } from './revisions.ts';
import { resizePlan, scalingEvent, withSize, type DeploymentAction, type Plan } from './resize.ts';
import { nextNewSize, rollingLimits, shrinkOldSets } from './rolling.ts';
import { isScaling, planScaling } from './scaling.ts';

/** What a Deployment is decided from. */
export interface DeploymentWorld {
  /** The sets it controls. */
  readonly sets: readonly ReplicaSet[];
  /** Pods, by uid of their set, that have not gone yet: a recreate waits for them. */
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
  if (object.metadata.deletionTimestamp)
    return { actions: [], status: withCounts(object, world.sets, newSet), events: [], next: { kind: 'settled' } };
  const scaling = isScaling(object, world.sets) ? planScaling(object, newSet, oldSets) : undefined;
  const plan =
    scaling && (object.spec?.paused || scaling.actions.length > 0)
      ? scaling
      : planRollout(object, { newSet, oldSets, world });
  const status = withConditions(object, withCounts(object, world.sets, newSet), { newSet, sets: world.sets, now });
  return { actions: plan.actions, status, events: plan.events, next: nextLook(object, status, now) };
};

interface Sets {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
  readonly world: DeploymentWorld;
}

const sizeOf = (set: ReplicaSet): number => set.spec?.replicas ?? 0;

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

const describeNewSet = (object: Deployment, revision: bigint): ReplicaSet => {
  const template = object.spec?.template ?? { spec: { containers: [] } };
  const hash = templateHash(template, object.status?.collisionCount ?? 0);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${object.metadata.name ?? ''}-${hash}`,
      namespace: object.metadata.namespace,
      labels,
      annotations: { ...annotationsForSets(object), [REVISION]: String(revision) },
      ownerReferences: [controllerReferenceTo(object)],
    },
    spec: {
      replicas: 0,
      ...(object.spec?.minReadySeconds ? { minReadySeconds: object.spec.minReadySeconds } : {}),
      selector: {
        ...object.spec?.selector,
        matchLabels: { ...object.spec?.selector.matchLabels, [POD_TEMPLATE_HASH]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
};

/** The set with its revision and what it takes over from its deployment; the set itself when it has all of that. */
const synchronised = (object: Deployment, set: ReplicaSet, revision: bigint): ReplicaSet => {
  const carried = { ...set.metadata.annotations, ...annotationsForSets(object) };
  const annotations = revisionOf(set) === revision ? carried : withRevision(carried, revision);
  const minReadySeconds = object.spec?.minReadySeconds ?? 0;
  const isSame =
    isEqual(annotations, set.metadata.annotations ?? {}) && (set.spec?.minReadySeconds ?? 0) === minReadySeconds;
  if (isSame || !set.spec) return set;
  return { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } };
};

const withCounts = (
  object: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): DeploymentStatus => {
  const total = (of: (set: ReplicaSet) => number | undefined): number =>
    sets.reduce((sum, set) => sum + (of(set) ?? 0), 0);
  const available = total((set) => set.status?.availableReplicas);
  const counts = {
    replicas: total((set) => set.status?.replicas),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: total((set) => set.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(sizeOf) - available),
  };
  return {
    observedGeneration: object.metadata.generation ?? 0,
    // The API leaves zero counts out.
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    ...(object.status?.collisionCount === undefined ? {} : { collisionCount: object.status.collisionCount }),
    ...(object.status?.conditions ? { conditions: object.status.conditions } : {}),
  };
};

interface ConditionFacts {
  readonly newSet: ReplicaSet | undefined;
  readonly sets: readonly ReplicaSet[];
  readonly now: Instant;
}

const withConditions = (object: Deployment, status: DeploymentStatus, facts: ConditionFacts): DeploymentStatus => {
  const available = availableCondition(object, status);
  const progressing = progressingCondition(object, status, facts);
  const now = toTimestamp(facts.now);
  const failure = replicaFailure(facts);
  const conditions = [available, ...(progressing ? [progressing] : []), ...(failure ? [failure] : [])].map(
    (next): Condition => {
      const current = findCondition(object.status?.conditions, next.type);
      const isSame =
        current?.status === next.status && current.reason === next.reason && current.message === next.message;
      if (current && isSame && !progressed(object, status, next.type)) return current;
      return {
        ...next,
        lastUpdateTime: now,
        lastTransitionTime: current?.status === next.status ? (current.lastTransitionTime ?? now) : now,
      };
    },
  );
  return { ...status, conditions };
};

/** Why pods of the new set, or else of another, could not be made. */
const replicaFailure = ({ newSet, sets }: ConditionFacts): Condition | undefined =>
  [...(newSet ? [newSet] : []), ...sets]
    .map((set) => findCondition(set.status?.conditions, 'ReplicaFailure'))
    .find((condition) => condition?.status === 'True');

const availableCondition = (object: Deployment, status: DeploymentStatus): Condition => {
  const minimum = (object.spec?.replicas ?? 1) - rollingLimits(object).maxUnavailable;
  return (status.availableReplicas ?? 0) >= minimum
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
};

/** Whether counts moved towards the goal since the status was last written: restarts the progress deadline. */
const progressed = (object: Deployment, status: DeploymentStatus, type: string): boolean => {
  if (type !== 'Progressing') return false;
  const before = object.status ?? {};
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0) ||
    (status.replicas ?? 0) - (status.updatedReplicas ?? 0) < (before.replicas ?? 0) - (before.updatedReplicas ?? 0)
  );
};

const progressingCondition = (
  object: Deployment,
  status: DeploymentStatus,
  { newSet, now }: ConditionFacts,
): Condition | undefined => {
  const current = findCondition(object.status?.conditions, 'Progressing');
  if (object.spec?.paused)
    return { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  if (!newSet)
    return {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set for "${object.metadata.name ?? ''}"`,
    };
  const name = newSet.metadata.name ?? '';
  if (isComplete(object, status))
    return {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${name}" has successfully progressed.`,
    };
  const since = parseTimestamp(current?.lastUpdateTime);
  const isLate =
    since !== undefined &&
    now - since >= deadlineMs(object) &&
    !progressed(object, status, 'Progressing') &&
    current?.reason !== 'NewReplicaSetAvailable';
  if (isLate || (current?.reason === 'ProgressDeadlineExceeded' && !progressed(object, status, 'Progressing'))) {
    return {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${name}" has timed out progressing.`,
    };
  }
  return {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `ReplicaSet "${name}" is progressing.`,
  };
};

const deadlineMs = (object: Deployment): number => (object.spec?.progressDeadlineSeconds ?? 600) * 1000;

const isComplete = (object: Deployment, status: DeploymentStatus): boolean => {
  const desired = object.spec?.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired
  );
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
