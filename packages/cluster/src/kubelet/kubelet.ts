/**
 * The kubelet of the one node: has pods scheduled to it, runs each in a worker of its own, answers for their logs.
 */
import path from 'node:path';

import { messageOf, type Logger } from '@argosy/base';
import type { Informer } from '@argosy/client';
import { NODES, PERSISTENT_VOLUMES, PODS, SERVICES, type Node, type PersistentVolume, type Pod } from '@argosy/kube';

import { createScheduler } from '../scheduling/scheduler.ts';
import { createPodAdmissions, type PodAdmissions } from './admission/pod-admission.ts';
import { openPodLog } from './logs/open-pod-log.ts';
import { machineUsage } from './metrics/machine-usage.ts';
import { createNodeAccess } from './metrics/node-documents.ts';
import { createPodMetrics, type PodMetrics } from './metrics/pod-metrics.ts';
import { nodeCapacity } from './node-capacity.ts';
import { keepNodeAlive, nodeLabels } from './node-heartbeat.ts';
import type { PodAccess, RunningContainer } from './pod-runtime.ts';
import { createPodStreams } from './streams/pod-streams.ts';
import { sweepVolumes } from './volumes/claimed-volume.ts';
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

/** Creates the kubelet; nothing happens before `run`. */
export const createKubelet = (given: KubeletDeps, options: KubeletOptions): Kubelet => {
  const deps = { ...given, recorder: given.recorder.as('kubelet', { host: options.nodeName }) };
  const pods = deps.informers.of({ resource: PODS });
  const services = deps.informers.of({ resource: SERVICES });
  const volumes = deps.informers.of({ resource: PERSISTENT_VOLUMES });
  const nodes = deps.informers.of({ resource: NODES });
  const scheduler = createScheduler(given);
  const metrics = createPodMetrics(deps.clock, deps.runtime);
  const sweeper = createVolumeSweeper(deps.log, volumes);
  const workers = createPodWorkers({ ...deps, onPrepared: sweeper.onPrepared }, options.nodeName);
  const ownPods = (): readonly Pod[] => pods.list().filter(({ spec }) => spec?.nodeName === options.nodeName);
  return {
    metrics,
    node: createNodeAccess({ ...deps, pods: ownPods, machine: () => machineUsage(deps.clock.now()) }, options.nodeName),
    run: async (signal) => {
      workers.takeOver(await deps.runtime.recover());
      await Promise.all([pods.synced, services.synced, volumes.synced, nodes.synced]);
      await deps.runtime.mounts?.sweep(isAlive(ownPods()));
      const node = (): Node => ownNode(deps, nodes.get({ name: options.nodeName }), options.nodeName);
      workers.open(createPodAdmissions(node, ownPods()));
      const sweeping = volumes.onChange((change) => (change.kind === 'deleted' ? sweeper.sweep() : undefined));
      const subscription = pods.onChange(({ kind, object }) => {
        if (signal.aborted) return;
        if (kind !== 'deleted') return workers.look(object);
        metrics.forget(object.metadata.uid ?? '');
        workers.forget(object);
      });
      await Promise.all([scheduler.run(signal), keepNodeAlive(deps, options.nodeName, signal)]);
      subscription[Symbol.dispose]();
      sweeping[Symbol.dispose]();
      await workers.abandon();
      await deps.runtime.mounts?.close();
    },
    logs: (pod, request) => openPodLog(deps.runtime, pod, request),
    unapplied: (spec) => deps.runtime.unapplied?.(spec) ?? [],
    ...createPodStreams(deps.runtime.name, workers),
  };
};

/** Whether a pod of these may still run, by its uid. */
const isAlive = (pods: readonly Pod[]): ((uid: string) => boolean) => {
  const alive = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const uids = new Set(alive.map(({ metadata }) => metadata.uid));
  return (uid) => uids.has(uid);
};

/** The node as it is known; what it offers is known before anybody has written it down. */
const ownNode = ({ runtime }: KubeletDeps, known: Node | undefined, name: string): Node => {
  if (known?.status?.allocatable) return known;
  const node: Node = known ?? { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: nodeLabels(name) } };
  return { ...node, status: { ...node.status, allocatable: nodeCapacity(runtime) } };
};

/** The workers of the node's pods. */
const createPodWorkers = (deps: KubeletDeps, nodeName: string) => {
  const workers = new Map<string, PodWorker>();
  let takenOver: ReadonlySet<string> = new Set();
  let admissions: PodAdmissions | undefined;
  // What is only simulated goes on by being simulated again.
  const isTakenOver = (podUid: string, container: string): boolean =>
    deps.runtime.name === 'simulated' || takenOver.has(`${podUid}/${container}`);
  const start = (pod: Pod): PodWorker => {
    const admission = admissions?.admit(pod);
    const rejection = admission?.kind === 'rejected' ? admission : undefined;
    return startPodWorker({ ...deps, isTakenOver }, pod, rejection);
  };
  return {
    /** Opens the books of which pods are taken; before any pod is looked at. */
    open: (books: PodAdmissions): void => {
      admissions = books;
    },
    /** Says which containers go on from before a restart; before any pod is looked at. */
    takeOver: (recovered: Awaited<ReturnType<KubeletDeps['runtime']['recover']>>): void => {
      takenOver = new Set(recovered.map(({ podUid, container }) => `${podUid}/${container}`));
    },
    look: (pod: Pod): void => {
      const { spec, metadata } = pod;
      const uid = metadata.uid ?? '';
      if (spec?.nodeName !== nodeName) return;
      const worker = workers.get(uid) ?? start(pod);
      workers.set(uid, worker);
      worker.update(pod);
      admissions?.see(pod);
      if (metadata.deletionTimestamp) worker.terminate((metadata.deletionGracePeriodSeconds ?? 30) * 1000);
    },
    forget: (pod: Pod): void => {
      const uid = pod.metadata.uid ?? '';
      const worker = workers.get(uid);
      workers.delete(uid);
      admissions?.forget(pod);
      void (worker?.abandon() ?? Promise.resolve())
        .then(() => deps.runtime.removePod(pod))
        .catch((thrown: unknown) =>
          deps.log.warn('pod not cleaned up', { pod: pod.metadata.name, error: messageOf(thrown) }),
        );
    },
    running: (pod: Pod, container: string): RunningContainer | undefined =>
      workers.get(pod.metadata.uid ?? '')?.running(container),
    addressOf: (pod: Pod): string | undefined => workers.get(pod.metadata.uid ?? '')?.address(),
    abandon: async (): Promise<void> =>
      void (await Promise.allSettled([...workers.values()].map((worker) => worker.abandon()))),
  };
};

/** Removes folders of volumes that are gone. Where folders lie is the runtime's to say, with the first pod. */
const createVolumeSweeper = (log: Logger, volumes: Informer<PersistentVolume>) => {
  let podsDirectory: string | undefined;
  const sweep = (): void => {
    if (podsDirectory === undefined) return;
    const kept = new Set(volumes.list().map(({ spec }) => spec?.csi?.volumeHandle));
    void sweepVolumes(podsDirectory, (handle) => kept.has(handle)).catch((thrown: unknown) =>
      log.warn('volumes not swept', { error: messageOf(thrown) }),
    );
  };
  return {
    sweep,
    onPrepared: (podDirectory: string): void => {
      const isFirst = podsDirectory === undefined;
      podsDirectory = path.dirname(podDirectory);
      if (isFirst) sweep();
    },
  };
};
