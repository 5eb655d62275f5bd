/**
 * What becomes of an Application whose sources could not be rendered.
 */
import { toTimestamp, type Instant } from '@argosy/base';

import type { Application, ApplicationOperationState, ApplicationStatus } from '../../api/application.ts';
import { comparedTo, FAILURE_CONDITIONS, withConditions } from '../compared-status.ts';
import type { SourceState } from '../sources/source-state.ts';
import type { ApplicationDecision, ApplicationWorld } from '../decide.ts';

/** Nothing can be compared: what was known of the cluster is not wrong, but whether it is in sync is unknown. */
export const decideWithoutSource = (
  object: Application,
  { message, condition = 'ComparisonError' }: Extract<SourceState, { kind: 'failed' }>,
  at: { readonly world: ApplicationWorld; readonly now: Instant },
): ApplicationDecision => {
  const before = object.status ?? {};
  const status: ApplicationStatus = {
    ...before,
    sync: { ...before.sync, status: 'Unknown', comparedTo: comparedTo(object) },
    health: before.health ?? { status: 'Unknown', lastTransitionTime: toTimestamp(at.now) },
    conditions: FAILURE_CONDITIONS.reduce<NonNullable<ApplicationStatus['conditions']>>(
      (conditions, type) => withConditions(conditions, type, type === condition ? message : undefined, at.now),
      before.conditions ?? [],
    ),
  };
  const waiting =
    object.operation ?? (before.operationState?.phase === 'Running' ? before.operationState.operation : undefined);
  const failed: ApplicationOperationState | undefined = waiting && {
    operation: waiting,
    phase: 'Error',
    message: `${condition}: ${message}`,
    startedAt: before.operationState?.phase === 'Running' ? before.operationState.startedAt : toTimestamp(at.now),
    finishedAt: toTimestamp(at.now),
    ...(before.operationState?.syncResult && before.operationState.phase === 'Running'
      ? { syncResult: before.operationState.syncResult }
      : {}),
  };
  return {
    status: failed ? { ...status, operationState: failed } : status,
    operation: undefined,
    step: undefined,
    cascade: [],
    release: false,
    next: { kind: 'recheck', afterMs: at.world.recheckMs },
  };
};
