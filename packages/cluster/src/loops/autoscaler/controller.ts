/**
 * Keeps as many replicas as load asks for. @upstream kubernetes pkg/controller/podautoscaler
 */
import { isEqual, type Instant } from '@argosy/base';
import { createController, createReconcile, watchObjects, writeStatus, type Controller } from '@argosy/controller';
import { formatKey, keyOf, withCondition, type HorizontalPodAutoscaler } from '@argosy/kube';

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
  const histories = new Map<string, ScalingHistory>();
  // The size that is found first counts as wished for: nothing is given up at once after a restart, when pods are idle.
  const historyOf = (key: string, replicas: number, now: Instant): ScalingHistory => {
    const history = histories.get(key) ?? { wishes: [{ at: now, replicas }], changes: [] };
    histories.set(key, history);
    return history;
  };
  const reconcile = createReconcile<HorizontalPodAutoscaler, ObservedTarget, AutoscalerStatus, AutoscalerAction, void>({
    observe: async (key) => {
      const object = autoscalers.get(key);
      if (!object) {
        histories.delete(formatKey(key));
        return undefined;
      }
      const now = deps.clock.now();
      return {
        object,
        world: await observeTarget(object, (replicas) => historyOf(formatKey(key), replicas, now)),
        now,
      };
    },
    decide: decideAutoscaler,
    act: async (action, { object, world: { found } }) => {
      if (action.kind === 'remember') histories.set(formatKey(keyOf(object)), action.history);
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
