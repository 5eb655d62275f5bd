/**
 * What a pod asks for and may use, over its containers. @upstream kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go#PodRequests
 */
import type { Container, Pod, PodSpec } from '../core/workloads.ts';
import { addAmounts, largestAmounts, toAmounts, type Amounts } from './amounts.ts';

const NOTHING: Amounts = new Map();

/** Sums the containers; init containers run before them, one at a time, and sidecars beside all. Pure. */
export const podAmounts = (pod: Pod, of: 'requests' | 'limits'): Amounts => {
  const amountsOf = (container: Container): Amounts =>
    toAmounts(
      of === 'limits'
        ? container.resources?.limits
        : // A request left out is the limit.
          { ...container.resources?.limits, ...container.resources?.requests },
    );
  // Quotas look at a pod before anybody has validated it.
  const { containers = [], ...spec }: Partial<PodSpec> = pod.spec ?? {};
  let beside = NOTHING;
  let highest = NOTHING;
  for (const container of spec.initContainers ?? []) {
    const amounts = amountsOf(container);
    if (container.restartPolicy === 'Always') beside = addAmounts(beside, amounts);
    highest = largestAmounts(highest, container.restartPolicy === 'Always' ? beside : addAmounts(beside, amounts));
  }
  const overhead = toAmounts(spec['overhead'] as Readonly<Record<string, string>> | undefined);
  const main = addAmounts(beside, ...containers.map(amountsOf));
  return addAmounts(largestAmounts(main, highest), overhead);
};
