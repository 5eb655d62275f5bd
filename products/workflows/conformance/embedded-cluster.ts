/**
 * An API server, a kubelet that runs processes, and the workflow loop, in one process and one temporary folder.
 */
import { setMaxListeners } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { createSystemClock, createSystemRandom, silentLogger, type Logger } from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import {
  createApiServer,
  createBuiltinLoops,
  createKubelet,
  createMemoryStore,
  createProcessRuntime,
} from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';

import {
  createWorkflowLoops,
  createWorkflowSupervisor,
  openArtifactFolder,
  WORKFLOW_KINDS,
  WORKFLOWS,
  type Workflow,
  type WorkflowCommandDeps,
} from '../src/index.ts';

/** A running cluster. */
export interface EmbeddedCluster {
  readonly client: Client;
  /** Creates a workflow. */
  submit(name: string, spec: Workflow['spec']): Promise<Workflow>;
  /** Waits until a workflow satisfies a condition. */
  until(name: string, holds: (workflow: Workflow) => boolean, seconds?: number): Promise<Workflow>;
  stop(): Promise<void>;
}

export const NAMESPACE = 'default';

/** Starts one. `decorate` stands between the loops and the cluster, for faults. */
export const startCluster = async (
  log: Logger = silentLogger,
  decorate: (client: Client) => Client = (client) => client,
): Promise<EmbeddedCluster> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-workflows-'));
  const ports = { clock: createSystemClock(), random: createSystemRandom(), log };
  const env = { PATH: process.env['PATH'] ?? '', HOME: directory, LANG: 'C.UTF-8' };
  const server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: WORKFLOW_KINDS });
  const { client } = server;
  const informers = createInformerSet({ client, ...ports });
  const recorder = createRecorder({ client, ...ports }, { component: 'workflow-controller' });
  const runtime = createProcessRuntime(ports, { directory: path.join(directory, 'pods'), hidden: [], env });
  const artifacts = openArtifactFolder(ports, path.join(directory, 'artifacts'));
  const supervisor = createWorkflowSupervisor(
    { client, artifacts, random: ports.random, env },
    { scratchDirectory: path.join(directory, 'scratch') },
  );
  const kubelet = createKubelet(
    { client, informers, recorder, runtime, supervisors: [supervisor], ...ports },
    { nodeName: 'argosy' },
  );
  server.setPodAccess(kubelet);
  const loops = createWorkflowLoops({ client: decorate(client), informers, recorder, ...ports });
  const builtin = await createBuiltinLoops({ client, informers, recorder, ...ports });
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const running = Promise.all([
    informers.run(stopping.signal),
    kubelet.run(stopping.signal),
    ...[...loops, ...builtin].map((loop) => loop.run(stopping.signal)),
  ]);
  return {
    client,
    submit: (name, spec) =>
      client.create(WORKFLOWS, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { name, namespace: NAMESPACE },
        spec,
      }),
    until: async (name, holds, seconds = 60) => {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        const workflow = await client.get(WORKFLOWS, { namespace: NAMESPACE, name });
        if (holds(workflow)) return workflow;
        if (Date.now() > end)
          throw new Error(`${name} did not get there: ${JSON.stringify(summary(workflow), null, 1)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop: async () => {
      stopping.abort();
      await running;
      await server.close();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** Whether a workflow has come to its end. */
export const isEnded = ({ status }: Workflow): boolean =>
  ['Succeeded', 'Failed', 'Error'].includes(status?.phase ?? '');

/** A template that runs a script. */
export const sh = (name: string, script: string) => ({
  name,
  container: { image: 'any', command: ['sh', '-c'], args: [script] },
});

/** Runs a verb of the command line and returns what it printed, and how it ended. */
export const runVerb = async (
  { client }: EmbeddedCluster,
  verb: (deps: WorkflowCommandDeps) => Promise<number>,
): Promise<{ readonly code: number; readonly out: string }> => {
  let out = '';
  const write = (text: string): void => void (out += text);
  const print = (line: string): void => write(`${line}\n`);
  const code = await verb({ client, clock: createSystemClock(), namespace: NAMESPACE, print, write });
  return { code, out };
};

/** The part of a workflow that tells what went wrong. */
export const summary = (workflow: Workflow): unknown => ({
  phase: workflow.status?.phase,
  message: workflow.status?.message,
  nodes: Object.values(workflow.status?.nodes ?? {}).map(
    (node) => `${node.name} ${node.type} ${node.phase} ${node.message ?? ''}`,
  ),
});
