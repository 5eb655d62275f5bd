/**
 * The condition that tells why a set has fewer or more pods than it should.
 * @upstream kubernetes pkg/controller/replicaset/replica_set_utils.go#calculateStatus
 */
import type { Instant } from '@argosy/base';
import { findCondition, withCondition, type ReplicaSetStatus } from '@argosy/kube';

/** Why pods could not be made or deleted. */
export interface ReplicaFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

const REPLICA_FAILURE = 'ReplicaFailure';

/** The status with the condition, or without it once nothing failed. Pure. */
export const withReplicaFailure = (
  status: ReplicaSetStatus,
  failure: ReplicaFailure | undefined,
  now: Instant,
): ReplicaSetStatus => {
  // The first message stays: each names another pod, and a status written at every attempt would call for the next at once.
  if (failure && findCondition(status.conditions, REPLICA_FAILURE)) return status;
  if (failure)
    return {
      ...status,
      conditions: withCondition(status.conditions, { type: REPLICA_FAILURE, status: 'True', ...failure }, now),
    };
  const { conditions, ...rest } = status;
  const kept = conditions?.filter(({ type }) => type !== REPLICA_FAILURE) ?? [];
  return kept.length > 0 ? { ...rest, conditions: kept } : rest;
};
