/**
 * Carries a decision out: deletes, acts on a step, writes the status and tells what began and ended.
 * @spec CD-SYNC-02, CD-SYNC-04
 */
import { isEqual, messageOf, type Clock, type Logger } from '@argosy/base';
import type { Client } from '@argosy/client';
import type { Next, Recorder } from '@argosy/controller';
import { isApiError } from '@argosy/kube';

import { APPLICATIONS, type Application, type ApplicationStatus } from '../api/application.ts';
import type { Projects } from '../project/projects.ts';
import { actOnStep, cascadeDelete } from './act.ts';
import { RESOURCES_FINALIZER, type ApplicationDecision } from './decide.ts';
import { foldPass } from './finish-operation.ts';
import type { LiveObjects } from './tracking/live-objects.ts';
import { describeRevision } from './sources/source-state.ts';

/** What a decision is carried out with. */
export interface CarryOutDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: Recorder;
  readonly live: LiveObjects;
  readonly projects: Pick<Projects, 'refuse'>;
}

/** A decision on an application. */
export interface Carried {
  readonly object: Application;
  readonly decision: ApplicationDecision;
  /** The destination's. */
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Carries a decision out, and says when to look again. Throws what writing throws. */
export const carryOut = async (deps: CarryOutDeps, carried: Carried): Promise<Next> => {
  const { object, decision } = carried;
  await cascadeDelete(deps, decision.cascade);
  if (decision.release) return releaseApplication(deps, object);
  if (object.metadata.deletionTimestamp) return decision.next;
  if (decision.step) return carryOutStep(deps, carried, decision.step);
  await write(deps, object, decision.status, decision.operation);
  return decision.next;
};

const carryOutStep = async (
  deps: CarryOutDeps,
  { object, decision, namespace, signal }: Carried,
  step: NonNullable<ApplicationDecision['step']>,
): Promise<Next> => {
  // The start of a sync is on record before anything is done: a crash in between goes on instead of starting another.
  const isStart = !isEqual(object.status?.operationState?.startedAt, decision.status.operationState?.startedAt);
  const recorded = isStart ? await write(deps, object, decision.status, undefined) : object;
  const { client, clock, live, projects } = deps;
  const acted = await actOnStep(
    { client, clock, live, refuse: (resource) => projects.refuse(object, resource) },
    step,
    { namespace, signal },
  );
  const historyLimit = object.spec?.revisionHistoryLimit;
  const status = foldPass(decision.status, { step, ...acted, historyLimit, now: clock.now() });
  await write(deps, recorded, status, undefined);
  if (recorded !== object)
    deps.recorder.event(object, { type: 'Normal', reason: 'OperationStarted', message: describeStart(status) });
  tellEnd(deps, object, status);
  // What was just written has been seen (see act): look again at once for the next wave.
  return step.run.length > 0 ? { kind: 'recheck', afterMs: 0 } : decision.next;
};

const describeStart = (status: ApplicationStatus): string => {
  const revision = describeRevision(status.operationState?.syncResult ?? { revision: '' });
  return status.operationState?.operation.initiatedBy?.automated
    ? `Initiated automated sync to '${revision}'`
    : `Initiated sync to '${revision}'`;
};

const tellEnd = (deps: CarryOutDeps, object: Application, status: ApplicationStatus): void => {
  const state = status.operationState;
  if (!state || state.phase === 'Running') return;
  const isGood = state.phase === 'Succeeded';
  const revision = describeRevision(state.syncResult ?? { revision: '' });
  deps.recorder.event(object, {
    type: isGood ? 'Normal' : 'Warning',
    reason: 'OperationCompleted',
    message: isGood
      ? `Sync operation to ${revision} succeeded`
      : `Sync operation to ${revision} failed: ${state.message ?? ''}`,
  });
};

/** Writes status and takes the request away in one update: the kind has no status subresource (CD-SYNC-02). */
const write = async (
  deps: CarryOutDeps,
  object: Application,
  status: ApplicationStatus,
  operation: Application['operation'],
): Promise<Application> => {
  if (isEqual(object.status, status) && isEqual(object.operation, operation)) return object;
  const { operation: _asked, ...rest } = object;
  return deps.client.update(APPLICATIONS, { ...rest, status, ...(operation ? { operation } : {}) } as Application);
};

const releaseApplication = async (deps: CarryOutDeps, object: Application): Promise<Next> => {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== RESOURCES_FINALIZER);
  try {
    await deps.client.update(APPLICATIONS, { ...object, metadata: { ...object.metadata, finalizers } });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    deps.log.debug('application was gone already', { error: messageOf(thrown) });
  }
  return { kind: 'settled' };
};
