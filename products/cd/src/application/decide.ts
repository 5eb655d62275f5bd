/**
 * What an Application does next. Pure: sources are rendered and live objects read before, nothing is written here.
 * @upstream argo-cd controller/appcontroller.go#processAppRefreshQueueItem, processAppOperationQueueItem
 */
import { isEqual, parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import type { Next } from '@argosy/controller';
import type { KubeObject } from '@argosy/kube';

import type {
  Application,
  ApplicationOperation,
  ApplicationOperationState,
  ApplicationStatus,
} from '../api/application.ts';
import { sourcesOf } from '../api/application-source.ts';
import { compareApplication, toResourceStatus, type ApplicationComparison } from '../compare/compare-application.ts';
import { decideAutoSync, type AutoSyncVerdict } from '../sync/auto-sync.ts';
import { decideSync, isSingleStep, type SyncStep } from '../sync/decide-sync.ts';
import { retryWaitMs } from '../sync/retry-backoff.ts';
import { planTasks, type SyncTask } from '../sync/sync-task.ts';
import { comparedTo, FAILURE_CONDITIONS, withComparison, withConditions } from './compared-status.ts';
import { describeRevision, type ReadySource, type SourceState } from './source-state.ts';
import { isSelfTracked } from './tracking.ts';

/** What an Application is decided from. */
export interface ApplicationWorld {
  readonly source: SourceState;
  /** Desired and tracked objects on the cluster, by identity. */
  readonly live: ReadonlyMap<string, KubeObject>;
  /** Milliseconds until the source is due to be looked at again. */
  readonly recheckMs: number;
}

/** What an Application wants done, in order. */
export interface ApplicationDecision {
  readonly status: ApplicationStatus;
  /** Present while the request stays in the object. */
  readonly operation: ApplicationOperation | undefined;
  readonly step:
    | (SyncStep & {
        readonly tasks: readonly SyncTask[];
        readonly isSingleStep: boolean;
        readonly sync: NonNullable<ApplicationOperation['sync']>;
      })
    | undefined;
  /** Objects to delete because the application goes. */
  readonly cascade: readonly KubeObject[];
  /** Takes the finalizer away: nothing is left. */
  readonly release: boolean;
  readonly next: Next;
}

/** Finalizer that makes the objects go with the application. */
export const RESOURCES_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** Decides. */
export const decideApplication = (input: {
  readonly object: Application;
  readonly world: ApplicationWorld;
  readonly now: Instant;
}): ApplicationDecision => {
  const { object, world, now } = input;
  if (object.metadata.deletionTimestamp) return decideDeletion(object, world);
  const { source } = world;
  if (source.kind === 'failed') return decideWithoutSource(object, source, { world, now });
  const comparison = compareApplication({ spec: object.spec, desired: source.objects, live: world.live });
  const compared = withComparison(object, { comparison, source, now });
  const running = runningOperation(object, compared, { comparison, source, now });
  if (!running.state) return idle(compared, running.verdict, world);
  if (running.state.phase !== 'Running')
    return idle({ ...compared, operationState: running.state }, running.verdict, world);
  return advance({ compared, state: running.state, comparison, world, now });
};

const decideDeletion = (object: Application, world: ApplicationWorld): ApplicationDecision => {
  const isCascading = object.metadata.finalizers?.includes(RESOURCES_FINALIZER) ?? false;
  const left = isCascading ? [...world.live.values()].filter(isSelfTracked) : [];
  return {
    status: object.status ?? {},
    operation: object.operation,
    step: undefined,
    cascade: left.filter((live) => !live.metadata.deletionTimestamp),
    release: isCascading && left.length === 0,
    next:
      left.length > 0
        ? { kind: 'waiting', reason: `${left.length} objects are still there`, afterMs: 1000 }
        : { kind: 'settled' },
  };
};

/** Nothing can be compared: what was known of the cluster is not wrong, but whether it is in sync is unknown. */
const decideWithoutSource = (
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

interface RunningOperation {
  readonly state: ApplicationOperationState | undefined;
  readonly verdict: AutoSyncVerdict;
}

const NO: AutoSyncVerdict = { kind: 'no' };

/** The operation in progress, the one asked for, or the one that starts by itself. */
const runningOperation = (
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

const idle = (status: ApplicationStatus, verdict: AutoSyncVerdict, world: ApplicationWorld): ApplicationDecision => {
  const now = parseTimestamp(status.reconciledAt) ?? 0;
  const conditions = withConditions(
    status.conditions,
    'SyncError',
    verdict.kind === 'no' ? verdict.condition : undefined,
    now,
  );
  const afterMs = verdict.kind === 'later' ? Math.min(verdict.afterMs, world.recheckMs) : world.recheckMs;
  return {
    status: isEqual(conditions, status.conditions ?? []) ? status : { ...status, conditions },
    operation: undefined,
    step: undefined,
    cascade: [],
    release: false,
    next: { kind: 'recheck', afterMs },
  };
};

interface Advance {
  readonly compared: ApplicationStatus;
  readonly state: ApplicationOperationState;
  readonly comparison: ApplicationComparison;
  readonly world: ApplicationWorld;
  readonly now: Instant;
}

const advance = ({ compared, state, comparison, world, now }: Advance): ApplicationDecision => {
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
