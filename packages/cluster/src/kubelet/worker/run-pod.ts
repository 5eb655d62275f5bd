/**
 * The order in which the containers of a pod run: those that initialize it one after another, sidecars among them as soon
 * as they have started, then the others at once.
 */
import { delay, messageOf } from '@argosy/base';
import { keyOf, type Container } from '@argosy/kube';

import { isSidecar } from '../status/compute-pod-status.ts';
import type { PodVolumes } from '../volumes/prepare-volumes.ts';
import type { EphemeralContainers } from './ephemeral-containers.ts';
import type { PodDeadline } from './pod-deadline.ts';
import type { PodFailure } from './pod-record.ts';
import type { PodScope } from './pod-scope.ts';
import { mountVolumes, refreshVolumes, unmountVolumes } from './pod-volumes.ts';
import { runContainer } from './run-container.ts';
import { awaitRuntimeHandler } from './runtime-handler.ts';
import { watchVolumeLimits } from './volume-limits.ts';

/** How often a sidecar is looked at until it has started. */
const LOOK_MS = 20;

/** What ends with a pod, or with all of its containers. */
export interface PodRun {
  readonly stopAll: () => Promise<void>;
  /** As `stopAll`, with next to no time to end in. */
  readonly evict: () => Promise<void>;
  readonly ephemeral: EphemeralContainers;
  readonly deadline: PodDeadline;
}

/** Says of a pod that nothing of it will run, and why. @upstream kubernetes pkg/kubelet/kubelet.go#rejectPod */
export const rejectPod = async (scope: PodScope, { reason, message }: PodFailure): Promise<void> => {
  scope.tell('Warning', reason, message);
  await scope.record.reject({ reason, message: `Pod was rejected: ${message}` });
};

/** Runs a pod to its end; whatever goes wrong becomes its failure. Returns at once for one that has ended before. */
export const runPod = async (scope: PodScope, run: PodRun): Promise<void> => {
  const { pod, record, deps } = scope;
  const { stopAll, deadline } = run;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return unmountVolumes(scope);
  deadline.begin();
  try {
    await runContainers(scope, run);
  } catch (thrown) {
    deps.log.error('pod failed to run', { pod: keyOf(pod).name, error: messageOf(thrown) });
    record.fail({ reason: 'KubeletError', message: messageOf(thrown) });
    await stopAll();
  } finally {
    deadline.cancel();
    await unmountVolumes(scope);
  }
  await record.settle();
};

const runContainers = async (scope: PodScope, { stopAll, evict, ephemeral }: PodRun): Promise<void> => {
  const { deps, pod, record, spec, stopping } = scope;
  tellUnapplied(scope);
  if (!(await awaitRuntimeHandler(scope))) return;
  const prepared = await deps.runtime.preparePod(pod);
  deps.onPrepared?.(prepared.podDirectory);
  record.setAddress(prepared.podIP);
  const volumes = await mountVolumes(scope, prepared.podDirectory);
  void refreshVolumes(scope, prepared.podDirectory);
  void watchVolumeLimits(scope, volumes, evict);
  ephemeral.begin(volumes);
  const sidecars: Promise<void>[] = [];
  let initialized = true;
  const isAgain = isInitializedAgain(scope, volumes);
  for (const container of spec.initContainers ?? []) {
    if (stopping.aborted) break;
    if (isSidecar(container)) {
      sidecars.push(runContainer(scope, container, { volumes, isInit: true }));
      await whenStarted(scope, container);
      continue;
    }
    await runContainer(scope, container, { volumes, isInit: true, isAgain });
    initialized = record.of(container.name)?.state.terminated?.exitCode === 0;
    if (!initialized) break;
  }
  if (initialized && !stopping.aborted)
    await Promise.all(spec.containers.map((one) => runContainer(scope, one, { volumes, isInit: false })));
  await stopAll();
  await Promise.all([...sidecars, ephemeral.ended]);
};

/**
 * Whether what init containers left in memory is lost, as it is when a node starts anew, and nothing runs that has seen it.
 * @upstream kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go#computePodActions (a new sandbox initializes anew)
 */
const isInitializedAgain = ({ spec, record }: PodScope, volumes: PodVolumes): boolean => {
  const isRunning = ({ name }: Container): boolean => record.of(name)?.state.running !== undefined;
  return [...volumes.values()].some(({ isFresh }) => isFresh) && !spec.containers.some(isRunning);
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
