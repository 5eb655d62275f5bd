/**
 * The workflow loop: watches workflows, their pods and task results, and steps each workflow whenever something about
 * it changes. Wiring only.
 */
import type { Clock, Logger, Random } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import { createController, watchMapped, watchObjects, type Controller, type Recorder } from '@argosy/controller';
import { CONFIG_MAPS, PODS, type KubeObject, type ObjectKey } from '@argosy/kube';

import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TASK_RESULTS, WORKFLOW_TEMPLATES, WORKFLOWS } from '../api/kinds.ts';
import { LABEL_WORKFLOW } from '../api/labels.ts';
import { createUndiciHttp } from '../adapters/undici/undici-http.ts';
import { createHttpAgent } from '../http/http-agent.ts';
import type { HttpPort } from '../http/http-port.ts';
import { createLockKeeper } from '../locks/lock-keeper.ts';
import { createGraphCache } from './graph-cache.ts';
import { WORKFLOW_INDEX, workflowIndex } from './observe.ts';
import { type Parts, reconcile } from './reconcile.ts';

/** Ports of the loop. */
export interface WorkflowLoopDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The network of HTTP templates; by default the machine's. */
  readonly http?: HttpPort;
}

/** How the loop runs. */
export interface WorkflowLoopOptions {
  /** Workflows stepped side by side; default 8. */
  readonly concurrency?: number;
}

/** The loop, ready to run. */
export interface WorkflowLoop {
  readonly controller: Controller;
}

/** Creates the loop; nothing happens before its controller runs. */
export const createWorkflowLoop = (deps: WorkflowLoopDeps, options: WorkflowLoopOptions = {}): WorkflowLoop => {
  const { informers } = deps;
  const workflows = informers.of({ resource: WORKFLOWS });
  const pods = informers.of({
    resource: PODS,
    labelSelector: LABEL_WORKFLOW,
    indexes: { [WORKFLOW_INDEX]: workflowIndex },
  });
  const taskResults = informers.of({ resource: WORKFLOW_TASK_RESULTS, indexes: { [WORKFLOW_INDEX]: workflowIndex } });
  const templates = informers.of({ resource: WORKFLOW_TEMPLATES });
  const clusterTemplates = informers.of({ resource: CLUSTER_WORKFLOW_TEMPLATES });
  const configMaps = informers.of({ resource: CONFIG_MAPS });
  const caches = { workflows, pods, taskResults, templates, clusterTemplates, configMaps };
  const locks = createLockKeeper(
    () => workflows.list(),
    (key) => controller.enqueue(key),
  );
  const parts: Parts = {
    deps,
    workflows,
    caches,
    locks,
    agent: createHttpAgent({ ...deps, http: deps.http ?? createUndiciHttp() }),
    graphs: createGraphCache(caches),
    written: new Map(),
  };
  const controller: Controller = createController(deps, {
    name: 'workflow',
    concurrency: options.concurrency ?? 8,
    sources: [
      watchObjects(workflows),
      watchMapped(pods, (change) => toWorkflow(change.object)),
      watchMapped(taskResults, (change) => (change.kind === 'deleted' ? [] : toWorkflow(change.object))),
      watchMapped(templates, () => []),
      watchMapped(clusterTemplates, () => []),
      // A semaphore whose limit changed may let somebody in.
      watchMapped(configMaps, ({ object }) => locks.waitingAt(object)),
    ],
    reconcile: (key, signal) => reconcile(parts, key, signal),
  });
  return { controller };
};

const toWorkflow = (object: KubeObject): readonly ObjectKey[] => {
  const name = object.metadata.labels?.[LABEL_WORKFLOW];
  return name === undefined ? [] : [{ namespace: object.metadata.namespace, name }];
};
