/**
 * How many replicas one resource metric asks for. Pure.
 * @upstream kubernetes pkg/controller/podautoscaler/replica_calculator.go
 */
import { parseTimestamp, quantityToNumber, type Instant } from '@argosy/base';
import { findCondition, type Container, type Pod } from '@argosy/kube';

import type { PodMeasurement } from '../../../kubelet/metrics/pod-metrics.ts';
import type { MetricSpec } from '../autoscaler.ts';

/** What pods of the target are and use. */
export interface MeasuredPods {
  readonly pods: readonly Pod[];
  /** By pod name. */
  readonly measurements: ReadonlyMap<string, PodMeasurement>;
  readonly replicas: number;
  readonly now: Instant;
}

/** What a metric asks for, or why it asks for nothing. */
export type MetricReplicas =
  | { readonly kind: 'known'; readonly replicas: number; readonly percent?: number; readonly average: number }
  | { readonly kind: 'unknown'; readonly message: string };

type ResourceMetric = Extract<MetricSpec, { readonly kind: 'resource' }>;

/** A ratio this near to one changes nothing. @upstream --horizontal-pod-autoscaler-tolerance */
const TOLERANCE = 0.1;
/** @upstream --horizontal-pod-autoscaler-cpu-initialization-period, --horizontal-pod-autoscaler-initial-readiness-delay */
const INITIALIZATION_MS = 300_000;
const READINESS_DELAY_MS = 30_000;

/** Counts. */
export const replicasForMetric = (metric: ResourceMetric, of: MeasuredPods): MetricReplicas => {
  if (of.pods.length === 0) return unknown('no pods of the target were found');
  const lacking = of.pods.find((pod) => lacksContainer(metric, of.measurements.get(pod.metadata.name ?? '')));
  if (lacking) return unknown(`container ${metric.container} not present in metrics for pod ${nameOf(lacking)}`);
  const groups = groupPods(metric, of);
  if (groups.ready.size === 0) return unknown("no metrics of the target's pods are known (pods might be unready)");
  const requests = metric.target.kind === 'utilization' ? requestsOf(metric, of.pods) : new Map<string, number>();
  if ('missing' in requests) return unknown(requests.missing);
  const measure = ratioOf(metric, requests);
  const seen = measure(groups.ready);
  if (!seen) return unknown('no measured pod of the target asks for any of the resource');
  return { kind: 'known', replicas: count(metric, of, { groups, requests, measure, seen }), ...seen.shown };
};

/** A pod that is measured, but has no such container: it is named wrongly, or only in some pods. */
const lacksContainer = ({ container }: ResourceMetric, measurement: PodMeasurement | undefined): boolean =>
  container !== undefined &&
  measurement !== undefined &&
  !measurement.containers.some(({ name }) => name === container);
const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

const unknown = (message: string): MetricReplicas => ({ kind: 'unknown', message });

interface PodGroups {
  /** Amounts by pod name. */
  readonly ready: ReadonlyMap<string, number>;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
}

const groupPods = (metric: ResourceMetric, { pods, measurements, now }: MeasuredPods): PodGroups => {
  const ready = new Map<string, number>();
  const [unready, missing]: [string[], string[]] = [[], []];
  for (const pod of pods) {
    const name = pod.metadata.name ?? '';
    if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Failed') continue;
    const measurement = measurements.get(name);
    const amount = measurement && amountOf(metric, measurement);
    if (pod.status?.phase === 'Pending') unready.push(name);
    else if (!measurement || amount === undefined) missing.push(name);
    else if (metric.resource === 'cpu' && isStarting(pod, measurement, now)) unready.push(name);
    else ready.set(name, amount);
  }
  return { ready, unready, missing };
};

const amountOf = ({ resource, container }: ResourceMetric, measurement: PodMeasurement): number | undefined => {
  const containers = measurement.containers.filter(({ name }) => container === undefined || name === container);
  if (containers.length === 0 || (resource !== 'cpu' && resource !== 'memory')) return undefined;
  return containers.reduce((sum, one) => sum + (resource === 'cpu' ? one.cpuCores : one.memoryBytes), 0);
};

/** Programs that begin use more than they will. */
const isStarting = (pod: Pod, measurement: PodMeasurement, now: Instant): boolean => {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  const startedAt = parseTimestamp(pod.status?.startTime);
  if (!ready || startedAt === undefined) return true;
  const changedAt = parseTimestamp(ready.lastTransitionTime) ?? startedAt;
  if (startedAt + INITIALIZATION_MS > now)
    return ready.status === 'False' || measurement.at < changedAt + measurement.windowMs;
  return ready.status === 'False' && startedAt + READINESS_DELAY_MS > changedAt;
};

const requestsOf = (
  { resource, container }: ResourceMetric,
  pods: readonly Pod[],
): ReadonlyMap<string, number> | { readonly missing: string } => {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const all = containersOf(pod).filter(({ name }) => container === undefined || name === container);
    const lacking = all.find((one) => one.resources?.requests?.[resource] === undefined);
    const name = pod.metadata.name ?? '';
    if (lacking) return { missing: `missing request for ${resource} in container ${lacking.name} of Pod ${name}` };
    requests.set(
      name,
      all.reduce((sum, one) => sum + (quantityToNumber(one.resources?.requests?.[resource] ?? '0') ?? 0), 0),
    );
  }
  return requests;
};

const containersOf = ({ spec }: Pod): readonly Container[] => [
  ...(spec?.containers ?? []),
  ...(spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
];

interface Ratio {
  /** What is used by what should be. */
  readonly ratio: number;
  readonly shown: { readonly percent?: number; readonly average: number };
}
type MeasureRatio = (amounts: ReadonlyMap<string, number>) => Ratio | undefined;

const ratioOf =
  ({ target }: ResourceMetric, requests: ReadonlyMap<string, number>): MeasureRatio =>
  (amounts) => {
    const counted = [...amounts].filter(([name]) => target.kind === 'average' || requests.has(name));
    const total = counted.reduce((sum, [, amount]) => sum + amount, 0);
    const average = counted.length === 0 ? 0 : total / counted.length;
    if (target.kind === 'average') return { ratio: average / target.amount, shown: { average } };
    const asked = counted.reduce((sum, [name]) => sum + (requests.get(name) ?? 0), 0);
    if (asked === 0) return undefined;
    const percent = Math.floor((total * 100) / asked + 1e-9);
    return { ratio: percent / target.percent, shown: { percent, average } };
  };

const count = (
  metric: ResourceMetric,
  { replicas }: MeasuredPods,
  of: {
    readonly groups: PodGroups;
    readonly requests: ReadonlyMap<string, number>;
    readonly measure: MeasureRatio;
    readonly seen: Ratio;
  },
): number => {
  const { ready, unready, missing } = of.groups;
  const { ratio } = of.seen;
  const countsUnready = unready.length > 0 && ratio > 1;
  if (!countsUnready && missing.length === 0) return isWithin(ratio) ? replicas : ceil(ratio * ready.size);
  const assumed = new Map(ready);
  // Who is not known of neither drives the number up nor down.
  if (ratio !== 1)
    for (const name of missing) assumed.set(name, ratio > 1 ? 0 : fullAmountOf(metric, of.requests, name));
  if (countsUnready) for (const name of unready) assumed.set(name, 0);
  const damped = of.measure(assumed)?.ratio ?? ratio;
  const turned = (ratio < 1 && damped > 1) || (ratio > 1 && damped < 1);
  if (isWithin(damped) || turned) return replicas;
  const wanted = ceil(damped * assumed.size);
  return (damped < 1 && wanted > replicas) || (damped > 1 && wanted < replicas) ? replicas : wanted;
};

/** What a pod nobody measured is taken to use when others use little. */
const fullAmountOf = ({ target }: ResourceMetric, requests: ReadonlyMap<string, number>, name: string): number =>
  target.kind === 'average' ? target.amount : ((requests.get(name) ?? 0) * Math.max(100, target.percent)) / 100;

const isWithin = (ratio: number): boolean => Math.abs(ratio - 1) <= TOLERANCE + 1e-9;

/** Sums of fractions miss whole numbers by a hair. */
const ceil = (value: number): number => Math.ceil(value - 1e-9);
