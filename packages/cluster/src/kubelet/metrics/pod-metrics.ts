/**
 * What pods use, as whoever scales them wants to know it: processor time as a rate between two looks, memory as it is.
 * Looked at only when somebody asks. @upstream kubernetes-sigs/metrics-server
 */
import type { Clock, Instant } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import type { ContainerUsage, PodRuntime } from '../pod-runtime.ts';

/** What one container uses. */
export interface ContainerMeasurement {
  readonly name: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** What a pod used in the time before `at`. */
export interface PodMeasurement {
  readonly at: Instant;
  readonly windowMs: number;
  readonly containers: readonly ContainerMeasurement[];
}

/** Measures pods. */
export interface PodMetrics {
  /** `undefined` for pods that do not run, that were never looked at before, and where nothing can be measured. */
  measure(pod: Pod): Promise<PodMeasurement | undefined>;
}

/** Looks less apart than this give the earlier answer again: rates over short times say little. */
const SHORTEST_WINDOW_MS = 1000;
/** A look longer ago than this says nothing of now. */
const LONGEST_WINDOW_MS = 120_000;

interface Look {
  readonly at: Instant;
  readonly usage: readonly ContainerUsage[];
  readonly measurement: PodMeasurement | undefined;
}

/** Creates the measuring over a runtime. */
export const createPodMetrics = (clock: Clock, runtime: PodRuntime): PodMetrics & { forget(podUid: string): void } => {
  const looks = new Map<string, Look>();
  return {
    measure: async (pod) => {
      const uid = pod.metadata.uid ?? '';
      const before = looks.get(uid);
      const now = clock.now();
      if (before && now - before.at < SHORTEST_WINDOW_MS) return before.measurement;
      const usage = (await runtime.measure?.(pod)) ?? [];
      const measurement = toMeasurement({ at: now, usage }, before);
      looks.set(uid, { at: now, usage, measurement });
      return measurement;
    },
    forget: (podUid) => void looks.delete(podUid),
  };
};

/** The measurement between two looks; containers that were not there at both are left out, and a pod of none has none. */
const toMeasurement = (
  { at, usage }: { readonly at: Instant; readonly usage: readonly ContainerUsage[] },
  before: Look | undefined,
): PodMeasurement | undefined => {
  const windowMs = before ? at - before.at : 0;
  const containers = usage.flatMap(({ name, cpu, memoryBytes }) => {
    if (cpu.kind === 'rate') return [{ name, cpuCores: cpu.cores, memoryBytes }];
    const earlier = before?.usage.find((one) => one.name === name)?.cpu;
    if (earlier?.kind !== 'total' || windowMs === 0 || windowMs > LONGEST_WINDOW_MS || cpu.seconds < earlier.seconds)
      return [];
    return [{ name, cpuCores: (cpu.seconds - earlier.seconds) / (windowMs / 1000), memoryBytes }];
  });
  return containers.length === 0 ? undefined : { at, windowMs, containers };
};
