/**
 * Runs one container, again and again as its restart policy says.
 */
import { delay, Failure, messageOf, toTimestamp } from '@argosy/base';
import { keyOf, type Container, type ContainerState } from '@argosy/kube';

import { isImageReason } from '../images/image-failure.ts';
import type { ContainerContext, ContainerLaunch, PodSupervisor } from '../pod-runtime.ts';
import { isSidecar } from '../status/compute-pod-status.ts';
import type { PodVolumes } from '../volumes/prepare-volumes.ts';
import { toLaunch } from './container-launch.ts';
import { followStart, followTakeover } from './follow-start.ts';
import type { PodScope } from './pod-scope.ts';
import { BACK_OFF_RESET_MS, backOffMs, restarts } from './restart-policy.ts';

type Terminated = NonNullable<ContainerState['terminated']>;

/** What of a pod a container needs to run. */
export interface ContainerPlace {
  readonly volumes: PodVolumes;
  readonly isInit: boolean;
  /** Runs once more though it has ended well: what it did is lost. */
  readonly isAgain?: boolean;
  /** Put into the running pod: never started a second time, and nothing waits for it. */
  readonly isEphemeral?: boolean;
}

/** A container that could not be started is tried again after this long. */
const START_AGAIN_MS = 10_000;

/** Runs a container until it has ended for good, or the pod is to end. */
export const runContainer = async (scope: PodScope, container: Container, place: ContainerPlace): Promise<void> => {
  const { record, stopping, deps } = scope;
  const rule = place.isEphemeral ? 'Never' : ruleOf(scope, container, place.isInit);
  let endsInARow = 0;
  let isAgain = place.isAgain ?? false;
  for (;;) {
    const before = record.of(container.name)?.state.terminated;
    if (before && isAgain && !stopping.aborted) prepareRestart(scope, container, before);
    else if (before) {
      if (stopping.aborted || !restarts(rule, before.exitCode)) return;
      endsInARow += 1;
      await backOff(scope, container, { before, endsInARow });
      if (stopping.aborted) return record.note(container.name, { state: { terminated: before } });
      prepareRestart(scope, container, before);
    }
    if (stopping.aborted) return;
    isAgain = false;
    try {
      const begun = deps.clock.now();
      const launch = await toLaunch(scope, container, place);
      const ended = await runOnce(scope, container, { launch, isInit: place.isInit });
      if (deps.clock.now() - begun >= BACK_OFF_RESET_MS) endsInARow = 0;
      const ready = place.isInit && ended.exitCode === 0;
      void record.note(container.name, { state: { terminated: ended }, ready, started: false });
    } catch (thrown) {
      const reason = thrown instanceof Failure ? thrown.code : 'CreateContainerError';
      scope.tell('Warning', 'Failed', `Error: ${isImageReason(reason) ? reason : messageOf(thrown)}`, container.name);
      void record.note(container.name, { state: { waiting: { reason, message: messageOf(thrown) } } });
      await delay(deps.clock, START_AGAIN_MS, stopping);
    }
  }
};

const ruleOf = (scope: PodScope, container: Container, isInit: boolean): 'Always' | 'OnFailure' | 'Never' => {
  const policy = scope.spec.restartPolicy ?? 'Always';
  if (!isInit) return policy;
  if (isSidecar(container)) return 'Always';
  return policy === 'Never' ? 'Never' : 'OnFailure';
};

const backOff = async (
  scope: PodScope,
  container: Container,
  of: { readonly before: Terminated; readonly endsInARow: number },
): Promise<void> => {
  const waitMs = backOffMs(of.endsInARow);
  if (waitMs <= 0) return;
  const { name, namespace } = keyOf(scope.pod);
  const message = `back-off ${waitMs / 1000}s restarting failed container=${container.name} pod=${name}_${namespace}(${scope.pod.metadata.uid})`;
  scope.tell(
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${scope.pod.metadata.uid})`,
    container.name,
  );
  void scope.record.note(container.name, {
    state: { waiting: { reason: 'CrashLoopBackOff', message } },
    lastState: { terminated: of.before },
    ready: false,
    started: false,
  });
  await delay(scope.deps.clock, waitMs, scope.stopping);
};

const prepareRestart = ({ record }: PodScope, container: Container, before: Terminated): void =>
  record.restart(container.name, {
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: { terminated: before },
    restartCount: (record.of(container.name)?.restartCount ?? 0) + 1,
    ready: false,
    started: false,
  });

const runOnce = async (
  scope: PodScope,
  container: Container,
  of: { readonly launch: ContainerLaunch; readonly isInit: boolean },
): Promise<Terminated> => {
  const { deps, pod } = scope;
  const context: ContainerContext = {
    pod,
    container: container.name,
    resolvePath: (path) => deps.runtime.resolvePath(of.launch, path),
  };
  const startedAt = toTimestamp(deps.clock.now());
  const failed = (message: string): Terminated => ({
    exitCode: 64,
    reason: 'Error',
    message,
    startedAt,
    finishedAt: toTimestamp(deps.clock.now()),
  });
  // One that was taken over has its files, and may have changed them since.
  const isTakenOver = scope.record.of(container.name)?.state.running !== undefined;
  const unprepared = isTakenOver ? undefined : await supervise(scope, (one) => one.prepare(context));
  if (unprepared !== undefined) return failed(unprepared);
  const running = await deps.runtime.startContainer(of.launch, (...told) => scope.tell(...told, container.name));
  const leave = scope.enter(container.name, running);
  const probing = new AbortController();
  const begun = { running, isInit: of.isInit, signal: probing.signal };
  void (isTakenOver ? followTakeover : followStart)(scope, container, begun);
  const ended = await running.ended;
  probing.abort();
  leave();
  const output = await running.output();
  const uncollected = await supervise(scope, (one) => one.collect(context, { exitCode: ended.exitCode, ...output }));
  return uncollected === undefined ? ended : { ...ended, ...failed(uncollected), startedAt: running.startedAt };
};

const supervise = async (
  { supervisors }: PodScope,
  step: (one: PodSupervisor) => Promise<void>,
): Promise<string | undefined> => {
  try {
    for (const one of supervisors) await step(one);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
};
