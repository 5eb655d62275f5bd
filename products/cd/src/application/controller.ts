/**
 * Keeps applications true. Looks at one when its own object, its source or one of its live objects changes.
 * @upstream argo-cd controller/appcontroller.go
 */
import { setImmediate } from 'node:timers/promises';

import type { Clock, Logger, Random, Result } from '@argosy/base';
import type { Client, Informer, InformerSet } from '@argosy/client';
import {
  createController,
  watchObjects,
  type Controller,
  type Next,
  type Recorder,
  type Source,
} from '@argosy/controller';
import { formatKey, keyOf, parseKey, type ObjectKey } from '@argosy/kube';
import type { NetworkSources, Repositories } from '@argosy/manifests';

import { APP_PROJECT } from '../api/app-project.ts';
import { APPLICATIONS, type Application } from '../api/application.ts';
import type { ManagedResource } from '../compare/managed-resources.ts';
import { createProjects, type Projects } from '../project/projects.ts';
import { createRepositoryCatalog, type RepositoryCatalog } from '../repository/repository-catalog.ts';
import type { SourcePlugins } from '../source/tools/plugin-source.ts';
import type { RenderSource } from '../source/render-on-worker.ts';
import { carryOut } from './carry-out.ts';
import { decideApplication } from './decide.ts';
import { createDesiredObjects, type DesiredObjects } from './sources/desired-objects.ts';
import { instanceNameOf, keyOfInstance } from './tracking/instance-name.ts';
import { createLiveObjects, type LiveObjects } from './tracking/live-objects.ts';
import { createSources, type IsConcerned, type Sources } from './sources/sources.ts';

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

const CONTROL_NAMESPACE = 'argocd';
const REFRESH = 'argocd.argoproj.io/refresh';
const SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';

/** Creates the loop. */
export const createApplicationLoop = async (
  deps: ApplicationDeps,
  options: ApplicationOptions = {},
): Promise<ApplicationLoop> => {
  const parts = await createParts(deps, options);
  const { applications, catalog, desired, projects, sources } = parts;
  const controller = createController(deps, {
    name: 'application',
    sources: [
      watchObjects(applications),
      trackedSource(parts.live, parts.controlNamespace),
      whenSynced(Promise.all([catalog.synced, projects.synced])),
    ],
    reconcile: (key, signal) => reconcile(parts, key, signal),
  });
  const { refreshSources, settled } = createRefresh(controller, sources);
  catalog.onChange(() => {
    // What failed for want of credentials or a setting may work now.
    refreshSources(() => true);
  });
  projects.onChange(() => {
    for (const application of applications.list()) controller.enqueue(keyOf(application));
  });
  return {
    controller: {
      ...controller,
      run: async (signal) => {
        await controller.run(signal);
        await settled();
      },
    },
    refreshSources,
    refreshRepositories: (isRepository) => refreshSources(({ repoURL }) => isRepository(repoURL)),
    compare: async (key) => {
      const found = applications.get(key);
      return found && desired.compare(key, found);
    },
  };
};

interface Parts extends ApplicationDeps {
  readonly controlNamespace: string;
  readonly applications: Informer<Application>;
  readonly live: LiveObjects;
  readonly catalog: RepositoryCatalog;
  readonly projects: Projects;
  readonly sources: Sources;
  readonly desired: DesiredObjects;
}

const createParts = async (deps: ApplicationDeps, options: ApplicationOptions): Promise<Parts> => {
  const controlNamespace = options.controlNamespace ?? CONTROL_NAMESPACE;
  const live = await createLiveObjects(deps);
  const catalog = createRepositoryCatalog(deps.informers, controlNamespace);
  const projects = createProjects(deps.informers, {
    controlNamespace,
    isServed: live.resourceFor(`${APP_PROJECT.group}/${APP_PROJECT.version}`, APP_PROJECT.kind) !== undefined,
    isOwnRepository: (url, project) => catalog.isOwn(url, project),
  });
  const known = { ...deps, controlNamespace, live, catalog, projects };
  const sources = createSources(known);
  const { kubeVersion } = options;
  const desired = createDesiredObjects({ ...known, sources, ...(kubeVersion !== undefined && { kubeVersion }) });
  return { ...known, sources, desired, applications: deps.informers.of({ resource: APPLICATIONS }) };
};

const reconcile = async (parts: Parts, key: ObjectKey, signal: AbortSignal): Promise<Next> => {
  const { applications, controlNamespace, desired, live, sources } = parts;
  const object = applications.get(key);
  if (!object) {
    sources.forget(formatKey(key));
    return { kind: 'settled' };
  }
  if (object.metadata.annotations?.[SKIP_RECONCILE] === 'true') return { kind: 'settled' };
  if (object.metadata.annotations?.[REFRESH]) return refresh(parts, object);
  const { state, recheckMs } = await desired.resolve(key, object);
  const { objects, repeated } = desired.prepare(key, object, state.kind === 'ready' ? state.objects : []);
  const decision = decideApplication({
    object,
    world: {
      source: state.kind === 'ready' ? { ...state, objects, ...(repeated && { repeated }) } : state,
      live: live.of(instanceNameOf(key, controlNamespace), objects),
      recheckMs,
    },
    now: parts.clock.now(),
  });
  return carryOut(parts, { object, decision, namespace: object.spec?.destination.namespace ?? '', signal });
};

/** Looks at sources again. `settled` waits for what has begun. */
const createRefresh = (
  controller: Controller,
  sources: Sources,
): Pick<ApplicationLoop, 'refreshSources'> & { readonly settled: () => Promise<unknown> } => {
  const asking = new Set<Promise<void>>();
  return {
    settled: () => Promise.all(asking),
    refreshSources: (isConcerned) =>
      sources.keysOf(isConcerned).map((text) => {
        sources.expire(text);
        const key = parseKey(text);
        const turn = enqueueInTurn(controller, key, sources.mayChange(text)).finally(() => asking.delete(turn));
        asking.add(turn);
        return key;
      }),
  };
};

/** Of all who were told of a push, those whom it changes come first: the others only take note of the commit. */
const enqueueInTurn = async (controller: Controller, key: ObjectKey, mayChange: Promise<boolean>): Promise<void> => {
  if (!(await mayChange)) await setImmediate();
  controller.enqueue(key);
};

/** Credentials are known before the first look at a repository. */
const whenSynced = (synced: Promise<unknown>): Source => ({
  synced: synced.then(() => undefined),
  subscribe: () => ({ [Symbol.dispose]: () => undefined }),
});

const trackedSource = (live: LiveObjects, control: string): Source => ({
  synced: live.synced,
  subscribe: (enqueue) => live.onChange((app) => enqueue(keyOfInstance(app, control))),
});

/** Somebody asked for a look: the request is taken away first, so that one that arrives meanwhile is not lost (CD-APP-27). */
const refresh = async ({ client, sources }: Parts, application: Application): Promise<Next> => {
  const { [REFRESH]: asked, ...annotations } = application.metadata.annotations ?? {};
  // Somebody who asks for a hard one does not trust what was rendered before (CD-APP-27).
  if (asked === 'hard') sources.forget(formatKey(keyOf(application)));
  else sources.expire(formatKey(keyOf(application)));
  await client.update(APPLICATIONS, { ...application, metadata: { ...application.metadata, annotations } });
  return { kind: 'settled' };
};
