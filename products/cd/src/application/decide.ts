/**
 * What an Application does next. Pure: sources are rendered and live objects read before, nothing is written here.
 * @upstream argo-cd controller/appcontroller.go#processAppRefreshQueueItem, processAppOperationQueueItem
 */
import { isEqual, parseTimestamp, type Instant } from '@argosy/base';
import type { Next } from '@argosy/controller';
import type { KubeObject } from '@argosy/kube';

import type { Application, ApplicationOperation, ApplicationStatus } from '../api/application.ts';
import { compareApplication } from '../compare/compare-application.ts';
import type { AutoSyncVerdict } from '../sync/auto-sync.ts';
import { type SyncStep } from '../sync/decide-sync.ts';
import type { SyncTask } from '../sync/sync-task.ts';
import { withComparison, withConditions } from './compared-status.ts';
import type { SourceState } from './sources/source-state.ts';
import { isSelfTracked } from './tracking/tracking.ts';
import { runningOperation } from './decide/operation.ts';
import { decideWithoutSource } from './decide/without-source.ts';
import { advance } from './decide/advance.ts';

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
