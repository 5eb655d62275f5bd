/**
 * Keeps as many replicas as load asks for. @upstream kubernetes pkg/controller/podautoscaler
 */
import {
  createController,
  createReconcile,
  watchObjects,
  writeStatus,
  type Controller,
  type Observed,
} from '@argosy/controller';
import { formatKey, keyOf, PODS, withCondition, type HorizontalPodAutoscaler, type Pod } from '@argosy/kube';
import { messageOf, type Instant } from '@argosy/base';

import type { PodMeasurement, PodMetrics } from '../../kubelet/metrics/pod-metrics.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { AUTOSCALERS, type AutoscalerStatus } from './autoscaler.ts';
import { decideAutoscaler, type AutoscalerAction, type AutoscalerWorld } from './decide.ts';
import type { ScalingHistory } from './decide/apply-behavior.ts';
import { findScaleTarget, type ScaleTarget } from './scale-targets.ts';

type World = AutoscalerWorld & { readonly found: ScaleTarget | undefined };

const NOTHING: ScalingHistory = { wishes: [], changes: [] };

/** Creates the loop. Without metrics no pod is measured, and conditions say so. */
export const createAutoscalerLoop = (deps: LoopDeps, metrics: PodMetrics | undefined): Controller => {
  const autoscalers = deps.informers.of({ resource: AUTOSCALERS });
  const pods = deps.informers.of({ resource: PODS });
  const histories = new Map<string, ScalingHistory>();
  const observe = async (
    key: Parameters<typeof autoscalers.get>[0],
  ): Promise<Observed<HorizontalPodAutoscaler, World> | undefined> => {
    const object = autoscalers.get(key);
    if (!object) {
      histories.delete(formatKey(key));
      return undefined;
    }
    const found = await findScaleTarget(deps.client, object);
    const history = histories.get(formatKey(key)) ?? NOTHING;
    const now = deps.clock.now();
    if (typeof found === 'string') {
      const target = { kind: 'absent', message: found } as const;
      return { object, world: { target, measurements: new Map(), history, found: undefined }, now };
    }
    const selected = pods.list(object.metadata.namespace).filter((pod) => found.selects(pod) && isUnfinished(pod));
    const target = { kind: 'found', replicas: found.replicas, pods: selected } as const;
    return { object, world: { target, measurements: await measureAll(metrics, selected), history, found }, now };
  };
  const act = async (
    action: AutoscalerAction,
    { object, world }: Observed<HorizontalPodAutoscaler, World>,
  ): Promise<void> => {
    if (action.kind === 'remember') return void histories.set(formatKey(keyOf(object)), action.history);
    if (!world.found) return;
    const { replicas, reason } = action;
    const message = `New size: ${replicas}; reason: ${reason}`;
    try {
      const patch = { metadata: { uid: world.found.object.metadata.uid ?? '' }, spec: { replicas } };
      await deps.client.patch(world.found.resource, keyOf(world.found.object), { kind: 'merge', patch });
      deps.recorder.event(object, { type: 'Normal', reason: 'SuccessfulRescale', message });
    } catch (thrown) {
      deps.recorder.event(object, {
        type: 'Warning',
        reason: 'FailedRescale',
        message: `${message}; error: ${messageOf(thrown)}`,
      });
      throw thrown;
    }
  };
  const reconcile = createReconcile<HorizontalPodAutoscaler, World, AutoscalerStatus, AutoscalerAction, void>({
    observe,
    decide: decideAutoscaler,
    act,
    report: async ({ object }, decision, outcomes) => {
      for (const event of decision.events) deps.recorder.event(object, event);
      const isDone = outcomes.length === decision.actions.length;
      const status = isDone ? decision.status : withRefusedScale(object.status, deps.clock.now());
      await writeStatus(deps.client, AUTOSCALERS, object, status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'horizontal-pod-autoscaler',
    // Its own status is no news: the next look is due by time.
    sources: [
      watchObjects(autoscalers, (change) => change.kind !== 'updated' || isChanged(change.previous, change.object)),
    ],
    reconcile,
  });
};

/** What was not done is not told as done. */
const withRefusedScale = (status: AutoscalerStatus | undefined, now: Instant): AutoscalerStatus => ({
  ...status,
  conditions: withCondition(
    status?.conditions,
    {
      type: 'AbleToScale',
      status: 'False',
      reason: 'FailedUpdateScale',
      message: 'the target could not be told its new size; the events say why',
    },
    now,
  ),
});

const isChanged = (before: HorizontalPodAutoscaler, after: HorizontalPodAutoscaler): boolean =>
  before.metadata.generation !== after.metadata.generation ||
  before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp;

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
