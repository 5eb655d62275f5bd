/**
 * What the parts of a pod's worker share, for one pod: who runs in it, how each is ended, how users are told.
 */
import type { Pod, PodSpec } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import type { KubeletDeps } from './kubelet-deps.ts';
import { LEAST_GRACE_MS, runPreStop } from './lifecycle-hooks.ts';
import { createPodRecord } from './pod-record.ts';
import type { PodScope, StopOptions } from './pod-scope.ts';
import { createPodTokens } from './pod-tokens.ts';
import { awaitTurn } from './stop-containers.ts';

/** What the parts of a worker share; whoever `isQuiet` ends its containers without a word. */
export const createPodScope = (
  deps: KubeletDeps,
  pod: Pod,
  of: { readonly stopping: AbortSignal; readonly graceMs: () => number; readonly isQuiet: () => boolean },
): PodScope => {
  const running = new Map<string, RunningContainer>();
  const spec = pod.spec ?? { containers: [] };
  const end = createEnding(of.isQuiet);
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
    stop: (name, how = {}) => end(scope, name, { graceMs: of.graceMs(), ...how }),
    tell: (type, reason, message, container) => {
      const part = container === undefined ? {} : { fieldPath: fieldPathOf(spec, container) };
      deps.recorder.event(pod, { type, reason, message, ...part });
    },
  };
  return scope;
};

type End = (scope: PodScope, name: string, how: StopOptions & { readonly graceMs: number }) => Promise<void>;

const createEnding = (isQuiet: () => boolean): End => {
  /** Containers whose end was told of: a shorter grace is no news. */
  const told = new WeakSet<RunningContainer>();
  return async (scope, name, { message, graceMs, turn }) => {
    const found = scope.running.get(name);
    if (!found) return;
    if (!told.has(found) && !isQuiet()) scope.tell('Normal', 'Killing', message ?? `Stopping container ${name}`, name);
    told.add(found);
    const { containers, initContainers = [] } = scope.spec;
    const container = [...containers, ...initContainers].find((one) => one.name === name);
    const left = container ? await runPreStop(scope, { container, running: found, graceMs }) : graceMs;
    if (turn === undefined || left <= 0) return found.stop(left);
    await found.stop(Math.max(LEAST_GRACE_MS, await awaitTurn(scope.deps.clock, turn, left)));
  };
};

/** Where a container is in its pod. Who is in neither list was put into the running pod. */
const fieldPathOf = (spec: PodSpec, name: string): string => {
  const list = (['containers', 'initContainers'] as const).find((one) => spec[one]?.some((has) => has.name === name));
  return `spec.${list ?? 'ephemeralContainers'}{${name}}`;
};
