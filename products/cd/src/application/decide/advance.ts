/**
 * The next step of an operation that runs.
 */
import { parseTimestamp, type Instant } from '@argosy/base';

import type { ApplicationOperationState, ApplicationStatus } from '../../api/application.ts';
import type { ApplicationComparison } from '../../compare/compare-application.ts';
import { decideSync, isSingleStep } from '../../sync/decide-sync.ts';
import { retryWaitMs } from '../../sync/retry-backoff.ts';
import { planTasks } from '../../sync/sync-task.ts';
import type { ApplicationDecision, ApplicationWorld } from '../decide.ts';

interface Advance {
  readonly compared: ApplicationStatus;
  readonly state: ApplicationOperationState;
  readonly comparison: ApplicationComparison;
  readonly world: ApplicationWorld;
  readonly now: Instant;
}

/** Goes on with an operation: waits for its retry, or decides its next step. */
export const advance = ({ compared, state, comparison, world, now }: Advance): ApplicationDecision => {
  const base = { operation: undefined, cascade: [], release: false };
  const finishedAt = parseTimestamp(state.finishedAt);
  if (finishedAt !== undefined) {
    const waitMs = finishedAt + (retryWaitMs(state.operation.retry, (state.retryCount ?? 1) - 1) ?? 0) - now;
    return {
      ...base,
      status: { ...compared, operationState: state },
      step: undefined,
      next: { kind: 'waiting', reason: state.message ?? 'retry', afterMs: Math.max(10, waitMs) },
    };
  }
  const sync = state.operation.sync ?? {};
  const revision = state.syncResult?.revision ?? '';
  const tasks = planTasks({
    comparison,
    live: world.live,
    sync,
    revision: revision || (state.syncResult?.revisions?.[0] ?? ''),
    startedAtSeconds: Math.floor((parseTimestamp(state.startedAt) ?? 0) / 1000),
  });
  const step = decideSync({ sync, tasks, results: state.syncResult?.resources ?? [], live: world.live });
  const operationState: ApplicationOperationState = {
    ...state,
    message: step.message,
    syncResult: { ...(state.syncResult ?? { revision }), resources: step.results },
  };
  return {
    ...base,
    status: { ...compared, operationState },
    step: { ...step, tasks, sync, isSingleStep: isSingleStep(tasks) },
    next: { kind: 'waiting', reason: step.message, afterMs: 2000 },
  };
};
