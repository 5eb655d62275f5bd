/**
 * Brings one pod to life and to its end. Knows only its pod; whatever goes wrong here stays here.
 */
import { delay, messageOf } from '@argosy/base';
import { keyOf, type Container, type Pod, type PodSpec } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { isSidecar } from '../status/compute-pod-status.ts';
import { createEphemeralContainers, type EphemeralContainers } from './ephemeral-containers.ts';
import { mountVolumes, refreshVolumes } from './container-launch.ts';
import type { KubeletDeps } from './kubelet-deps.ts';
import { LEAST_GRACE_MS, runPreStop } from './lifecycle-hooks.ts';
import { createPodDeadline, type PodDeadline } from './pod-deadline.ts';
import { createPodRecord, type PodFailure } from './pod-record.ts';
import { createPodTokens } from './pod-tokens.ts';
import type { PodScope } from './pod-scope.ts';
import { awaitRuntimeHandler } from './runtime-handler.ts';
import { runContainer } from './run-container.ts';
import { awaitTurn, stopContainers } from './stop-containers.ts';

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

/** How often a sidecar is looked at until it has started. */
const LOOK_MS = 20;

/** Starts to run a pod; one that is rejected is only told so, and removed when its time comes. */
export const startPodWorker = (deps: KubeletDeps, pod: Pod, rejection?: PodFailure): PodWorker => {
  const stopping = new AbortController();
  const spec = pod.spec ?? { containers: [] };
  const grace = { ms: (spec.terminationGracePeriodSeconds ?? 30) * 1000 };
  let isAbandoned = false;
  const scope = createScope(deps, pod, {
    stopping: stopping.signal,
    graceMs: () => grace.ms,
    isQuiet: () => isAbandoned,
  });
  const stopAll = async (): Promise<void> => {
    stopping.abort();
    await stopContainers(spec, scope.running, (name, turn) => scope.stop(name, turn ? { turn } : {}));
  };
  const ephemeral = createEphemeralContainers(scope);
  const deadline = createPodDeadline(scope, stopAll);
  const running = rejection ? reject(scope, rejection) : run(scope, { stopAll, ephemeral, deadline });
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

const createScope = (
  deps: KubeletDeps,
  pod: Pod,
  of: { readonly stopping: AbortSignal; readonly graceMs: () => number; readonly isQuiet: () => boolean },
): PodScope => {
  const running = new Map<string, RunningContainer>();
  /** Containers whose end was told of: a shorter grace is no news. */
  const told = new WeakSet<RunningContainer>();
  const spec = pod.spec ?? { containers: [] };
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const scope: PodScope = {
    deps,
    pod,
    spec,
    record: createPodRecord(deps, pod),
    isSimulated: deps.runtime.name === 'simulated',
    ...(deps.tokens ? { tokens: createPodTokens({ ...deps, tokens: deps.tokens }, pod) } : {}),
    supervisors: deps.supervisors.filter((one) => one.supervises(pod)),
    stopping: of.stopping,
    running,
    enter: (name, container) => {
      running.set(name, container);
      // Whoever was told to end before anything ran ends now.
      if (of.stopping.aborted) void scope.stop(name);
      return () => void running.delete(name);
    },
    stop: async (name, { message, graceMs = of.graceMs(), turn } = {}) => {
      const found = running.get(name);
      if (!found) return;
      if (!told.has(found) && !of.isQuiet())
        scope.tell('Normal', 'Killing', message ?? `Stopping container ${name}`, name);
      told.add(found);
      const container = all.find((one) => one.name === name);
      const left = container ? await runPreStop(scope, { container, running: found, graceMs }) : graceMs;
      if (turn === undefined || left <= 0) return found.stop(left);
      await found.stop(Math.max(LEAST_GRACE_MS, await awaitTurn(deps.clock, turn, left)));
    },
    tell: (type, reason, message, container) => {
      const part = container === undefined ? {} : { fieldPath: fieldPathOf(spec, container) };
      deps.recorder.event(pod, { type, reason, message, ...part });
    },
  };
  return scope;
};

/** Where a container is in its pod. Who is in neither list was put into the running pod. */
const fieldPathOf = (spec: PodSpec, name: string): string => {
  const list = (['containers', 'initContainers'] as const).find((one) => spec[one]?.some((has) => has.name === name));
  return `spec.${list ?? 'ephemeralContainers'}{${name}}`;
};

interface PodRun {
  readonly stopAll: () => Promise<void>;
  readonly ephemeral: EphemeralContainers;
  readonly deadline: PodDeadline;
}

/** @upstream kubernetes pkg/kubelet/kubelet.go#rejectPod */
const reject = async (scope: PodScope, { reason, message }: PodFailure): Promise<void> => {
  scope.tell('Warning', reason, message);
  await scope.record.reject({ reason, message: `Pod was rejected: ${message}` });
};

const run = async (scope: PodScope, { stopAll, ephemeral, deadline }: PodRun): Promise<void> => {
  const { pod, record, deps } = scope;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
  deadline.begin();
  try {
    await runContainers(scope, { stopAll, ephemeral, deadline });
  } catch (thrown) {
    deps.log.error('pod failed to run', { pod: keyOf(pod).name, error: messageOf(thrown) });
    record.fail({ reason: 'KubeletError', message: messageOf(thrown) });
    await stopAll();
  } finally {
    deadline.cancel();
  }
  await record.settle();
};

const runContainers = async (scope: PodScope, { stopAll, ephemeral }: PodRun): Promise<void> => {
  const { deps, pod, record, spec, stopping } = scope;
  tellUnapplied(scope);
  if (!(await awaitRuntimeHandler(scope))) return;
  const prepared = await deps.runtime.preparePod(pod);
  deps.onPrepared?.(prepared.podDirectory);
  record.setAddress(prepared.podIP);
  const volumes = await mountVolumes(scope, prepared.podDirectory);
  void refreshVolumes(scope, prepared.podDirectory, volumes);
  ephemeral.begin(volumes);
  const sidecars: Promise<void>[] = [];
  let initialized = true;
  for (const container of spec.initContainers ?? []) {
    if (stopping.aborted) break;
    if (isSidecar(container)) {
      sidecars.push(runContainer(scope, container, { volumes, isInit: true }));
      await whenStarted(scope, container);
      continue;
    }
    await runContainer(scope, container, { volumes, isInit: true });
    initialized = record.of(container.name)?.state.terminated?.exitCode === 0;
    if (!initialized) break;
  }
  if (initialized && !stopping.aborted)
    await Promise.all(spec.containers.map((one) => runContainer(scope, one, { volumes, isInit: false })));
  await stopAll();
  await Promise.all([...sidecars, ephemeral.ended]);
};

/** Fields that cannot act here are named, once per pod, rather than ignored in silence. */
const tellUnapplied = (scope: PodScope): void => {
  const { runtime } = scope.deps;
  const fields = runtime.unapplied?.(scope.spec) ?? [];
  if (fields.length === 0) return;
  scope.tell('Warning', 'FieldsNotApplied', `the ${runtime.name} runtime does not apply: ${fields.join(', ')}`);
};

const whenStarted = async ({ deps, record, stopping }: PodScope, container: Container): Promise<void> => {
  while (!stopping.aborted && record.of(container.name)?.started !== true) await delay(deps.clock, LOOK_MS, stopping);
};
