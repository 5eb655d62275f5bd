/**
 * Brings one pod to life and to its end. Knows only its pod; whatever goes wrong here stays here.
 */
import { messageOf } from '@argosy/base';
import { keyOf, type Pod } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { createPodScope } from './create-pod-scope.ts';
import { createEphemeralContainers } from './ephemeral-containers.ts';
import type { KubeletDeps } from './kubelet-deps.ts';
import { createPodDeadline } from './pod-deadline.ts';
import type { PodFailure } from './pod-record.ts';
import { rejectPod, runPod } from './run-pod.ts';
import { stopContainers } from './stop-containers.ts';

/** One pod being run. */
export interface PodWorker {
  /** Tells the worker of a newer state of its pod. */
  update(pod: Pod): void;
  /** Ends the containers, then removes the pod from the API. Idempotent; a shorter grace shortens it. */
  terminate(graceMs: number): void;
  /** Ends the containers without touching the pod, e.g. when this program stops or the pod is gone. */
  abandon(): Promise<void>;
  /** A container that runs right now. */
  running(container: string): RunningContainer | undefined;
  /** The address the runtime gave the pod, once it has. */
  address(): string | undefined;
}

/** Time of a pod that is evicted at once. @upstream kubernetes pkg/kubelet/eviction/eviction_manager.go */
const EVICTION_GRACE_MS = 1000;

/** Starts to run a pod; one that is rejected is only told so, and removed when its time comes. */
export const startPodWorker = (deps: KubeletDeps, pod: Pod, rejection?: PodFailure): PodWorker => {
  const stopping = new AbortController();
  const spec = pod.spec ?? { containers: [] };
  const grace = { ms: (spec.terminationGracePeriodSeconds ?? 30) * 1000 };
  let isAbandoned = false;
  const scope = createPodScope(deps, pod, {
    stopping: stopping.signal,
    graceMs: () => grace.ms,
    isQuiet: () => isAbandoned,
  });
  const stopAll = async (): Promise<void> => {
    stopping.abort();
    await stopContainers(spec, scope.running, (name, turn) => scope.stop(name, turn ? { turn } : {}));
  };
  const evict = async (): Promise<void> => {
    grace.ms = Math.min(grace.ms, EVICTION_GRACE_MS);
    await stopAll();
  };
  const ephemeral = createEphemeralContainers(scope);
  const deadline = createPodDeadline(scope, stopAll);
  const running = rejection ? rejectPod(scope, rejection) : runPod(scope, { stopAll, evict, ephemeral, deadline });
  const work = running.catch((thrown: unknown) =>
    deps.log.error('pod worker failed', { pod: keyOf(pod).name, error: messageOf(thrown) }),
  );
  let terminating = false;
  const finish = async (): Promise<void> => {
    await work;
    await scope.record.written;
    await deps.runtime.removePod(pod);
    await scope.record.remove();
  };
  return {
    update: (pod) => {
      ephemeral.update(pod);
      deadline.update(pod);
    },
    running: (container) => scope.running.get(container),
    address: () => scope.record.ownAddress,
    terminate: (graceMs) => {
      grace.ms = graceMs;
      if (terminating && graceMs > 0) return;
      void stopAll();
      if (!terminating) void finish();
      terminating = true;
    },
    abandon: async () => {
      scope.record.abandon();
      isAbandoned = true;
      grace.ms = 0;
      await stopAll();
      await work;
    },
  };
};
