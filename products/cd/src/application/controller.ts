/**
 * Keeps applications true. Looks at one when its own object, its source or one of its live objects changes.
 * @upstream argo-cd controller/appcontroller.go
 */
import { fail, isEqual, messageOf, ok, type Clock, type Logger, type Random, type Result } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import {
  createController,
  watchObjects,
  type Controller,
  type Next,
  type Recorder,
  type Source,
} from '@argosy/controller';
import { formatFieldError, formatKey, isApiError, keyOf, type KubeObject, type ObjectKey } from '@argosy/kube';
import type { NetworkSources, Repositories } from '@argosy/manifests';

import { APP_PROJECT } from '../api/app-project.ts';
import { APPLICATION, APPLICATIONS, type Application, type ApplicationStatus } from '../api/application.ts';
import { compareApplication } from '../compare/compare-application.ts';
import { toManagedResources, type ManagedResource } from '../compare/managed-resources.ts';
import { createProjects, type Projects } from '../project/projects.ts';
import { createRepositoryCatalog } from '../repository/repository-catalog.ts';
import { actOnStep, cascadeDelete, type ActDeps, type ActOutcome } from './act.ts';
import { decideApplication, RESOURCES_FINALIZER, type ApplicationDecision } from './decide.ts';
import { foldPass } from './finish-operation.ts';
import { createLiveObjects } from './live-objects.ts';
import { prepareDistinct, type Prepared } from './prepare-manifests.ts';
import type { RenderContext } from '../source/render-source.ts';
import type { SourcePlugins } from '../source/plugin-source.ts';
import type { RenderSource } from '../source/render-on-worker.ts';
import { describeRevision } from './source-state.ts';
import { createSources, type IsConcerned, type Sources } from './sources.ts';

/** Ports of the product. */
export interface ApplicationDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
  readonly repositories: Repositories;
  /** Charts and artifacts. */
  readonly network: NetworkSources;
  /** Renders sources elsewhere (`renderOnWorker`); in this thread when absent. */
  readonly renderSource?: RenderSource;
  /** Config management plugins that administrators configured; off without. */
  readonly plugins?: SourcePlugins;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Settings of the product. */
export interface ApplicationOptions {
  /** Namespace whose applications have plain names in tracking ids; default `argocd`. */
  readonly controlNamespace?: string;
  /** The cluster's version, for charts that ask; Helm's own when absent. */
  readonly kubeVersion?: string;
}

/** The loop, and the way for webhooks to hurry it. */
export interface ApplicationLoop {
  readonly controller: Controller;
  /** Looks at the sources of these repositories now; returns the applications concerned. */
  refreshRepositories(isRepository: (url: string) => boolean): readonly ObjectKey[];
  /** Looks at applications with such a source now; returns them. A source's paths: those whose change concerns it. */
  refreshSources(isConcerned: IsConcerned): readonly ObjectKey[];
  /**
   * Compares an application with the cluster now, without touching it. The error says why its source cannot be
   * rendered; `undefined` when there is no such application.
   */
  compare(key: ObjectKey): Promise<Result<readonly ManagedResource[]> | undefined>;
}

const REFRESH = 'argocd.argoproj.io/refresh';
/** A specification that is wrong stays so until it is changed, which is seen at once. */
const UNCHANGED_MS = 180_000;
const SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';

/** Creates the loop. */
export const createApplicationLoop = async (
  deps: ApplicationDeps,
  options: ApplicationOptions = {},
): Promise<ApplicationLoop> => {
  const control = options.controlNamespace ?? 'argocd';
  const applications = deps.informers.of({ resource: APPLICATIONS });
  const live = await createLiveObjects(deps);
  const catalog = createRepositoryCatalog(deps.informers, control);
  const projects = createProjects(deps.informers, {
    controlNamespace: control,
    isServed: live.resourceFor(`${APP_PROJECT.group}/${APP_PROJECT.version}`, APP_PROJECT.kind) !== undefined,
    isOwnRepository: (url, project) => catalog.isOwn(url, project),
  });
  const sources = createSources({ ...deps, catalog, projects });

  const prepare = (key: ObjectKey, found: Application, objects: readonly KubeObject[]): Prepared =>
    prepareDistinct(objects, {
      app: appName(key, control),
      namespace: found.spec?.destination.namespace || 'default',
      resourceFor: (apiVersion, kind) => live.resourceFor(apiVersion, kind),
    });

  const contextOf = (key: ObjectKey, found: Application): RenderContext => ({
    appName: key.name,
    instanceName: appName(key, control),
    project: found.spec?.project || 'default',
    namespace: found.spec?.destination.namespace || 'default',
    apiVersions: live.apiVersions(),
    settings: catalog.settings(),
    ...(options.kubeVersion !== undefined && { kubeVersion: options.kubeVersion }),
  });

  /** Clusters that serve the kind by its schema alone let through what only we refuse. */
  const resolve = async (key: ObjectKey, found: Application): ReturnType<Sources['resolve']> => {
    const { status: _status, ...asked } = found;
    const invalid = (APPLICATION.validate?.(asked) ?? []).map(formatFieldError);
    const problems = invalid.length > 0 ? invalid : projects.judge(found);
    if (problems.length === 0) return sources.resolve(formatKey(key), found, contextOf(key, found));
    const message = problems.join('; ');
    return { state: { kind: 'failed', message, condition: 'InvalidSpecError' }, recheckMs: UNCHANGED_MS };
  };

  const compare = async (key: ObjectKey): Promise<Result<readonly ManagedResource[]> | undefined> => {
    const found = applications.get(key);
    if (!found) return undefined;
    const { state } = await resolve(key, found);
    if (state.kind !== 'ready') return fail(state.message);
    const desired = prepare(key, found, state.objects).objects;
    const comparison = compareApplication({ spec: found.spec, desired, live: live.of(appName(key, control), desired) });
    return ok(toManagedResources(comparison, found.spec?.ignoreDifferences));
  };

  const reconcile = async (key: ObjectKey, signal: AbortSignal): Promise<Next> => {
    const found = applications.get(key);
    if (!found) {
      sources.forget(formatKey(key));
      return { kind: 'settled' };
    }
    if (found.metadata.annotations?.[SKIP_RECONCILE] === 'true') return { kind: 'settled' };
    if (found.metadata.annotations?.[REFRESH]) return refresh(deps, sources, found);
    const app = appName(key, control);
    const { state, recheckMs } = await resolve(key, found);
    const namespace = found.spec?.destination.namespace ?? '';
    const { objects: desired, repeated } = prepare(key, found, state.kind === 'ready' ? state.objects : []);
    const source = state.kind === 'ready' ? { ...state, objects: desired, ...(repeated && { repeated }) } : state;
    const decision = decideApplication({
      object: found,
      world: { source, live: live.of(app, desired), recheckMs },
      now: deps.clock.now(),
    });
    return carryOut({ deps, live, sources, projects }, { object: found, decision, namespace, signal });
  };
  const controller = createController(deps, {
    name: 'application',
    sources: [
      watchObjects(applications),
      trackedSource(live, control),
      whenSynced(Promise.all([catalog.synced, projects.synced])),
    ],
    reconcile,
  });
  catalog.onChange(() => {
    // What failed for want of credentials or a setting may work now.
    refreshSources(() => true);
  });
  const refreshSources: ApplicationLoop['refreshSources'] = (isConcerned) =>
    sources.keysOf(isConcerned).map((text) => {
      sources.expire(text);
      const key = toKey(text);
      controller.enqueue(key);
      return key;
    });
  projects.onChange(() => {
    for (const application of applications.list()) controller.enqueue(keyOf(application));
  });
  return {
    controller,
    compare,
    refreshRepositories: (isRepository) => refreshSources(({ repoURL }) => isRepository(repoURL)),
    refreshSources,
  };
};

const toKey = (text: string): ObjectKey => {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
};

/** Applications outside of the control namespace carry theirs in the name. */
const appName = (key: ObjectKey, control: string): string =>
  key.namespace === control ? key.name : `${key.namespace ?? ''}_${key.name}`;

/** Credentials are known before the first look at a repository. */
const whenSynced = (synced: Promise<unknown>): Source => ({
  synced: synced.then(() => undefined),
  subscribe: () => ({ [Symbol.dispose]: () => undefined }),
});

const trackedSource = (live: Awaited<ReturnType<typeof createLiveObjects>>, control: string): Source => ({
  synced: live.synced,
  subscribe: (enqueue) =>
    live.onChange((app) => {
      const split = app.indexOf('_');
      enqueue(
        split < 0 ? { namespace: control, name: app } : { namespace: app.slice(0, split), name: app.slice(split + 1) },
      );
    }),
});

/** Somebody asked for a look: the request is taken away first, so that one that arrives meanwhile is not lost (CD-APP-27). */
const refresh = async (deps: ApplicationDeps, sources: Sources, application: Application): Promise<Next> => {
  const { [REFRESH]: asked, ...annotations } = application.metadata.annotations ?? {};
  // Somebody who asks for a hard one does not trust what was rendered before (CD-APP-27).
  if (asked === 'hard') sources.forget(formatKey(keyOf(application)));
  else sources.expire(formatKey(keyOf(application)));
  await deps.client.update(APPLICATIONS, { ...application, metadata: { ...application.metadata, annotations } });
  return { kind: 'settled' };
};

interface Carried {
  readonly object: Application;
  readonly decision: ApplicationDecision;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

type Parts = {
  readonly deps: ApplicationDeps;
  readonly live: Awaited<ReturnType<typeof createLiveObjects>>;
  readonly sources: Sources;
  readonly projects: Projects;
};

const carryOut = async (parts: Parts, { object, decision, namespace, signal }: Carried): Promise<Next> => {
  const { deps, live } = parts;
  await cascadeDelete({ client: deps.client, clock: deps.clock, live }, decision.cascade);
  if (decision.release) return releaseApplication(deps, object);
  if (object.metadata.deletionTimestamp) return decision.next;
  const { step } = decision;
  // The start of a sync is on record before anything is done: a crash in between goes on instead of starting another.
  const recorded =
    step && !isEqual(object.status?.operationState?.startedAt, decision.status.operationState?.startedAt)
      ? await write(deps, object, decision.status, undefined)
      : object;
  if (!step) {
    await write(deps, recorded, decision.status, decision.operation);
    return decision.next;
  }
  const refuse: ActDeps['refuse'] = (resource) => parts.projects.refuse(object, resource);
  const acted: ActOutcome = await actOnStep({ client: deps.client, clock: deps.clock, live, refuse }, step, {
    namespace,
    signal,
  });
  const status = foldPass(decision.status, {
    step,
    ...acted,
    historyLimit: object.spec?.revisionHistoryLimit,
    now: deps.clock.now(),
  });
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

const tellEnd = (deps: ApplicationDeps, object: Application, status: ApplicationStatus): void => {
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
  deps: ApplicationDeps,
  object: Application,
  status: ApplicationStatus,
  operation: Application['operation'],
): Promise<Application> => {
  if (isEqual(object.status, status) && isEqual(object.operation, operation)) return object;
  const { operation: _asked, ...rest } = object;
  return deps.client.update(APPLICATIONS, { ...rest, status, ...(operation ? { operation } : {}) } as Application);
};

const releaseApplication = async (deps: ApplicationDeps, object: Application): Promise<Next> => {
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== RESOURCES_FINALIZER);
  try {
    await deps.client.update(APPLICATIONS, { ...object, metadata: { ...object.metadata, finalizers } });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    deps.log.debug('application was gone already', { error: messageOf(thrown) });
  }
  return { kind: 'settled' };
};

/** Names the kinds of the product for whoever needs an object's type. */
export type ApplicationObject = Application & KubeObject;
