/**
 * Every reason of conditions and events. @spec RO-ST-05, RO-ST-06, RO-ST-16
 */

/** Reasons of the Progressing condition. */
export const PROGRESSING = {
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  updated: 'ReplicaSetUpdated',
  available: 'NewReplicaSetAvailable',
  unavailable: 'ReplicaSetNotAvailable',
  paused: 'RolloutPaused',
  resumed: 'RolloutResumed',
  retry: 'RolloutRetry',
  aborted: 'RolloutAborted',
  deadline: 'ProgressDeadlineExceeded',
} as const;

/** Reasons of events. */
export const EVENTS = {
  updated: 'RolloutUpdated',
  setCreated: 'NewReplicaSetCreated',
  scaling: 'ScalingReplicaSet',
  switchService: 'SwitchService',
  stepCompleted: 'RolloutStepCompleted',
  paused: 'RolloutPaused',
  resumed: 'RolloutResumed',
  aborted: 'RolloutAborted',
  retry: 'RolloutRetry',
  completed: 'RolloutCompleted',
  notCompleted: 'RolloutNotCompleted',
  skipSteps: 'SkipSteps',
  weightUpdated: 'TrafficWeightUpdated',
  routingError: 'TrafficRoutingError',
  invalidSpec: 'InvalidSpec',
} as const;
