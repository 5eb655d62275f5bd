/**
 * The size that metrics ask for, within what the rules of scaling allow.
 */
import type { Instant } from '@argosy/base';
import type { EventDraft } from '@argosy/controller';

import { rangeOf, readMetrics, readRules, type AutoscalerStatus, type MetricSpec } from '../autoscaler.ts';
import { applyBehavior, type ScalingHistory } from './apply-behavior.ts';
import {
  GOT_SCALE,
  inactive,
  scaleTo,
  warn,
  describeMetric,
  toDecision,
  toMetricStatus,
  type AutoscalerWorld,
  type NewCondition,
  type Scaler,
  type ScalerDecision,
  type UnselectedPods,
} from './outcome.ts';
import { replicasForMetric, type MetricReplicas } from './replicas-for-metric.ts';

/** Decides by what is measured; what cannot be measured is told, and never a reason to take replicas away. */
export const decideByMetrics = (observed: Scaler, target: Target): ScalerDecision => {
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

/** A metric that is not known. */
interface MetricFailure {
  readonly reason: string;
  readonly message: string;
}
type Target = Extract<AutoscalerWorld['target'], { readonly kind: 'found' }>;

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
  const conditions = grantedConditions(granted, of.metric);
  if (granted.replicas === current) {
    const remember = { kind: 'remember', history: { ...history, wishes } } as const;
    return toDecision(observed, { ...of, desired: current, conditions, actions: [remember] });
  }
  const reason = granted.replicas > current ? `${of.metric} above target` : 'All metrics below target';
  return scaleTo(observed, { ...of, replicas: granted.replicas, reason, conditions, history: { ...history, wishes } });
};

const grantedConditions = (granted: ReturnType<typeof applyBehavior>, metric: string): readonly NewCondition[] => [
  { type: 'AbleToScale', status: 'True', ...granted.able },
  {
    type: 'ScalingActive',
    status: 'True',
    reason: 'ValidMetricFound',
    message: `the replica count was computed from ${metric}`,
  },
  {
    type: 'ScalingLimited',
    status: granted.limited.isLimited ? 'True' : 'False',
    reason: granted.limited.reason,
    message: granted.limited.message,
  },
];

const withoutOld = (history: ScalingHistory, now: Instant): ScalingHistory => ({
  wishes: history.wishes.filter(({ at }) => at > now - LONGEST_WINDOW_MS),
  changes: history.changes.filter(({ at }) => at > now - LONGEST_WINDOW_MS),
});

/** The longest a window may be. @upstream pkg/apis/autoscaling/validation */
const LONGEST_WINDOW_MS = 3_600_000;
