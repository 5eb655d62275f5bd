/**
 * Autoscalers as their loop reads them. @spec https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
 */
import { isObject, quantityToNumber } from '@argosy/base';
import { resourceType, type Condition, type HorizontalPodAutoscaler } from '@argosy/kube';

/** The resource of version 2. */
export const AUTOSCALERS = resourceType<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  resource: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
});

/** What an autoscaler reports. */
export type AutoscalerStatus = NonNullable<HorizontalPodAutoscaler['status']> & {
  readonly lastScaleTime?: string;
  readonly conditions?: readonly Condition[];
};

/** One metric of the spec. */
export type MetricSpec =
  | {
      readonly kind: 'resource';
      /** `cpu` or `memory`. */
      readonly resource: string;
      /** One container instead of the whole pod. */
      readonly container: string | undefined;
      readonly target: MetricTarget;
    }
  /** Of a kind that an adapter would have to measure, which this cluster has no place for: `Pods`, `Object`, `External`. */
  | { readonly kind: 'unmeasured'; readonly type: string; readonly metric: string };

/** What a metric should be: a share of what pods ask for, or an amount per pod. */
export type MetricTarget =
  | { readonly kind: 'utilization'; readonly percent: number }
  | { readonly kind: 'average'; readonly amount: number; readonly text: string };

/** How fast replicas may change in one direction. */
export interface ScalingRules {
  readonly stabilizationSeconds: number;
  readonly select: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

/** So many pods, or so large a share of them, per period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** @upstream kubernetes pkg/apis/autoscaling/v2/defaults.go */
const UP: ScalingRules = {
  stabilizationSeconds: 0,
  select: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DOWN: ScalingRules = {
  stabilizationSeconds: 300,
  select: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

/** Reads the metrics; what the API let in has the right shape. Pure. */
export const readMetrics = (autoscaler: HorizontalPodAutoscaler): readonly MetricSpec[] =>
  (autoscaler.spec?.metrics ?? []).map((metric) => {
    const type = textOf(metric['type']);
    const source = objectOf(metric[type === 'ContainerResource' ? 'containerResource' : 'resource']);
    const target = readTarget(objectOf(source['target']));
    if ((type !== 'Resource' && type !== 'ContainerResource') || !target) {
      const member = objectOf(metric[type.charAt(0).toLowerCase() + type.slice(1)]);
      return { kind: 'unmeasured', type, metric: textOf(objectOf(member['metric'])['name']) };
    }
    const container = type === 'ContainerResource' ? textOf(source['container']) : undefined;
    return { kind: 'resource', resource: textOf(source['name']), container, target };
  });

/** Reads the rules of one direction, with what is not said as by default. Pure. */
export const readRules = (autoscaler: HorizontalPodAutoscaler, direction: 'scaleUp' | 'scaleDown'): ScalingRules => {
  const usual = direction === 'scaleUp' ? UP : DOWN;
  const given = objectOf(autoscaler.spec?.behavior?.[direction]);
  const policies: readonly unknown[] = Array.isArray(given['policies']) ? given['policies'] : [];
  const select = given['selectPolicy'];
  return {
    stabilizationSeconds: numberOf(given['stabilizationWindowSeconds']) ?? usual.stabilizationSeconds,
    select: select === 'Min' || select === 'Disabled' ? select : 'Max',
    policies:
      policies.length === 0
        ? usual.policies
        : policies.filter(isObject).map((policy) => ({
            type: policy['type'] === 'Pods' ? 'Pods' : 'Percent',
            value: numberOf(policy['value']) ?? 0,
            periodSeconds: numberOf(policy['periodSeconds']) ?? 0,
          })),
  };
};

const readTarget = (target: Readonly<Record<string, unknown>>): MetricTarget | undefined => {
  const percent = numberOf(target['averageUtilization']);
  if (percent !== undefined) return { kind: 'utilization', percent };
  const text = target['averageValue'];
  const amount = typeof text === 'string' || typeof text === 'number' ? quantityToNumber(text) : undefined;
  return amount === undefined ? undefined : { kind: 'average', amount, text: String(text) };
};

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** How many replicas a target may have. */
export const rangeOf = ({ spec }: HorizontalPodAutoscaler) => ({
  min: spec?.minReplicas ?? 1,
  max: spec?.maxReplicas ?? 1,
});
