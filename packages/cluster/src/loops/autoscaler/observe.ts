/**
 * What an autoscaler is decided from: its target, the target's pods and what they use. Reads only.
 */
import type { Informer } from '@argosy/client';
import { PODS, type HorizontalPodAutoscaler, type Pod } from '@argosy/kube';

import type { PodMeasurement, PodMetrics } from '../../kubelet/metrics/pod-metrics.ts';
import type { LoopDeps } from '../loop-deps.ts';
import type { AutoscalerWorld, UnselectedPods } from './decide.ts';
import { NO_HISTORY, type ScalingHistory } from './decide/apply-behavior.ts';
import { findScaleTarget, type PodSelection, type ScaleTarget } from './scale-targets.ts';

/** The world, and the target for whoever acts on it. */
export type ObservedTarget = AutoscalerWorld & { readonly found: ScaleTarget | undefined };

/** Looks at the target of an autoscaler. */
export type ObserveTarget = (
  object: HorizontalPodAutoscaler,
  /** What the autoscaler has wished for and done, given the replicas there are now. */
  historyOf: (replicas: number) => ScalingHistory,
) => Promise<ObservedTarget>;

/** Creates the way to look; without metrics no pod is measured. */
export const createObserveTarget = (deps: LoopDeps, metrics: PodMetrics | undefined): ObserveTarget => {
  const pods: Informer<Pod> = deps.informers.of({ resource: PODS });
  return async (object, historyOf) => {
    const found = await findScaleTarget(deps.client, object);
    if (typeof found === 'string') {
      const target = { kind: 'absent', message: found } as const;
      return { target, measurements: new Map(), history: NO_HISTORY, found: undefined };
    }
    const { selection } = found;
    const replicas = found.scale.spec?.replicas ?? 0;
    const selects = selection.kind === 'known' ? selection.selects : () => false;
    const selected = pods.list(object.metadata.namespace).filter((pod) => selects(pod) && isUnfinished(pod));
    const target = { kind: 'found', replicas, pods: selected, unselected: unselectedOf(selection) } as const;
    const measurements = await measureAll(metrics, selected);
    return { target, measurements, history: historyOf(replicas), found };
  };
};

const unselectedOf = (selection: PodSelection): UnselectedPods | undefined => {
  if (selection.kind === 'known') return undefined;
  return selection.kind === 'missing'
    ? { event: 'SelectorRequired', message: 'selector is required' }
    : { event: 'InvalidSelector', message: `the selector of the target cannot be read: ${selection.message}` };
};

const isUnfinished = ({ status }: Pod): boolean => status?.phase !== 'Succeeded';

const measureAll = async (
  metrics: PodMetrics | undefined,
  pods: readonly Pod[],
): Promise<ReadonlyMap<string, PodMeasurement>> => {
  const measured = new Map<string, PodMeasurement>();
  await Promise.all(
    pods.map(async (pod) => {
      // One pod that cannot be measured is missing, as one that has not been yet.
      const measurement = await metrics?.measure(pod).catch(() => undefined);
      if (measurement) measured.set(pod.metadata.name ?? '', measurement);
    }),
  );
  return measured;
};
