/**
 * Tells the API of the one node, again and again.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';

import { delay, messageOf, toTimestamp } from '@argosy/base';
import { isApiError, NODES, type Node } from '@argosy/kube';

import { nodeCapacity } from './node-capacity.ts';
import { renewNodeLease } from './node-lease.ts';
import { resourcesPatch } from './node-resources-status.ts';
import { nodeConditions } from './status/node-conditions.ts';
import { HOST_IP } from './status/compute-pod-status.ts';
import type { KubeletDeps } from './worker/kubelet-deps.ts';

/** Milliseconds between heartbeats; nobody takes pods away from the only node, so they need not be frequent. */
const HEARTBEAT_MS = 300_000;

/** Beats until the signal aborts; a beat that fails is told, and the next one is due as ever. */
export const keepNodeAlive = async (deps: KubeletDeps, name: string, signal: AbortSignal): Promise<void> => {
  const tell = (thrown: unknown): void => deps.log.warn('node not written', { error: messageOf(thrown) });
  // What users declare of the node is answered at once, not with the next beat.
  const declared = deps.informers.of({ resource: NODES }).onChange((change) => {
    const { kind, object } = change;
    if (kind === 'deleted' || object.metadata.name !== name || signal.aborted) return;
    if (object.status?.capacity) void correct(deps, object).catch(tell);
    if (kind === 'updated') tellSchedulable(deps, change.previous, object);
  });
  while (!signal.aborted) {
    await beat(deps, name).catch(tell);
    await delay(deps.clock, HEARTBEAT_MS, signal);
  }
  declared[Symbol.dispose]();
};

/** Labels of a new node. */
export const nodeLabels = (name: string): Readonly<Record<string, string>> => ({
  'kubernetes.io/hostname': name,
  'kubernetes.io/os': 'linux',
  'kubernetes.io/arch': architecture(),
  // Older names, by which manifests still select: nodes of today have both.
  'beta.kubernetes.io/os': 'linux',
  'beta.kubernetes.io/arch': architecture(),
});

/** @upstream kubernetes pkg/kubelet/kubelet_node_status.go#recordNodeSchedulableEvent */
const tellSchedulable = ({ recorder }: KubeletDeps, before: Node, node: Node): void => {
  const [was, is] = [before, node].map(({ spec }) => spec?.unschedulable === true);
  if (was === is) return;
  const reason = is ? 'NodeNotSchedulable' : 'NodeSchedulable';
  recorder.event(node, { type: 'Normal', reason, message: `Node ${node.metadata.name} status is now: ${reason}` });
};

const correct = async (deps: KubeletDeps, node: Node): Promise<void> => {
  const status = resourcesPatch(node.status, nodeCapacity(deps.runtime));
  if (status) await writeStatus(deps, node.metadata.name ?? '', status);
};

const beat = async (deps: KubeletDeps, name: string): Promise<void> => {
  const now = toTimestamp(deps.clock.now());
  const status = (transition: string, found: Node | undefined) => ({
    conditions: nodeConditions(deps.network?.status(), { now, transition }),
    addresses: [
      { type: 'InternalIP', address: HOST_IP },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: nodeInfo(deps.runtime.name),
    ...resourcesPatch(found?.status, nodeCapacity(deps.runtime)),
  });
  const labels = nodeLabels(name);
  const found = await findNode(deps, name);
  const node =
    found ??
    (await deps.client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} }));
  if (found && Object.entries(labels).some(([label, value]) => found.metadata.labels?.[label] !== value))
    await deps.client.patch(NODES, { name }, { kind: 'merge', patch: { metadata: { labels } } });
  const transition = found?.metadata.creationTimestamp ?? now;
  await writeStatus(deps, name, status(transition, found));
  // Three beats may fail before anybody need think that the node is gone.
  await renewNodeLease(deps, { name, uid: node.metadata.uid ?? '' }, (3 * HEARTBEAT_MS) / 1000);
};

const writeStatus = async ({ client }: KubeletDeps, name: string, status: object): Promise<void> => {
  await client.patch(NODES, { name }, { kind: 'merge', patch: { status } }, { subresource: 'status' });
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
  osImage: osName(),
  systemUUID: '',
});

/** What the machine's system calls itself, where it says so. @spec https://www.freedesktop.org/software/systemd/man/os-release.html */
const osName = (): string => {
  try {
    const name = /^PRETTY_NAME=(.*)$/m
      .exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
      ?.replaceAll(/^["']|["']$/g, '');
    return name || os.version();
  } catch {
    return os.version();
  }
};

/** As Go calls it. */
const architecture = (): string => ({ x64: 'amd64', ia32: '386' })[os.arch()] ?? os.arch();

const findNode = async (deps: KubeletDeps, name: string): Promise<Node | undefined> => {
  try {
    return await deps.client.get(NODES, { name });
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};
