/**
 * The four products on one cluster: their kinds, their loops, what they add to the door.
 */
import path from 'node:path';

import type { Client, Informer, InformerSet } from '@argosy/client';
import {
  APP_PROJECT,
  APPLICATION,
  createApplicationLoop,
  createApplicationRoutes,
  type ApplicationLoop,
} from '@argosy/cd';
import { KUBERNETES_VERSION, type PodSupervisor } from '@argosy/cluster';
import type { Controller, Recorder } from '@argosy/controller';
import { createEventLoops, EVENT_KINDS, EVENT_SOURCES, SENSORS } from '@argosy/events';
import { CONFIG_MAPS, DEPLOYMENTS, PODS, resourceOf, type KindDefinition, type KubeObject } from '@argosy/kube';
import {
  ANALYSIS_RUNS,
  createAnalysisRunLoop,
  createRolloutLoop,
  ROLLOUT_KINDS,
  ROLLOUTS,
  sendRequest,
} from '@argosy/rollouts';
import { createLiveObjectsRoute, type Route } from '@argosy/server';
import {
  createWorkflowLoops,
  createWorkflowRoutes,
  createWorkflowSupervisor,
  openArtifactFolder,
  WORKFLOW_KINDS,
  WORKFLOWS,
} from '@argosy/workflows';

import { createRenderWorkers } from '../../render/render-workers.ts';
import { STORY_LABEL } from '../../story/story-state.ts';
import { CONTROL_NAMESPACE } from '../cluster/control-namespace.ts';
import type { MachinePorts, PlatformDeps } from '../platform-options.ts';
import { readPlugins } from './read-plugins.ts';
import { createManifestSources } from './manifest-sources.ts';

/** A workflow tells an event for each of its nodes. @upstream argo-workflows workflow/events/event_recorder_manager.go */
const WORKFLOW_EVENTS = 10_000;

/** Every kind the products serve. */
export const PRODUCT_KINDS: readonly KindDefinition[] = [
  APPLICATION as unknown as KindDefinition,
  APP_PROJECT as unknown as KindDefinition,
  ...WORKFLOW_KINDS,
  ...EVENT_KINDS,
  ...ROLLOUT_KINDS,
];

/** What the products need of the platform. */
export interface ProductDeps extends PlatformDeps, MachinePorts {
  readonly client: Client;
  /** The client in the name of a program, as the owners of fields call it. */
  readonly clientOf: (program: string) => Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
}

/** The products, ready to run. */
export interface Products {
  readonly loops: readonly Controller[];
  readonly supervisors: readonly PodSupervisor[];
  readonly routes: readonly Route[];
  readonly applications: ApplicationLoop;
  /** Closes what the loops hold open; call when they have ended. */
  close(): Promise<void>;
}

/** Where products keep what is theirs, and where they find and are found. */
export interface ProductOptions {
  readonly folder: string;
  /** Where analysis finds the gateway's measurements. */
  readonly metricsUrl: string;
  readonly host: string;
  readonly inMemory: boolean;
  readonly gitSizeLimitBytes?: number;
}

/** Creates the products. */
export const createProducts = async (deps: ProductDeps, of: ProductOptions): Promise<Products> => {
  const { client, clock } = deps;
  const { applications, workers } = await createApplications(deps, of);
  const events = createEventLoops(asProgram(deps, 'argo-events-controller'), {
    host: of.host,
    ...(of.inMemory ? {} : { dataDirectory: path.join(of.folder, 'events') }),
  });
  const rollouts = asProgram(deps, 'rollouts-controller');
  return {
    applications,
    close: async () => void (await Promise.all([events.close(), workers?.close()])),
    supervisors: [createSupervisor(deps, of.folder)],
    loops: [
      applications.controller,
      ...createWorkflowLoops(asProgram(deps, 'workflow-controller', { burst: WORKFLOW_EVENTS })),
      ...events.controllers,
      createRolloutLoop(rollouts),
      createAnalysisRunLoop({ ...rollouts, send: sendRequest }, { prometheusAddress: of.metricsUrl }),
    ],
    routes: [
      ...createApplicationRoutes(applications),
      ...createWorkflowRoutes({ client, clock }),
      createLiveObjectsRoute({ clock, informers: shownObjects(deps.informers) }),
    ],
  };
};

/** What a product writes and tells is in the name of the program that does so upstream. */
const asProgram = (deps: ProductDeps, program: string, limit?: Parameters<Recorder['as']>[1]): ProductDeps => ({
  ...deps,
  client: deps.clientOf(program),
  recorder: deps.recorder.as(program, limit),
});

const createApplications = async (deps: ProductDeps, of: ProductOptions) => {
  const sources = createManifestSources(deps, of);
  const workers = createRenderWorkers(deps, of);
  const plugins = readPlugins(of.folder, deps.env);
  const applications = await createApplicationLoop(
    {
      ...asProgram(deps, 'argocd-application-controller'),
      ...(workers && { renderSource: workers.renderSource }),
      ...(plugins && { plugins }),
      ...sources,
    },
    { controlNamespace: CONTROL_NAMESPACE, kubeVersion: KUBERNETES_VERSION.gitVersion },
  );
  return { applications, workers };
};

const createSupervisor = ({ client, random, env }: ProductDeps, folder: string): PodSupervisor => {
  const artifacts = openArtifactFolder({ random }, path.join(folder, 'artifacts'));
  return createWorkflowSupervisor(
    { client, artifacts, random, env },
    { scratchDirectory: path.join(folder, 'scratch') },
  );
};

/** What the first page shows live. */
const shownObjects = (informers: InformerSet): readonly Informer[] =>
  [
    informers.of({ resource: resourceOf(APPLICATION) }),
    informers.of({ resource: DEPLOYMENTS }),
    informers.of({ resource: PODS }),
    informers.of({ resource: EVENT_SOURCES }),
    informers.of({ resource: SENSORS }),
    informers.of({ resource: WORKFLOWS }),
    informers.of({ resource: ROLLOUTS }),
    informers.of({ resource: ANALYSIS_RUNS }),
    informers.of({ resource: CONFIG_MAPS, labelSelector: STORY_LABEL }),
  ].map((informer) => informer as unknown as Informer<KubeObject>);
