/**
 * Decisions of autoscalers: what they are made from, and how they are told. Pure.
 */
import { toTimestamp } from '@argosy/base';
import type { Decision, EventDraft, Observed } from '@argosy/controller';
import { withCondition, type Condition, type HorizontalPodAutoscaler, type Pod } from '@argosy/kube';

import type { PodMeasurement } from '../../../kubelet/metrics/pod-metrics.ts';
import type { AutoscalerStatus, MetricSpec } from '../autoscaler.ts';
import type { ScalingHistory } from './apply-behavior.ts';
import type { MetricReplicas } from './replicas-for-metric.ts';

/** What an autoscaler is decided from. */
export interface AutoscalerWorld {
  /** What is scaled, or why it cannot be read. */
  readonly target:
    | {
        readonly kind: 'found';
        readonly replicas: number;
        readonly pods: readonly Pod[];
        /** Why nobody knows which pods it counts, when that is so. */
        readonly unselected?: UnselectedPods | undefined;
      }
    | { readonly kind: 'absent'; readonly message: string };
  readonly measurements: ReadonlyMap<string, PodMeasurement>;
  readonly history: ScalingHistory;
}

/** Why the pods of a target are not known. */
export interface UnselectedPods {
  /** Reason of the event. */
  readonly event: 'SelectorRequired' | 'InvalidSelector';
  readonly message: string;
}

/** What may be done. */
export type AutoscalerAction =
  /** What the next decision has to know of this one. */
  | { readonly kind: 'remember'; readonly history: ScalingHistory }
  | { readonly kind: 'scale'; readonly replicas: number; readonly reason: string };

/** An autoscaler and its world. */
export type Scaler = Observed<HorizontalPodAutoscaler, AutoscalerWorld>;
/** What is decided about it. */
export type ScalerDecision = Decision<AutoscalerStatus, AutoscalerAction>;
/** A condition that is not told yet. */
export type NewCondition = Omit<Condition, 'lastTransitionTime'>;

/** @upstream --horizontal-pod-autoscaler-sync-period */
const PERIOD_MS = 15_000;

/** The decision with its status: what is not given stays as it was told before. */
export const toDecision = (
  { object, now }: Scaler,
  of: {
    readonly current?: number;
    readonly desired?: number;
    readonly conditions: readonly NewCondition[];
    readonly currentMetrics?: AutoscalerStatus['currentMetrics'];
    readonly events?: readonly EventDraft[];
    readonly actions?: readonly AutoscalerAction[];
    readonly lastScaleTime?: string;
  },
): ScalerDecision => {
  const status: AutoscalerStatus | undefined = object.status;
  return {
    actions: of.actions ?? [],
    status: {
      ...status,
      ...(of.current === undefined ? {} : { currentReplicas: of.current }),
      desiredReplicas: of.desired ?? status?.desiredReplicas ?? 0,
      ...(of.currentMetrics ? { currentMetrics: of.currentMetrics } : {}),
      ...(of.lastScaleTime ? { lastScaleTime: of.lastScaleTime } : {}),
      conditions: of.conditions.reduce<readonly Condition[]>(
        (all, condition) => withCondition(all, condition, now),
        status?.conditions ?? [],
      ),
    },
    events: of.events ?? [],
    next: { kind: 'recheck', afterMs: PERIOD_MS },
  };
};

/** The target was found. */
export const GOT_SCALE: NewCondition = {
  type: 'AbleToScale',
  status: 'True',
  reason: 'SucceededGetScale',
  message: 'the current scale of the target is known',
};

/** A warning. */
export const warn = (reason: string, message: string): EventDraft => ({ type: 'Warning', reason, message });

/** Scaling does not work now, and why. */
export const inactive = (reason: string, message: string): NewCondition => ({
  type: 'ScalingActive',
  status: 'False',
  reason,
  message,
});

/** The target is told its size, and that is remembered. */
export const scaleTo = (
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

/** A metric for people, as Kubernetes writes it. */
export const describeMetric = (metric: MetricSpec): string => {
  if (metric.kind === 'unmeasured') return metric.type;
  const share = metric.target.kind === 'utilization' ? ' utilization (percentage of request)' : '';
  return `${metric.resource} ${metric.container === undefined ? 'resource' : 'container resource'}${share}`;
};

/** What a metric is at the moment, as the status tells it; one that is not known has an empty place in the list. */
export const toMetricStatus = (metric: MetricSpec, of: MetricReplicas): Readonly<Record<string, unknown>> => {
  if (metric.kind !== 'resource' || of.kind === 'unknown') return { type: '' };
  const current = {
    averageValue: metric.resource === 'cpu' ? toCores(of.average) : String(Math.round(of.average)),
    ...(of.percent === undefined ? {} : { averageUtilization: of.percent }),
  };
  return metric.container === undefined
    ? { type: 'Resource', resource: { name: metric.resource, current } }
    : {
        type: 'ContainerResource',
        containerResource: { name: metric.resource, container: metric.container, current },
      };
};

/** Whole cores without a unit, as Kubernetes writes them. */
const toCores = (cores: number): string => {
  const milli = Math.ceil(cores * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
};
