/**
 * What autoscalers scale: any kind that has `spec.replicas` and selects its pods, found by what the cluster serves.
 */
import { isObject } from '@argosy/base';
import type { Client } from '@argosy/client';
import {
  isApiError,
  matchesRequirements,
  parseApiVersion,
  parseLabelSelector,
  toRequirements,
  type HorizontalPodAutoscaler,
  type KubeObject,
  type LabelSelector,
  type Pod,
  type ResourceType,
} from '@argosy/kube';

/** A target as it is now. */
export interface ScaleTarget {
  readonly resource: ResourceType;
  readonly object: KubeObject;
  readonly replicas: number;
  /** Whether a pod is one of its own. */
  selects(pod: Pod): boolean;
}

/** Finds the target of an autoscaler; a text says in one line why there is none. */
export const findScaleTarget = async (
  client: Client,
  autoscaler: HorizontalPodAutoscaler,
): Promise<ScaleTarget | string> => {
  const { kind = '', name = '', apiVersion = '' } = autoscaler.spec?.scaleTargetRef ?? {};
  const { group, version } = parseApiVersion(apiVersion);
  const served = (await client.servedResources()).filter((one) => one.kind === kind && one.group === group);
  const resource = served.find((one) => one.version === version) ?? served[0];
  if (!resource) return `scaleTargetRef: the cluster has no kind ${kind} in ${apiVersion || 'the core group'}`;
  try {
    const object = await client.get(resource, { namespace: autoscaler.metadata.namespace ?? '', name });
    const selects = selectorOf(object);
    const { replicas = 1 } = (isObject(object.spec) ? object.spec : {}) as { readonly replicas?: number };
    if (!selects) return `scaleTargetRef: ${kind} ${name} selects no pods, so it cannot be scaled`;
    return { resource, object, replicas, selects };
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    return `scaleTargetRef: ${resource.resource}${group ? `.${group}` : ''} ${JSON.stringify(name)} not found`;
  }
};

/** Kinds of others tell their selector in the status, as their scale subresource reads it there. */
const selectorOf = ({ spec, status }: KubeObject): ScaleTarget['selects'] | undefined => {
  const told = isObject(status) ? status['selector'] : undefined;
  if (typeof told === 'string' && told !== '') {
    const parsed = parseLabelSelector(told);
    return parsed.ok ? (pod) => matchesRequirements(parsed.value, pod.metadata.labels) : undefined;
  }
  const given = isObject(spec) ? spec['selector'] : undefined;
  if (!isObject(given)) return undefined;
  const isPlain = Object.values(given).every((value) => typeof value === 'string');
  const requirements = toRequirements((isPlain ? { matchLabels: given } : given) as LabelSelector);
  return (pod) => matchesRequirements(requirements, pod.metadata.labels);
};
