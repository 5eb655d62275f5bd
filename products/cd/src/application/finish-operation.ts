/**
 * What becomes of an operation once a pass of it was done: its results, its end, a retry, the history. Pure.
 * @upstream argo-cd controller/appcontroller.go#processRequestedAppOperation, state.go#persistRevisionHistory
 */
import { toTimestamp, type Instant } from '@argosy/base';

import type { ApplicationOperationState, ApplicationResourceResult, ApplicationStatus } from '../api/application.ts';
import { resultKey, type SyncStep } from '../sync/decide-sync.ts';
import { retryWaitMs } from '../sync/retry-backoff.ts';

/** What a pass brought. */
export interface PassOutcome {
  readonly step: Pick<SyncStep, 'phase' | 'message' | 'results'>;
  /** Results of the tasks just done. */
  readonly done: readonly ApplicationResourceResult[];
  /** Why the trial before anything was done refused the sync. */
  readonly dryRunFailure: string | undefined;
  readonly historyLimit: number | undefined;
  readonly now: Instant;
}

/** The next status. A sync that has nothing left to do ends in the pass that finds it so. */
export const foldPass = (status: ApplicationStatus, outcome: PassOutcome): ApplicationStatus => {
  const state = status.operationState;
  if (!state?.syncResult) return status;
  const resources = mergeResults(outcome.step.results, outcome.done);
  const progressed: ApplicationOperationState = { ...state, syncResult: { ...state.syncResult, resources } };
  if (outcome.dryRunFailure !== undefined)
    return end(status, progressed, { ...outcome, phase: 'Failed', message: outcome.dryRunFailure });
  if (outcome.step.phase === 'Running') return { ...status, operationState: progressed };
  return end(status, progressed, { ...outcome, phase: outcome.step.phase, message: outcome.step.message });
};

const mergeResults = (
  before: readonly ApplicationResourceResult[],
  done: readonly ApplicationResourceResult[],
): readonly ApplicationResourceResult[] => {
  const fresh = new Map(done.map((result) => [resultKey(result), result] as const));
  const kept = before.map((result) => fresh.get(resultKey(result)) ?? result);
  const known = new Set(before.map(resultKey));
  return [...kept, ...done.filter((result) => !known.has(resultKey(result)))];
};

const end = (
  status: ApplicationStatus,
  state: ApplicationOperationState,
  of: PassOutcome & { readonly phase: 'Succeeded' | 'Failed'; readonly message: string },
): ApplicationStatus => {
  const finishedAt = toTimestamp(of.now);
  if (of.phase === 'Failed') {
    const retry = retryOf(state, of);
    if (retry) return { ...status, operationState: { ...retry, finishedAt } };
    const tried = state.retryCount ?? 0;
    const message = tried > 0 ? `${of.message} (retried ${tried} times).` : of.message;
    return { ...status, operationState: { ...state, phase: 'Failed', message, finishedAt } };
  }
  const ended: ApplicationOperationState = { ...state, phase: 'Succeeded', message: of.message, finishedAt };
  return withHistory({ ...status, operationState: ended }, ended, of);
};

/** The attempt after a failed one, while retries are left (CD-AUTO-06); it waits as Running with a finish time. */
const retryOf = (
  state: ApplicationOperationState,
  of: { readonly message: string },
): ApplicationOperationState | undefined => {
  const limit = state.operation.retry?.limit ?? 0;
  const tried = state.retryCount ?? 0;
  if (limit >= 0 && tried >= limit) return undefined;
  const waitMs = retryWaitMs(state.operation.retry, tried);
  if (waitMs === undefined) return undefined;
  return {
    ...state,
    retryCount: tried + 1,
    message: `${of.message}. Retrying attempt #${tried + 1} in ${Math.round(waitMs / 1000)} s.`,
  };
};

/** Selective and dry syncs leave no history (CD-HIST-01). */
const withHistory = (
  status: ApplicationStatus,
  state: ApplicationOperationState,
  of: { readonly historyLimit: number | undefined; readonly now: Instant },
): ApplicationStatus => {
  const { sync } = state.operation;
  if (sync?.resources || sync?.dryRun || !state.syncResult) return status;
  const history = status.history ?? [];
  const entry = {
    id: (history.at(-1)?.id ?? -1) + 1,
    revision: state.syncResult.revision,
    deployStartedAt: state.startedAt,
    deployedAt: toTimestamp(of.now),
    ...(state.syncResult.revisions && { revisions: state.syncResult.revisions }),
    ...(state.syncResult.source && { source: state.syncResult.source }),
    ...(state.syncResult.sources && { sources: state.syncResult.sources }),
    ...(state.operation.initiatedBy ? { initiatedBy: state.operation.initiatedBy } : {}),
  };
  return { ...status, history: trimHistory([...history, entry], of.historyLimit) };
};

/** Keeps the newest entries: 10 unless told, none for 0 and below (CD-APP-18, CD-HIST-02). */
export const trimHistory = <T>(history: readonly T[], limit = 10): readonly T[] =>
  limit <= 0 ? [] : history.slice(-limit);
