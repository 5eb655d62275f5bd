/**
 * A cluster of this process whose pods run on a real engine. Skipped by name where none answers, unless it is required.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Client, LogOptions } from '@argosy/client';
import { PODS, type Container, type Pod, type PodSpec } from '@argosy/kube';

import {
  createBuiltinLoops,
  createDockerRuntime,
  createKubelet,
  findDockerEngine,
  type PodAccess,
  type PodSupervisor,
} from '../../src/index.ts';
import { clusterDeps, PORTS, runAll, startApiServer } from '../running-cluster.ts';

const found = await findDockerEngine(process.env, 5000);
if (found.kind === 'absent' && (process.env['ARGOSY_REQUIRE'] ?? '').split(',').includes('docker'))
  throw new Error(`docker is required here: ${found.why}`);

/** The engine of this machine, if there is one. */
export const engine = found.kind === 'found' ? found.engine : undefined;

/** A cluster with a kubelet on the engine. */
export interface DockerWorld {
  readonly client: Client;
  readonly create: (name: string, spec: Partial<PodSpec>, metadata?: Pod['metadata']) => Promise<Pod>;
  /** Repeats a look at a pod until it holds; fails after half a minute with what the pod's status was. */
  readonly until: (name: string, holds: (pod: Pod) => unknown) => Promise<Pod>;
  readonly log: (name: string, options?: LogOptions) => Promise<string>;
  /** The kubelet, for streams into its pods. */
  readonly access: PodAccess;
  /** Runs a pod of one container to its end; returns its terminated state and log. */
  readonly run: (name: string, container: Partial<Container>, spec?: Partial<PodSpec>) => Promise<RanPod>;
  readonly stop: () => Promise<void>;
}

/** How a pod of one container ended. */
export interface RanPod {
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly log: string;
}

const namespace = 'default';

/** Repeats a look until it finds something; fails after half a minute. */
export const eventually = async <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> => {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** A container that runs a line of shell in an image every engine of the tests has. */
export const sh = (script: string, extra: Partial<Container> = {}): Container => ({
  name: 'main',
  image: 'busybox:latest',
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', script],
  ...extra,
});

/** Starts the cluster. `collects` names the files a supervisor reads. */
export const startDockerWorld = async (
  supervisors: readonly PodSupervisor[],
  collects: (pod: Pod, container: string) => readonly string[],
): Promise<DockerWorld> => {
  if (!engine) throw new Error('no engine answers');
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-docker-'));
  const runtime = createDockerRuntime({ ...PORTS, engine }, { directory, ephemeral: true, collects });
  const server = await startApiServer();
  const { client } = server;
  const deps = clusterDeps(client);
  const kubelet = createKubelet({ ...deps, runtime, supervisors }, { nodeName: 'argosy' });
  server.setPodAccess(kubelet);
  const end = runAll(deps, [kubelet, ...(await createBuiltinLoops(deps))]);

  const create: DockerWorld['create'] = (name, spec, metadata = {}) =>
    client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name, namespace },
      spec: { containers: [], restartPolicy: 'Never', terminationGracePeriodSeconds: 1, ...spec },
    });
  const until: DockerWorld['until'] = async (name, holds) => {
    let last: Pod | undefined;
    return eventually(name, async () => {
      last = await client.get(PODS, { namespace, name });
      return holds(last) ? last : undefined;
    }).catch(() => {
      throw new Error(`${name} never got there: ${JSON.stringify(last?.status)}`);
    });
  };
  const log: DockerWorld['log'] = async (name, options = {}) => {
    const parts: Uint8Array[] = [];
    for await (const part of client.logs({ namespace, name }, options)) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  return {
    client,
    access: kubelet,
    create,
    until,
    log,
    run: async (name, container, spec = {}) => {
      await create(name, { ...spec, containers: [{ ...sh('true'), ...container }] });
      const pod = await until(name, ({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed');
      const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
      return { exitCode: ended?.exitCode, reason: ended?.reason, message: ended?.message, log: await log(name) };
    },
    stop: async () => {
      for (const pod of (await client.list(PODS, { namespace })).items)
        await client.delete(PODS, { namespace, name: pod.metadata.name ?? '' }, { gracePeriodSeconds: 0 });
      // A pod's folder goes after its containers.
      await eventually('end of all pods', async () => fs.readdirSync(directory).length === 0);
      await end();
      await server.close();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
};
