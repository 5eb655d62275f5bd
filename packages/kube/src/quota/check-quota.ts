/**
 * Whether a quota has room for one object more.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go#CheckRequest
 */
import type { ResourceQuota } from '../core/policy-objects.ts';
import type { Pod } from '../core/workloads.ts';
import { addAmounts, formatAmount, toAmounts, type Amounts } from './amounts.ts';
import { usageOf, type CountedObject } from './quota-usage.ts';

/** Must be said by each container when a quota limits them. */
const COMPUTE = /^(?:requests\.|limits\.)?(?:cpu|memory|ephemeral-storage)$/;

/** The refusal in Kubernetes' words; `undefined` when there is room. `used` is what the quota's other objects use. Pure. */
export const quotaRefusal = (quota: ResourceQuota, used: Amounts, wanted: CountedObject): string | undefined => {
  const hard = toAmounts(quota.spec?.hard);
  const name = quota.metadata.name ?? '';
  const unsaid = wanted.group === '' && wanted.plural === 'pods' ? unsaidResources(hard, wanted.object as Pod) : [];
  if (unsaid.length > 0) return `failed quota: ${name}: must specify ${unsaid.join('; ')}`;
  const requested = usageOf(wanted);
  const after = addAmounts(used, requested);
  const exceeded = [...hard.keys()]
    .filter(
      (resource) => (requested.get(resource) ?? 0n) > 0n && (after.get(resource) ?? 0n) > (hard.get(resource) ?? 0n),
    )
    .sort();
  if (exceeded.length === 0) return undefined;
  const list = (amounts: Amounts): string =>
    exceeded.map((resource) => `${resource}=${formatAmount(resource, amounts.get(resource) ?? 0n)}`).join(',');
  return `exceeded quota: ${name}, requested: ${list(requested)}, used: ${list(used)}, limited: ${list(hard)}`;
};

const unsaidResources = (hard: Amounts, pod: Pod): readonly string[] =>
  [...hard.keys()]
    .filter((resource) => COMPUTE.test(resource))
    .sort()
    .flatMap((resource) => {
      const isLimit = resource.startsWith('limits.');
      const name = resource.replace(/^(?:requests|limits)\./, '');
      const silent = (pod.spec?.containers ?? []).filter(({ resources }) =>
        isLimit
          ? resources?.limits?.[name] === undefined
          : resources?.requests?.[name] === undefined && resources?.limits?.[name] === undefined,
      );
      return silent.length === 0 ? [] : [`${resource} for: ${silent.map((container) => container.name).join(',')}`];
    });
