/**
 * The operation of an Application: the one in progress, the one asked for, or the one that starts by itself.
 */
import { isEqual, parseTimestamp, toTimestamp, type Instant } from '@argosy/base';

import type {
  Application,
  ApplicationOperation,
  ApplicationOperationState,
  ApplicationStatus,
} from '../../api/application.ts';
import { sourcesOf } from '../../api/application-source.ts';
import { toResourceStatus, type ApplicationComparison } from '../../compare/compare-application.ts';
import { decideAutoSync, type AutoSyncVerdict } from '../../sync/auto-sync.ts';
import { retryWaitMs } from '../../sync/retry-backoff.ts';
import { describeRevision, type ReadySource } from '../sources/source-state.ts';

interface RunningOperation {
  readonly state: ApplicationOperationState | undefined;
  readonly verdict: AutoSyncVerdict;
}

const NO: AutoSyncVerdict = { kind: 'no' };

/** The operation in progress, the one asked for, or the one that starts by itself. */
export const runningOperation = (
  object: Application,
  status: ApplicationStatus,
  of: { readonly comparison: ApplicationComparison; readonly source: ReadySource; readonly now: Instant },
): RunningOperation => {
  const revision = describeRevision(of.source);
  const last = status.operationState;
  if (last?.phase === 'Running') return { state: resumeRetry(last, of), verdict: NO };
  if (object.operation) return { state: startOperation(object, object.operation, of), verdict: NO };
  const verdict = decideAutoSync({
    automated: object.spec?.syncPolicy?.automated,
    isDeleting: false,
    syncStatus: of.comparison.status,
    revision,
    resources: of.comparison.resources.map(toResourceStatus),
    lastOperation: last,
    lastRevision:
      last?.syncResult && isEqual(sourcesOf(last.syncResult), sourcesOf(object.spec))
        ? describeRevision(last.syncResult)
        : undefined,
    now: of.now,
  });
  if (verdict.kind !== 'start') return { state: undefined, verdict };
  const operation: ApplicationOperation = {
    sync: {
      ...withRevisions(verdict.sync, of.source),
      ...(object.spec?.syncPolicy?.syncOptions ? { syncOptions: object.spec.syncPolicy.syncOptions } : {}),
    },
    initiatedBy: { automated: true },
    // An automated sync that nobody said how to retry is retried five times (CD-AUTO-05).
    retry: object.spec?.syncPolicy?.retry ?? { limit: 5 },
  };
  return { state: startOperation(object, operation, of), verdict };
};

/** A list of sources is synced to a list of revisions. */
const withRevisions = (
  { revision, ...sync }: NonNullable<ApplicationOperation['sync']>,
  { revisions }: ReadySource,
): NonNullable<ApplicationOperation['sync']> => (revisions ? { ...sync, revisions } : { ...sync, revision });

const startOperation = (
  object: Application,
  operation: ApplicationOperation,
  of: { readonly source: ReadySource; readonly now: Instant },
): ApplicationOperationState => {
  const named = sourcesOf(operation.sync).length > 0 ? operation.sync : object.spec;
  const { revision, revisions } = of.source;
  const { source, sources } = named ?? {};
  return {
    operation,
    phase: 'Running',
    message: 'waiting to start',
    startedAt: toTimestamp(of.now),
    syncResult: {
      revision,
      ...(revisions && { revisions }),
      ...(sources?.length ? { sources } : source ? { source } : {}),
      resources: [],
    },
    retryCount: 0,
  };
};

/** A failed attempt waits with `finishedAt` set while Running (CD-APP-23); when the wait is over it starts afresh. */
const resumeRetry = (
  state: ApplicationOperationState,
  of: { readonly source: ReadySource; readonly now: Instant },
): ApplicationOperationState => {
  const finishedAt = parseTimestamp(state.finishedAt);
  if (finishedAt === undefined) return state;
  const waitMs = retryWaitMs(state.operation.retry, (state.retryCount ?? 1) - 1) ?? 0;
  if (of.now < finishedAt + waitMs) return state;
  const { finishedAt: _finished, ...rest } = state;
  return {
    ...rest,
    message: 'retrying',
    syncResult: { ...(state.syncResult ?? { revision: of.source.revision }), resources: [] },
  };
};
