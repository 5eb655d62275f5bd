/**
 * autoscaling/v1, which knows one metric: the share of requested cpu. Everything else of autoscaling/v2 travels in
 * annotations, so that nothing is lost on the way through. @upstream kubernetes pkg/apis/autoscaling/v1/conversion.go
 */
import { isObject } from '@argosy/base';
import type { HorizontalPodAutoscaler, KubeObject } from '@argosy/kube';

import type { KindStrategy } from './served-kind.ts';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

type Metric = Readonly<Record<string, unknown>>;

interface OlderAutoscaler extends KubeObject {
  readonly spec?: HorizontalPodAutoscaler['spec'] & { readonly targetCPUUtilizationPercentage?: number };
}

/** How the older version is made from the stored one and back. */
export const OLDER_AUTOSCALER: KindStrategy = {
  fromStored: (stored) => {
    const scaler = stored as HorizontalPodAutoscaler;
    const {
      metrics = [],
      behavior,
      ...spec
    } = scaler.spec ?? { scaleTargetRef: { kind: '', name: '' }, maxReplicas: 0 };
    const share = metrics.map(shareOfCpu).find((found) => found !== undefined);
    const others = metrics.filter((metric) => shareOfCpu(metric) === undefined);
    const { conditions: _conditions, currentMetrics: _metrics, ...status } = scaler.status ?? {};
    return {
      ...scaler,
      apiVersion: 'autoscaling/v1',
      metadata: withAnnotations(scaler, { [METRICS]: others.length > 0 ? others : undefined, [BEHAVIOR]: behavior }),
      spec: { ...spec, ...(share === undefined ? {} : { targetCPUUtilizationPercentage: share }) },
      ...(scaler.status ? { status } : {}),
    } as KubeObject;
  },
  toStored: (object) => {
    const older = object as OlderAutoscaler;
    const { targetCPUUtilizationPercentage: share, ...spec } = older.spec ?? {};
    const kept = parsed(older.metadata.annotations?.[METRICS]);
    const behavior = parsed(older.metadata.annotations?.[BEHAVIOR]);
    const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: share ?? 80 } };
    const others: readonly unknown[] = Array.isArray(kept) ? kept : [];
    const metrics =
      share === undefined && others.length > 0 ? others : [...others, { type: 'Resource', resource: cpu }];
    return {
      ...older,
      apiVersion: 'autoscaling/v2',
      metadata: withAnnotations(older, { [METRICS]: undefined, [BEHAVIOR]: undefined }),
      spec: { ...spec, metrics, ...(isObject(behavior) ? { behavior } : {}) },
    } as KubeObject;
  },
};

const shareOfCpu = (metric: Metric): number | undefined => {
  const resource = isObject(metric['resource']) ? metric['resource'] : {};
  const target = isObject(resource['target']) ? resource['target'] : {};
  const share = target['averageUtilization'];
  return metric['type'] === 'Resource' && resource['name'] === 'cpu' && typeof share === 'number' ? share : undefined;
};

const withAnnotations = (object: KubeObject, values: Readonly<Record<string, unknown>>): KubeObject['metadata'] => {
  const { annotations: given = {}, ...metadata } = object.metadata;
  const kept = Object.entries(given).filter(([name]) => !Object.hasOwn(values, name));
  const added = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, JSON.stringify(value)] as const],
  );
  const annotations = Object.fromEntries([...kept, ...added]);
  return Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata;
};

const parsed = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    // Somebody else's text under our name: as good as none.
    return undefined;
  }
};
