/**
 * What only pods have besides the common verbs: binding, eviction, logs.
 * @upstream kubernetes pkg/registry/core/pod/storage
 */
import { isObject } from '@argosy/base';
import type { Client, DeleteOptions, LogOptions } from '@argosy/client';
import {
  ApiStatusError,
  matchesLabelSelector,
  PODS,
  resourceType,
  type KubeObject,
  type LabelSelector,
  type ObjectKey,
} from '@argosy/kube';

type DisruptionBudget = KubeObject<{ readonly selector?: LabelSelector }, { readonly disruptionsAllowed?: number }>;

const DISRUPTION_BUDGETS = resourceType<DisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  namespaced: true,
});

/** Puts a pod on a node. Throws BadRequest, NotFound, and Conflict when the pod already has a node. */
export const bindPod = async (client: Client, key: ObjectKey, body: unknown): Promise<void> => {
  const target = isObject(body) && isObject(body['target']) ? body['target']['name'] : undefined;
  if (typeof target !== 'string' || target === '')
    throw new ApiStatusError('BadRequest', 'target.name: Required value: the name of a node');
  const pod = await client.get(PODS, key);
  if (pod.spec?.nodeName)
    throw new ApiStatusError(
      'Conflict',
      `Operation cannot be fulfilled on pods/binding "${key.name}": pod ${key.name} is already assigned to node "${pod.spec.nodeName}"`,
    );
  // The version makes the second of two bindings at once a conflict.
  const { resourceVersion } = pod.metadata;
  const patch = { metadata: { resourceVersion }, spec: { nodeName: target } };
  await client.patch(PODS, key, { kind: 'merge', patch });
};

/** Deletes a pod unless a disruption budget forbids it. Throws TooManyRequests, NotFound. */
export const evictPod = async (client: Client, key: ObjectKey, options: DeleteOptions): Promise<void> => {
  const pod = await client.get(PODS, key);
  const { items: budgets } = await client.list(DISRUPTION_BUDGETS, { namespace: key.namespace ?? '' });
  // A pod that has ended disrupts nothing.
  const hasEnded = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  const forbidding = budgets.find(
    ({ spec, status }) =>
      matchesLabelSelector(spec?.selector, pod.metadata.labels) && (status?.disruptionsAllowed ?? 0) <= 0,
  );
  if (forbidding && !hasEnded) {
    const message = `The disruption budget ${forbidding.metadata.name} allows no disruption now`;
    throw new ApiStatusError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [{ reason: 'DisruptionBudget', message }],
    });
  }
  await client.delete(PODS, key, options);
};

/** What of a log a request asks for. */
export const logOptions = (query: URLSearchParams, signal: AbortSignal): LogOptions => {
  const number = (name: string): number | undefined =>
    /^\d+$/.test(query.get(name) ?? '') ? Number(query.get(name)) : undefined;
  const flag = (name: string): boolean => query.get(name) === 'true';
  return {
    ...(query.get('container') ? { container: query.get('container') ?? '' } : {}),
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    ...(number('tailLines') === undefined ? {} : { tailLines: number('tailLines') }),
    ...(number('sinceSeconds') === undefined ? {} : { sinceSeconds: number('sinceSeconds') }),
    ...(number('limitBytes') === undefined ? {} : { limitBytes: number('limitBytes') }),
    ...(query.get('sinceTime') ? { sinceTime: query.get('sinceTime') ?? '' } : {}),
    signal,
  };
};
