/**
 * What an autoscaler does about its target. Pure.
 * @upstream kubernetes pkg/controller/podautoscaler/horizontal.go#reconcileAutoscaler
 */
import { rangeOf } from './autoscaler.ts';
import { decideByMetrics } from './decide/by-metrics.ts';
import { GOT_SCALE, inactive, scaleTo, toDecision, warn, type Scaler, type ScalerDecision } from './decide/outcome.ts';

export type { AutoscalerAction, AutoscalerWorld, UnselectedPods } from './decide/outcome.ts';

/** Decides. */
export const decideAutoscaler = (observed: Scaler): ScalerDecision => {
  const { object, world } = observed;
  if (object.metadata.deletionTimestamp)
    return { actions: [], status: object.status ?? {}, events: [], next: { kind: 'settled' } };
  const { target } = world;
  if (target.kind === 'absent') {
    const condition = {
      type: 'AbleToScale',
      status: 'False',
      reason: 'FailedGetScale',
      message: `the current scale of the target cannot be read: ${target.message}`,
    } as const;
    return toDecision(observed, { conditions: [condition], events: [warn('FailedGetScale', target.message)] });
  }
  const { min, max } = rangeOf(object);
  const current = target.replicas;
  if (current === 0 && min !== 0) {
    const message = 'the target has no replicas, which switches scaling off';
    return toDecision(observed, {
      current,
      desired: 0,
      conditions: [GOT_SCALE, inactive('ScalingDisabled', message)],
    });
  }
  if (current > max)
    return scaleTo(observed, { replicas: max, reason: 'Current number of replicas above Spec.MaxReplicas' });
  if (current < min)
    return scaleTo(observed, { replicas: min, reason: 'Current number of replicas below Spec.MinReplicas' });
  return decideByMetrics(observed, target);
};
