/**
 * The kubelet of the one node: has pods scheduled to it, runs each in a worker of its own, answers for their logs.
 */
import path from 'node:path';

import { delay, messageOf, toTimestamp } from '@argosy/base';
import type { LogOptions } from '@argosy/client';
import {
  ApiStatusError,
  isApiError,
  keyOf,
  NODES,
  PERSISTENT_VOLUMES,
  PODS,
  SERVICES,
  type KubeObject,
  type Pod,
} from '@argosy/kube';

import { createScheduler } from '../scheduling/scheduler.ts';
import { createPodMetrics, type PodMetrics } from './metrics/pod-metrics.ts';
import { containerStatusesOf } from './pod-containers.ts';
import type { PodAccess } from './pod-runtime.ts';
import { HOST_IP } from './status/compute-pod-status.ts';
import { findContainer } from './streams/find-container.ts';
import { createPodStreams } from './streams/pod-streams.ts';
import { sweepVolumes } from './volumes/claimed-volume.ts';
import { nodeConditions } from './status/node-conditions.ts';
import type { KubeletDeps } from './worker/kubelet-deps.ts';
import { startPodWorker, type PodWorker } from './worker/pod-worker.ts';

/** Runs pods and answers for them. */
export interface Kubelet extends PodAccess {
  /** Runs until the signal aborts; then ends all containers and leaves the pods for the next start. */
  run(signal: AbortSignal): Promise<void>;
  /** What pods use, for autoscalers. */
  readonly metrics: PodMetrics;
}

/** How the kubelet appears. */
export interface KubeletOptions {
  /** Name of the node, e.g. `argosy`. */
  readonly nodeName: string;
}

/** Seconds between heartbeats; nobody takes pods away from the only node, so they need not be frequent. */
const HEARTBEAT_MS = 300_000;

/** Creates the kubelet; nothing happens before `run`. */
export const createKubelet = (deps: KubeletDeps, options: KubeletOptions): Kubelet => {
  const { log } = deps;
  const pods = deps.informers.of({ resource: PODS });
  const services = deps.informers.of({ resource: SERVICES });
  const volumes = deps.informers.of({ resource: PERSISTENT_VOLUMES });
  const workers = new Map<string, PodWorker>();
  let podsDirectory: string | undefined;
  let takenOver: ReadonlySet<string> = new Set();
  const isTakenOver = (podUid: string, container: string): boolean => takenOver.has(`${podUid}/${container}`);
  const scheduler = createScheduler(deps, options);
  const metrics = createPodMetrics(deps.clock, deps.runtime);

  const sweep = (): void => {
    if (podsDirectory === undefined) return;
    const kept = new Set(volumes.list().map(({ spec }) => spec?.csi?.volumeHandle));
    void sweepVolumes(podsDirectory, (handle) => kept.has(handle)).catch((thrown: unknown) =>
      log.warn('volumes not swept', { error: messageOf(thrown) }),
    );
  };
  // Where folders lie is the runtime's to say; what an earlier run left there is swept when the first pod tells.
  const onPrepared = (podDirectory: string): void => {
    const isFirst = podsDirectory === undefined;
    podsDirectory = path.dirname(podDirectory);
    if (isFirst) sweep();
  };
  const look = (pod: Pod): void => {
    const uid = pod.metadata.uid ?? '';
    const { spec, metadata } = pod;
    if (spec?.nodeName !== options.nodeName) return;
    const worker = workers.get(uid) ?? startPodWorker({ ...deps, onPrepared, isTakenOver }, pod);
    workers.set(uid, worker);
    worker.update(pod);
    if (metadata.deletionTimestamp) worker.terminate((metadata.deletionGracePeriodSeconds ?? 30) * 1000);
  };
  const forget = (pod: Pod): void => {
    const uid = pod.metadata.uid ?? '';
    const worker = workers.get(uid);
    workers.delete(uid);
    metrics.forget(uid);
    void (worker?.abandon() ?? Promise.resolve())
      .then(() => deps.runtime.removePod(pod))
      .catch((thrown: unknown) => log.warn('pod not cleaned up', { pod: pod.metadata.name, error: messageOf(thrown) }));
  };

  return {
    metrics,
    run: async (signal) => {
      const recovered = await deps.runtime.recover();
      takenOver = new Set(recovered.map(({ podUid, container }) => `${podUid}/${container}`));
      await Promise.all([pods.synced, services.synced, volumes.synced]);
      const sweeping = volumes.onChange((change) => (change.kind === 'deleted' ? sweep() : undefined));
      const subscription = pods.onChange((change) => {
        if (signal.aborted) return;
        if (change.kind === 'deleted') forget(change.object);
        else look(change.object);
      });
      const scheduling = scheduler.run(signal);
      while (!signal.aborted) {
        await beat(deps, options.nodeName).catch((thrown: unknown) =>
          log.warn('node not written', { error: messageOf(thrown) }),
        );
        await delay(deps.clock, HEARTBEAT_MS, signal);
      }
      subscription[Symbol.dispose]();
      sweeping[Symbol.dispose]();
      await scheduling;
      await Promise.allSettled([...workers.values()].map((worker) => worker.abandon()));
    },
    logs: (pod, request) => openLogs(deps, pod, request),
    unapplied: (spec) => deps.runtime.unapplied?.(spec) ?? [],
    ...createPodStreams(deps.runtime.name, (pod, container) => workers.get(pod.metadata.uid ?? '')?.running(container)),
  };
};

const openLogs = (deps: KubeletDeps, pod: Pod, options: LogOptions): AsyncIterable<Uint8Array> => {
  const podName = pod.metadata.name ?? '';
  const container = findContainer(pod, options.container);
  const status = containerStatusesOf(pod).find(({ name }) => name === container);
  const everRan = status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated;
  if (!everRan) {
    const reason = status?.state?.waiting?.reason ?? 'ContainerCreating';
    throw new ApiStatusError(
      'BadRequest',
      `container "${container}" in pod "${podName}" is waiting to start: ${reason}`,
    );
  }
  const key = { ...keyOf(pod), uid: pod.metadata.uid ?? '' };
  return deps.runtime.logs(key, container, options);
};

const beat = async (deps: KubeletDeps, name: string): Promise<void> => {
  const now = toTimestamp(deps.clock.now());
  const status = (transition: string) => ({
    conditions: nodeConditions(deps.network?.status(), { now, transition }),
    addresses: [
      { type: 'InternalIP', address: HOST_IP },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: {
      containerRuntimeVersion: `${deps.runtime.name}://1`,
      kubeletVersion: 'v1.32.0',
      operatingSystem: 'linux',
    },
  });
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
  const found = await client(deps, name);
  if (!found) await deps.client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} });
  const transition = found?.metadata.creationTimestamp ?? now;
  await deps.client.patch(
    NODES,
    { name },
    { kind: 'merge', patch: { status: status(transition) } },
    { subresource: 'status' },
  );
};

const client = async (deps: KubeletDeps, name: string): Promise<KubeObject | undefined> => {
  try {
    return await deps.client.get(NODES, { name });
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};
