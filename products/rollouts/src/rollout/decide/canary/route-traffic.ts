/**
 * Turns a weight into the objects of the routers. Pure. @spec RO-TW-04, RO-TW-07, RO-TW-10
 */
import { isEqual } from '@argosy/base';

import { canaryIngressFor, canaryIngressName } from '../../../adapters/traffic-routers/nginx.ts';
import { routeFor } from '../../../adapters/traffic-routers/gateway-api.ts';
import { namedRoutes, stableIngressNames } from '../../../adapters/traffic-routers/named-objects.ts';
import { isRouted, maxWeightOf } from '../../../api/defaults.ts';
import type { TrafficWeights } from '../../../api/rollout.ts';
import { joinPlans, NO_PLAN, planOf, type Plan } from '../../plan.ts';
import { EVENTS } from '../../reasons.ts';
import { hashOf } from '../../revisions.ts';
import type { RolloutView } from '../../view.ts';
import { decideWeight } from './traffic-weight.ts';

/** The routers' objects, and the split they then have. */
export interface Routing {
  readonly plan: Plan;
  readonly weights: TrafficWeights | undefined;
}

/** Plans the routers. */
export const routeTraffic = (view: RolloutView): Routing => {
  if (!isRouted(view.rollout)) return { plan: NO_PLAN, weights: undefined };
  const weight = decideWeight(view);
  if (weight === undefined) return { plan: NO_PLAN, weights: view.status.canary?.weights };
  const weights = weightsFor(view, weight);
  const before = view.status.canary?.weights;
  const told =
    before && before.canary.weight !== weight
      ? planOf(
          [],
          [
            {
              type: 'Normal',
              reason: EVENTS.weightUpdated,
              message: `Traffic weight updated from ${before.canary.weight} to ${weight}`,
            },
          ],
        )
      : NO_PLAN;
  return { plan: joinPlans(planIngresses(view, weight), planRoutes(view, weight), told), weights };
};

const weightsFor = (view: RolloutView, weight: number): TrafficWeights => {
  const { canaryService, stableService, trafficRouting } = view.spec.strategy?.canary ?? {};
  const stableHash = view.stableSet ? hashOf(view.stableSet) : '';
  const canaryHash = view.isAborted && weight === 0 && stableHash ? stableHash : view.hash;
  return {
    canary: { weight, serviceName: canaryService, podTemplateHash: canaryHash },
    stable: {
      weight: maxWeightOf(trafficRouting) - weight,
      serviceName: stableService,
      podTemplateHash: stableHash || view.hash,
    },
  };
};

const planIngresses = (view: RolloutView, weight: number): Plan =>
  joinPlans(
    ...stableIngressNames(view.rollout).map((name) => {
      const stable = view.world.ingresses[name];
      if (!stable) return NO_PLAN;
      const existing = view.world.ingresses[canaryIngressName(view.rollout.metadata.name ?? '', name)];
      const ingress = canaryIngressFor(view.rollout, stable, { weight, existing });
      if (existing && isEqual(ingress, existing)) return NO_PLAN;
      return planOf(
        [{ kind: 'write-ingress', ingress, isNew: !existing }],
        [
          {
            type: 'Normal',
            reason: existing ? 'PatchingCanaryIngress' : 'CreatingCanaryIngress',
            message: existing
              ? `Updating Ingress \`${ingress.metadata.name}\` to desiredWeight '${weight}'`
              : `Creating canary ingress \`${ingress.metadata.name}\` with weight \`${weight}\``,
          },
        ],
      );
    }),
  );

const planRoutes = (view: RolloutView, weight: number): Plan =>
  joinPlans(
    ...namedRoutes(view.rollout).map(({ namespace, name, ruleName }) => {
      const route = view.world.routes[`${namespace}/${name}`];
      if (!route) return NO_PLAN;
      const next = routeFor(view.rollout, route, { weight, ...(ruleName === undefined ? {} : { ruleName }) });
      return isEqual(next, route) ? NO_PLAN : planOf([{ kind: 'write-route', route: next }]);
    }),
  );
