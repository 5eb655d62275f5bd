/**
 * A weight as the Gateway API reads it: weights of the two backends in each rule that has both. Pure. @spec RO-GWA-01, RO-GWA-02
 */
import type { HTTPRoute } from '@argosy/kube';

import { maxWeightOf } from '../../api/defaults.ts';
import type { Rollout } from '../../api/rollout.ts';

/** Label of a route while a canary has a share, so that GitOps tools can leave its weights alone. */
const IN_PROGRESS_LABEL = 'rollouts.argoproj.io/gatewayapi-canary';

/** The route with the weights set; the same value when nothing is to change. */
export const routeFor = (
  rollout: Rollout,
  route: HTTPRoute,
  of: { readonly weight: number; readonly ruleName?: string },
): HTTPRoute => {
  const { canaryService, stableService, trafficRouting } = rollout.spec?.strategy?.canary ?? {};
  const weights: Readonly<Record<string, number>> = {
    [canaryService ?? '']: of.weight,
    [stableService ?? '']: maxWeightOf(trafficRouting) - of.weight,
  };
  const rules = (route.spec?.rules ?? []).map((rule) => {
    const backends = rule.backendRefs ?? [];
    const names = backends.map(({ name }) => name);
    const isOurs = names.includes(canaryService ?? '') && names.includes(stableService ?? '');
    const isNamed = of.ruleName === undefined || (rule as { readonly name?: string }).name === of.ruleName;
    if (!isOurs || !isNamed) return rule;
    return {
      ...rule,
      backendRefs: backends.map((backend) => {
        const weight = weights[backend.name];
        return weight === undefined ? backend : { ...backend, weight };
      }),
    };
  });
  const { [IN_PROGRESS_LABEL]: _before, ...labels } = route.metadata.labels ?? {};
  const marked = of.weight > 0 ? { ...labels, [IN_PROGRESS_LABEL]: 'in-progress' } : labels;
  const hasLabels = Object.keys(marked).length > 0 || route.metadata.labels !== undefined;
  return {
    ...route,
    metadata: { ...route.metadata, ...(hasLabels ? { labels: marked } : {}) },
    spec: { ...route.spec, rules },
  } as HTTPRoute;
};
