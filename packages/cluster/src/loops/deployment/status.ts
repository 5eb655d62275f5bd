/**
 * What a Deployment says of itself: counts, and how far its rollout is.
 * @upstream kubernetes pkg/controller/deployment/progress.go, sync.go#calculateStatus
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import { findCondition, type Condition, type Deployment, type DeploymentStatus, type ReplicaSet } from '@argosy/kube';

import { rollingLimits } from './rolling.ts';

/** What the status is made from. */
export interface StatusFacts {
  readonly newSet: ReplicaSet | undefined;
  readonly sets: readonly ReplicaSet[];
}

/** Counts alone; conditions stay as they were. */
export const withCounts = (object: Deployment, { newSet, sets }: StatusFacts): DeploymentStatus => {
  const total = (of: (set: ReplicaSet) => number | undefined): number =>
    sets.reduce((sum, set) => sum + (of(set) ?? 0), 0);
  const available = total((set) => set.status?.availableReplicas);
  const counts = {
    replicas: total((set) => set.status?.replicas),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: total((set) => set.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total((set) => set.spec?.replicas) - available),
  };
  return {
    observedGeneration: object.metadata.generation ?? 0,
    // The API leaves zero counts out.
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    ...(object.status?.collisionCount === undefined ? {} : { collisionCount: object.status.collisionCount }),
    ...(object.status?.conditions ? { conditions: object.status.conditions } : {}),
  };
};

interface ConditionFacts extends StatusFacts {
  readonly now: Instant;
}

/** The status with its conditions; a time moves only when what it dates changes, or the rollout gets on. */
export const withConditions = (
  object: Deployment,
  status: DeploymentStatus,
  facts: ConditionFacts,
): DeploymentStatus => {
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
  if (!hasDeadline(object)) return undefined;
  const current = findCondition(object.status?.conditions, 'Progressing');
  const { name = '' } = newSet?.metadata ?? {};
  if (object.spec?.paused)
    // That nothing moved before it was paused stays known.
    return current?.reason === 'ProgressDeadlineExceeded'
      ? current
      : progressing('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (!newSet)
    return progressing('True', 'NewReplicaSetCreated', `Created new replica set for "${object.metadata.name ?? ''}"`);
  if (isComplete(object, status))
    return progressing('True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`);
  // Its pods may come and go later: that is no rollout, and nothing is late.
  if (current?.reason === 'NewReplicaSetAvailable' && (status.replicas ?? 0) === (status.updatedReplicas ?? 0))
    return current;
  // The time it was paused does not count.
  if (current?.reason === 'DeploymentPaused')
    return progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  if (isTooLate(object, current, now) && !progressed(object, status, 'Progressing'))
    return progressing('False', 'ProgressDeadlineExceeded', `ReplicaSet "${name}" has timed out progressing.`);
  return progressing('True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`);
};

const progressing = (status: Condition['status'], reason: string, message: string): Condition => ({
  type: 'Progressing',
  status,
  reason,
  message,
});

/** Whether a rollout that has not moved has stood still for too long, or was found to before. */
const isTooLate = (object: Deployment, current: Condition | undefined, now: Instant): boolean => {
  if (current?.reason === 'ProgressDeadlineExceeded') return true;
  const since = parseTimestamp(current?.lastUpdateTime);
  return since !== undefined && now - since >= deadlineMs(object) && current?.reason !== 'NewReplicaSetAvailable';
};

/** How long a rollout may stand still. */
export const deadlineMs = (object: Deployment): number => (object.spec?.progressDeadlineSeconds ?? 600) * 1000;

/** The largest number stands for none. @upstream kubernetes pkg/controller/deployment/util/deployment_util.go#HasProgressDeadline */
const NO_DEADLINE = 2_147_483_647;
const hasDeadline = (object: Deployment): boolean => object.spec?.progressDeadlineSeconds !== NO_DEADLINE;

const isComplete = (object: Deployment, status: DeploymentStatus): boolean => {
  const desired = object.spec?.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired
  );
};
