/**
 * Tells the API of the one node, again and again.
 */
import os from 'node:os';

import { delay, messageOf, toTimestamp } from '@argosy/base';
import { isApiError, NODES, type KubeObject } from '@argosy/kube';

import { nodeCapacity } from './node-capacity.ts';
import { nodeConditions } from './status/node-conditions.ts';
import { HOST_IP } from './status/compute-pod-status.ts';
import type { KubeletDeps } from './worker/kubelet-deps.ts';

/** Milliseconds between heartbeats; nobody takes pods away from the only node, so they need not be frequent. */
const HEARTBEAT_MS = 300_000;

/** Beats until the signal aborts; a beat that fails is told, and the next one is due as ever. */
export const keepNodeAlive = async (deps: KubeletDeps, name: string, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await beat(deps, name).catch((thrown: unknown) => deps.log.warn('node not written', { error: messageOf(thrown) }));
    await delay(deps.clock, HEARTBEAT_MS, signal);
  }
};

const beat = async (deps: KubeletDeps, name: string): Promise<void> => {
  const now = toTimestamp(deps.clock.now());
  const status = (transition: string) => ({
    conditions: nodeConditions(deps.network?.status(), { now, transition }),
    addresses: [
      { type: 'InternalIP', address: HOST_IP },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: nodeInfo(deps.runtime.name),
    capacity: nodeCapacity(),
    allocatable: nodeCapacity(),
  });
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture() };
  const found = await findNode(deps, name);
  if (!found) await deps.client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} });
  const transition = found?.metadata.creationTimestamp ?? now;
  await deps.client.patch(
    NODES,
    { name },
    { kind: 'merge', patch: { status: status(transition) } },
    { subresource: 'status' },
  );
};

/** Clients that check schemas want every field; who the machine is concerns nobody. */
const nodeInfo = (runtime: string): Readonly<Record<string, string>> => ({
  architecture: architecture(),
  bootID: '',
  containerRuntimeVersion: `${runtime}://1`,
  kernelVersion: os.release(),
  kubeProxyVersion: '',
  kubeletVersion: 'v1.32.0',
  machineID: '',
  operatingSystem: 'linux',
  osImage: os.version(),
  systemUUID: '',
});

/** As Go calls it. */
const architecture = (): string => ({ x64: 'amd64', ia32: '386' })[os.arch()] ?? os.arch();

const findNode = async (deps: KubeletDeps, name: string): Promise<KubeObject | undefined> => {
  try {
    return await deps.client.get(NODES, { name });
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};
