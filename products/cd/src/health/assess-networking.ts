/**
 * Health of what connects and stores. @upstream argo-cd gitops-engine/pkg/health/health_{service,ingress,pvc,hpa,apiservice}.go
 */
import { parseApiVersion, type Condition, type Ingress, type KubeObject, type Service } from '@argosy/kube';

import { health, type Health } from './health.ts';

interface WithConditions {
  readonly conditions?: readonly Condition[];
}

/** @spec CD-HLTH-11 */
export const assessService = (object: KubeObject): Health => {
  const service = object as Service;
  if (service.spec?.type !== 'LoadBalancer') return health('Healthy');
  return (service.status?.loadBalancer?.ingress ?? []).length > 0 ? health('Healthy') : health('Progressing');
};

/** @spec CD-HLTH-12 */
export const assessIngress = (object: KubeObject): Health => {
  const ingress = (object as Ingress).status?.loadBalancer?.['ingress'];
  return Array.isArray(ingress) && ingress.length > 0 ? health('Healthy') : health('Progressing');
};

/** @spec CD-HLTH-13 */
export const assessPersistentVolumeClaim = (object: KubeObject): Health => {
  const phase = (object.status as { readonly phase?: string } | undefined)?.phase;
  if (phase === 'Lost') return health('Degraded');
  if (phase === 'Pending') return health('Progressing');
  return phase === 'Bound' ? health('Healthy') : health('Unknown');
};

const HPA_FAILURES: ReadonlySet<string> = new Set([
  'FailedGetScale',
  'FailedUpdateScale',
  'FailedGetResourceMetric',
  'FailedGetObjectMetric',
  'FailedGetPodsMetric',
  'FailedGetExternalMetric',
  'FailedComputeMetricsReplicas',
  'InvalidSelector',
]);

/** @spec CD-HLTH-14 */
export const assessHorizontalPodAutoscaler = (object: KubeObject): Health => {
  const conditions = autoscalerConditions(object);
  // A failure anywhere outweighs what works.
  const failed = conditions.find((condition) => HPA_FAILURES.has(condition.reason ?? ''));
  if (failed) return health('Degraded', failed.message);
  const able = conditions.find(
    (condition) =>
      condition.status === 'True' && (condition.type === 'AbleToScale' || condition.type === 'ScalingLimited'),
  );
  if (able) return health('Healthy', able.message);
  return health('Progressing', 'Waiting to Autoscale');
};

/** Version 1 has no conditions: the autoscaler keeps them in an annotation. */
const autoscalerConditions = (object: KubeObject): readonly Condition[] => {
  if (parseApiVersion(object.apiVersion).version !== 'v1')
    return (object.status as WithConditions | undefined)?.conditions ?? [];
  const text = object.metadata.annotations?.['autoscaling.alpha.kubernetes.io/conditions'];
  if (text === undefined) return [];
  const parsed = JSON.parse(text) as unknown;
  return Array.isArray(parsed) ? (parsed as readonly Condition[]) : [];
};

/** @spec CD-HLTH-15 */
export const assessApiService = (object: KubeObject): Health => {
  const available = ((object.status as WithConditions | undefined)?.conditions ?? []).find(
    (condition) => condition.type === 'Available',
  );
  if (!available) return health('Progressing', 'Waiting to be processed');
  const message = `${available.reason ?? ''}: ${available.message ?? ''}`;
  return available.status === 'True' ? health('Healthy', message) : health('Progressing', message);
};
