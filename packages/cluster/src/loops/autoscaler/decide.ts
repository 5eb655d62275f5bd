/**
 * What an autoscaler does about its target. Pure.
 * @upstream kubernetes pkg/controller/podautoscaler/horizontal.go#reconcileAutoscaler
 */
import { toTimestamp, type Instant } from '@argosy/base';
import type { EventDraft } from '@argosy/controller';
import type { HorizontalPodAutoscaler } from '@argosy/kube';

import { readMetrics, readRules, type AutoscalerStatus, type MetricSpec } from './autoscaler.ts';
import { applyBehavior, type ScalingHistory } from './decide/apply-behavior.ts';
import {
  describeMetric,
  toDecision,
  toMetricStatus,
  type AutoscalerWorld,
  type NewCondition,
  type Scaler,
  type ScalerDecision,
  type UnselectedPods,
} from './decide/outcome.ts';
import { replicasForMetric, type MetricReplicas } from './decide/replicas-for-metric.ts';

export type { AutoscalerAction, AutoscalerWorld, UnselectedPods } from './decide/outcome.ts';

/** The longest a window may be. @upstream pkg/apis/autoscaling/validation */
const LONGEST_WINDOW_MS = 3_600_000;

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

const GOT_SCALE: NewCondition = {
  type: 'AbleToScale',
  status: 'True',
  reason: 'SucceededGetScale',
  message: 'the current scale of the target is known',
};
const rangeOf = ({ spec }: HorizontalPodAutoscaler) => ({ min: spec?.minReplicas ?? 1, max: spec?.maxReplicas ?? 1 });
const warn = (reason: string, message: string): EventDraft => ({ type: 'Warning', reason, message });
const inactive = (reason: string, message: string): NewCondition => ({
  type: 'ScalingActive',
  status: 'False',
  reason,
  message,
});

/** A metric that is not known. */
interface MetricFailure {
  readonly reason: string;
  readonly message: string;
}
type Target = Extract<AutoscalerWorld['target'], { readonly kind: 'found' }>;

const decideByMetrics = (observed: Scaler, target: Target): ScalerDecision => {
  const { object, world, now } = observed;
  const { measurements } = world;
  if (target.unselected) return unselected(observed, target.replicas, target.unselected);
  const outcomes = readMetrics(object).map((metric) => ({
    metric,
    replicas: countFor(metric, { pods: target.pods, measurements, replicas: target.replicas, now }),
  }));
  const known = outcomes.flatMap(({ metric, replicas }) =>
    replicas.kind === 'known' ? [{ metric, ...replicas }] : [],
  );
  const failures = outcomes.flatMap(({ metric, replicas }) =>
    replicas.kind === 'unknown' ? [toFailure(metric, replicas.message)] : [],
  );
  const highest = known.toSorted((one, other) => other.replicas - one.replicas)[0];
  // In the order of the spec: who shows them takes them by their place.
  const currentMetrics = outcomes.map(({ metric, replicas }) => toMetricStatus(metric, replicas));
  // Who does not know everything may only add.
  if (!highest || (failures.length > 0 && highest.replicas < target.replicas))
    return failedMetrics(observed, { current: target.replicas, failures, metrics: outcomes.length, currentMetrics });
  const decision = decideWish(observed, {
    current: target.replicas,
    wanted: highest.replicas,
    metric: describeMetric(highest.metric),
    currentMetrics,
  });
  return { ...decision, events: [...failures.map(tellFailure), ...decision.events] };
};

/** A scale that does not say which pods it counts cannot be measured. @upstream horizontal.go#validateAndParseSelector */
const unselected = (observed: Scaler, current: number, { event, message }: UnselectedPods): ScalerDecision =>
  toDecision(observed, {
    current,
    desired: observed.object.status?.desiredReplicas ?? 0,
    conditions: [GOT_SCALE, inactive('InvalidSelector', message)],
    events: [warn(event, message), warn('FailedComputeMetricsReplicas', message)],
  });

const countFor = (metric: MetricSpec, of: Parameters<typeof replicasForMetric>[1]): MetricReplicas =>
  metric.kind === 'resource' ? replicasForMetric(metric, of) : { kind: 'unknown', message: unmeasuredMessage(metric) };

/** No cluster without an adapter knows these; here is no place for one yet. */
const unmeasuredMessage = ({ type, metric }: Extract<MetricSpec, { readonly kind: 'unmeasured' }>): string => {
  const api = type === 'External' ? 'external' : 'custom';
  return `unable to get ${type === 'External' ? 'external ' : ''}metric ${metric}: no ${api} metrics API (${api}.metrics.k8s.io) registered`;
};

const failedMetrics = (
  observed: Scaler,
  of: {
    readonly current: number;
    readonly failures: readonly MetricFailure[];
    /** How many there are in all. */
    readonly metrics: number;
    readonly currentMetrics: AutoscalerStatus['currentMetrics'];
  },
): ScalerDecision => {
  const { failures } = of;
  const first = failures[0] ?? { reason: 'InvalidMetricSourceType', message: 'no metrics are given' };
  const summary = `invalid metrics (${failures.length} of ${of.metrics}), the first: ${first.message}`;
  return toDecision(observed, {
    current: of.current,
    desired: observed.object.status?.desiredReplicas ?? 0,
    currentMetrics: of.currentMetrics,
    conditions: [GOT_SCALE, inactive(first.reason, `the replica count cannot be computed: ${first.message}`)],
    events: [...failures.map(tellFailure), warn('FailedComputeMetricsReplicas', summary)],
  });
};

const tellFailure = ({ reason, message }: MetricFailure): EventDraft => warn(reason, message);

const toFailure = (metric: MetricSpec, why: string): MetricFailure => ({
  reason: failureReason(metric),
  message: metric.kind === 'resource' ? `failed to get ${metric.resource} usage: ${why}` : why,
});

const failureReason = (metric: MetricSpec): string => {
  if (metric.kind === 'resource')
    return metric.container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric';
  return ['Object', 'Pods', 'External'].includes(metric.type)
    ? `FailedGet${metric.type}Metric`
    : 'InvalidMetricSourceType';
};

const decideWish = (
  observed: Scaler,
  of: {
    readonly current: number;
    readonly wanted: number;
    readonly metric: string;
    readonly currentMetrics: AutoscalerStatus['currentMetrics'];
  },
): ScalerDecision => {
  const { object, world, now } = observed;
  const { current, wanted } = of;
  const history = withoutOld(world.history, now);
  const granted = applyBehavior({
    current,
    wanted,
    ...rangeOf(object),
    up: readRules(object, 'scaleUp'),
    down: readRules(object, 'scaleDown'),
    history,
    now,
  });
  const wishes = [...history.wishes, { at: now, replicas: wanted }];
  const conditions: readonly NewCondition[] = [
    { type: 'AbleToScale', status: 'True', ...granted.able },
    {
      type: 'ScalingActive',
      status: 'True',
      reason: 'ValidMetricFound',
      message: `the replica count was computed from ${of.metric}`,
    },
    {
      type: 'ScalingLimited',
      status: granted.limited.isLimited ? 'True' : 'False',
      reason: granted.limited.reason,
      message: granted.limited.message,
    },
  ];
  if (granted.replicas === current) {
    const remember = { kind: 'remember', history: { ...history, wishes } } as const;
    return toDecision(observed, { ...of, desired: current, conditions, actions: [remember] });
  }
  const reason = granted.replicas > current ? `${of.metric} above target` : 'All metrics below target';
  return scaleTo(observed, { ...of, replicas: granted.replicas, reason, conditions, history: { ...history, wishes } });
};

const withoutOld = (history: ScalingHistory, now: Instant): ScalingHistory => ({
  wishes: history.wishes.filter(({ at }) => at > now - LONGEST_WINDOW_MS),
  changes: history.changes.filter(({ at }) => at > now - LONGEST_WINDOW_MS),
});

const scaleTo = (
  observed: Scaler,
  of: {
    readonly replicas: number;
    readonly reason: string;
    readonly conditions?: readonly NewCondition[];
    readonly history?: ScalingHistory;
    readonly currentMetrics?: AutoscalerStatus['currentMetrics'];
  },
): ScalerDecision => {
  const { world, now } = observed;
  const current = world.target.kind === 'found' ? world.target.replicas : 0;
  const history = of.history ?? world.history;
  const changes = [...history.changes, { at: now, change: of.replicas - current }];
  const rescaled: NewCondition = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededRescale',
    message: `the target was told to have ${of.replicas} replicas`,
  };
  return toDecision(observed, {
    current,
    desired: of.replicas,
    currentMetrics: of.currentMetrics,
    conditions: [...(of.conditions ?? []), rescaled],
    actions: [
      { kind: 'scale', replicas: of.replicas, reason: of.reason },
      { kind: 'remember', history: { ...history, changes } },
    ],
    lastScaleTime: toTimestamp(now),
  });
};
