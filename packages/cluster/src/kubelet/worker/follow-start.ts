/**
 * What a container's start is followed by, while it runs: its hook, the word that it runs, its probes.
 */
import type { Container } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { isSidecar } from '../status/compute-pod-status.ts';
import { runPostStart } from './lifecycle-hooks.ts';
import type { PodScope } from './pod-scope.ts';
import { watchProbes } from './watch-probes.ts';

/** A container that was just started or taken over; the signal aborts when it has ended. */
export interface StartedContainer {
  readonly running: RunningContainer;
  readonly isInit: boolean;
  readonly signal: AbortSignal;
}

/** What follows a start: the hook, then the word that it runs, then its probes. */
export const followStart = async (scope: PodScope, container: Container, of: StartedContainer): Promise<void> => {
  const { running, signal } = of;
  if (!scope.isSimulated) scope.tell('Normal', 'Created', `Created container: ${container.name}`, container.name);
  if (running.startError !== undefined) {
    const why = `Error: failed to start container ${JSON.stringify(container.name)}: ${running.startError}`;
    return scope.tell('Warning', 'Failed', why, container.name);
  }
  scope.tell('Normal', 'Started', `Started container ${container.name}`, container.name);
  // Told before the hook runs as well: what runs is running, whatever else is still to happen.
  const tellRunning = (isReady: boolean): Promise<void> =>
    scope.record.note(container.name, {
      state: { running: { startedAt: running.startedAt } },
      containerID: running.id,
      started: isReady && container.startupProbe === undefined,
      ready: isReady && isReadyAtOnce(container, of.isInit),
    });
  const hasHook = container.lifecycle?.postStart !== undefined;
  void tellRunning(!hasHook);
  if (hasHook) {
    const isWell = await runPostStart(scope, { container, running });
    if (signal.aborted) return;
    if (!isWell) return scope.stop(container.name, { message: 'FailedPostStartHook' });
    void tellRunning(true);
  }
  await watchProbes(scope, { container, running, signal });
};

/** What follows when a container was taken over: it was told of and its hook ran before, so its probes alone go on. */
export const followTakeover = async (
  scope: PodScope,
  container: Container,
  { running, isInit, signal }: StartedContainer,
): Promise<void> => {
  const known = scope.record.of(container.name);
  void scope.record.note(container.name, {
    state: { running: { startedAt: running.startedAt } },
    containerID: running.id,
    started: known?.started === true || container.startupProbe === undefined,
    ready: known?.ready === true || isReadyAtOnce(container, isInit),
  });
  await watchProbes(scope, { container, running, signal });
};

/** Whether nothing has to be probed before a container counts as ready. */
const isReadyAtOnce = (container: Container, isInit: boolean): boolean =>
  container.readinessProbe === undefined && container.startupProbe === undefined && (!isInit || isSidecar(container));
