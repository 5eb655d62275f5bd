/**
 * Keeps as many replicas as load asks for. @upstream kubernetes pkg/controller/podautoscaler
 */
import { isEqual, type Instant } from '@argosy/base';
import { createController, createReconcile, watchObjects, writeStatus, type Controller } from '@argosy/controller';
import { formatKey, keyOf, withCondition, type HorizontalPodAutoscaler, type ObjectKey } from '@argosy/kube';

import type { PodMetrics } from '../../kubelet/metrics/pod-metrics.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { scaleTarget } from './act.ts';
import { AUTOSCALERS, type AutoscalerStatus } from './autoscaler.ts';
import { decideAutoscaler, type AutoscalerAction } from './decide.ts';
import type { ScalingHistory } from './decide/apply-behavior.ts';
import { createObserveTarget, type ObservedTarget } from './observe.ts';

/** Creates the loop. Without metrics no pod is measured, and conditions say so. */
export const createAutoscalerLoop = (deps: LoopDeps, metrics: PodMetrics | undefined): Controller => {
  const autoscalers = deps.informers.of({ resource: AUTOSCALERS });
  const observeTarget = createObserveTarget(deps, metrics);
  const histories = createHistories();
  const reconcile = createReconcile<HorizontalPodAutoscaler, ObservedTarget, AutoscalerStatus, AutoscalerAction, void>({
    observe: async (key) => {
      const object = autoscalers.get(key);
      if (!object) return histories.forget(key);
      const now = deps.clock.now();
      const world = await observeTarget(object, (replicas) => histories.of(key, { replicas, now }));
      return { object, world, now };
    },
    decide: decideAutoscaler,
    act: async (action, { object, world: { found } }) => {
      if (action.kind === 'remember') histories.remember(keyOf(object), action.history);
      else if (found) await scaleTarget(deps, action, { autoscaler: object, found });
    },
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

interface Histories {
  /** What is remembered of an autoscaler whose target has so many replicas. */
  of(key: ObjectKey, found: { readonly replicas: number; readonly now: Instant }): ScalingHistory;
  remember(key: ObjectKey, history: ScalingHistory): void;
  forget(key: ObjectKey): undefined;
}

const createHistories = (): Histories => {
  const histories = new Map<string, ScalingHistory>();
  return {
    // The size that is found first counts as wished for: nothing is given up at once after a restart, when pods are idle.
    of: (key, { replicas, now }) => {
      const history = histories.get(formatKey(key)) ?? { wishes: [{ at: now, replicas }], changes: [] };
      histories.set(formatKey(key), history);
      return history;
    },
    remember: (key, history) => {
      histories.set(formatKey(key), history);
    },
    forget: (key) => {
      histories.delete(formatKey(key));
      return undefined;
    },
  };
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
  !isEqual(before.spec, after.spec) || before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp;
