/**
 * The class of a pod, from what its containers request and may use.
 * @upstream kubernetes pkg/apis/core/v1/helper/qos/qos.go#ComputePodQOS
 */
import { compareQuantities, isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

/** Classes, as `status.qosClass` names them. */
export type QualityOfService = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** Only these two resources count. */
const COUNTED = ['cpu', 'memory'] as const;

/**
 * Computes the class: Guaranteed when every container limits cpu and memory and requests just that, BestEffort when
 * none says anything of them.
 */
export const qualityOfService = (pod: Pod): QualityOfService => {
  const containers = [...listOf(pod.spec?.initContainers), ...listOf(pod.spec?.containers)].map((container) => {
    const resources = isObject(container) && isObject(container['resources']) ? container['resources'] : {};
    return { limits: counted(resources['limits']), requests: counted(resources['requests']) };
  });
  const saysNothing = containers.every(({ limits, requests }) => limits.size === 0 && requests.size === 0);
  if (saysNothing) return 'BestEffort';
  const isGuaranteed = containers.every(({ limits, requests }) =>
    COUNTED.every((name) => {
      const limit = limits.get(name);
      // A request left out is the limit.
      return limit !== undefined && compareQuantities(requests.get(name) ?? limit, limit) === 0;
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
};

// Runs before validation: a part of the wrong shape counts as absent here and is refused there.
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const counted = (amounts: unknown): ReadonlyMap<string, string | number> =>
  new Map(
    COUNTED.flatMap((name) => {
      const amount = isObject(amounts) ? amounts[name] : undefined;
      if (typeof amount !== 'string' && typeof amount !== 'number') return [];
      // Zero asks for nothing.
      return compareQuantities(amount, 0) > 0 ? [[name, amount] as const] : [];
    }),
  );
