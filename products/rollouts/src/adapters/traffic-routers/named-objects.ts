/**
 * The objects of routers a rollout names. Pure. @spec RO-NGX-01, RO-GWA-01
 */
import { isObject } from '@argosy/base';

import type { Rollout } from '../../api/rollout.ts';
import { GATEWAY_API_PLUGIN, type GatewayApiRouting } from '../../api/strategy.ts';

/** An HTTPRoute, and the rule of it that is split; without one, every rule with both Services is. */
export interface NamedRoute {
  readonly namespace: string;
  readonly name: string;
  readonly ruleName?: string;
}

/** Names of the stable Ingresses. */
export const stableIngressNames = (rollout: Rollout): readonly string[] => {
  const nginx = rollout.spec?.strategy?.canary?.trafficRouting?.nginx;
  if (!nginx) return [];
  return nginx.stableIngresses ?? (nginx.stableIngress ? [nginx.stableIngress] : []);
};

/** The HTTPRoutes. */
export const namedRoutes = (rollout: Rollout): readonly NamedRoute[] => {
  const plugin = rollout.spec?.strategy?.canary?.trafficRouting?.plugins?.[GATEWAY_API_PLUGIN];
  if (!isObject(plugin)) return [];
  // The schema has checked the fields.
  const routing = plugin as GatewayApiRouting;
  const namespace = routing.namespace ?? rollout.metadata.namespace ?? '';
  const single = routing.httpRoute ? [{ namespace, name: routing.httpRoute }] : [];
  return [
    ...single,
    ...(routing.httpRoutes ?? []).map(({ name, ruleName }) => ({
      namespace,
      name,
      ...(ruleName === undefined ? {} : { ruleName }),
    })),
  ];
};
