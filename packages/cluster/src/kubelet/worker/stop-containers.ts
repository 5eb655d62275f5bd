/**
 * Ends the containers of a pod: all at once, but sidecars only after those they are there for, the last started first.
 * @upstream kubernetes pkg/kubelet/kuberuntime/kuberuntime_termination_order.go
 */
import { delay, type Clock } from '@argosy/base';
import type { PodSpec } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { isSidecar } from '../status/compute-pod-status.ts';

/** Ends one container by name; `turn` resolves when it may be asked to. */
export type StopContainer = (name: string, turn?: Promise<unknown>) => Promise<void>;

/** Ends every running container; resolves when all have ended. */
export const stopContainers = async (
  spec: PodSpec,
  running: ReadonlyMap<string, RunningContainer>,
  stop: StopContainer,
): Promise<void> => {
  const sidecars = (spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
  const isLate = new Set(sidecars);
  let before: Promise<unknown> = Promise.all(
    [...running].filter(([name]) => !isLate.has(name)).map(([name, { ended }]) => Promise.all([stop(name), ended])),
  );
  const all = [before];
  for (const name of sidecars.toReversed()) {
    const ended = running.get(name)?.ended;
    if (!ended) continue;
    all.push(stop(name, before));
    before = Promise.all([before, ended]);
  }
  await Promise.all(all);
};

/** Waits for a turn, `graceMs` at most; returns what is left of that, in milliseconds. */
export const awaitTurn = async (clock: Clock, turn: Promise<unknown>, graceMs: number): Promise<number> => {
  const begun = clock.now();
  const finished = new AbortController();
  await Promise.race([turn, delay(clock, graceMs, finished.signal)]);
  finished.abort();
  return graceMs - (clock.now() - begun);
};
