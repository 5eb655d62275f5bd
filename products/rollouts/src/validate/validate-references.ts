/**
 * The rules between a rollout and what it names: Services, Ingresses, routes and analysis templates. Pure.
 * @spec RO-VAL-08, RO-VAL-09, RO-VAL-10, RO-SVC-03, RO-SVC-04
 */
import type { Result } from '@argosy/base';
import { isControlledBy, type Ingress, type Service } from '@argosy/kube';

import type { Metric } from '../api/analysis.ts';
import type { Rollout } from '../api/rollout.ts';
import type { RolloutAnalysis } from '../api/strategy.ts';
import { effectiveCount } from '../analysis-run/validate-metrics.ts';
import { canaryIngressName } from '../adapters/traffic-routers/nginx.ts';
import { namedRoutes, stableIngressNames } from '../adapters/traffic-routers/named-objects.ts';
import { HASH_LABEL, MANAGED_BY } from '../rollout/names.ts';
import type { RolloutWorld } from '../rollout/world.ts';
import { composeRun, type AnalysisTemplates, type RunContent } from '../analysis-run/compose-run.ts';
import type { RolloutFault } from './fault.ts';

type Fault = RolloutFault | undefined;

/** The first broken rule. */
export const findReferenceFault = (rollout: Rollout, world: RolloutWorld): Fault =>
  serviceFault(rollout, world) ??
  ingressFault(rollout, world) ??
  routeFault(rollout, world) ??
  analysisFault(rollout, world.templates);

/** The Services a rollout names, with the field that names each. */
export const namedServices = (rollout: Rollout): readonly { readonly field: string; readonly name: string }[] => {
  const { canary, blueGreen } = rollout.spec?.strategy ?? {};
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['spec.strategy.blueGreen.activeService', blueGreen?.activeService],
    ['spec.strategy.blueGreen.previewService', blueGreen?.previewService],
    ['spec.strategy.canary.canaryService', canary?.canaryService],
    ['spec.strategy.canary.stableService', canary?.stableService],
  ];
  return fields.flatMap(([field, name]) => (name ? [{ field, name }] : []));
};

/** The analyses a rollout names, with the field of each and whether it may run without end. */
export const namedAnalyses = (
  rollout: Rollout,
): readonly { readonly field: string; readonly analysis: RolloutAnalysis; readonly mayBeEndless: boolean }[] => {
  const { canary, blueGreen } = rollout.spec?.strategy ?? {};
  const steps = (canary?.steps ?? []).flatMap((step, index) =>
    step.analysis
      ? [{ field: `spec.strategy.canary.steps[${index}].analysis`, analysis: step.analysis, mayBeEndless: false }]
      : [],
  );
  const one = (field: string, analysis: RolloutAnalysis | undefined, mayBeEndless: boolean) =>
    analysis ? [{ field, analysis, mayBeEndless }] : [];
  return [
    ...one('spec.strategy.canary.analysis', canary?.analysis, true),
    ...steps,
    ...one('spec.strategy.blueGreen.prePromotionAnalysis', blueGreen?.prePromotionAnalysis, false),
    ...one('spec.strategy.blueGreen.postPromotionAnalysis', blueGreen?.postPromotionAnalysis, false),
  ];
};

const serviceFault = (rollout: Rollout, world: RolloutWorld): Fault => {
  for (const { field, name } of namedServices(rollout)) {
    const service = world.services[name];
    if (!service)
      return { field, message: `Invalid value: ${JSON.stringify(name)}: service ${JSON.stringify(name)} not found` };
    const owner = service.metadata.annotations?.[MANAGED_BY];
    if (owner !== undefined && owner !== rollout.metadata.name)
      return {
        field,
        message: `Service ${JSON.stringify(name)} is managed by another Rollout: ${JSON.stringify(owner)}`,
      };
    const label = strangeLabel(service, rollout);
    if (label)
      return {
        field,
        message: `Service ${JSON.stringify(name)} has unmatch label ${JSON.stringify(label)} in rollout`,
      };
  }
  return undefined;
};

const strangeLabel = (service: Service, rollout: Rollout): string | undefined => {
  const labels = rollout.spec?.template?.metadata?.labels ?? {};
  return Object.entries(service.spec?.selector ?? {}).find(
    ([key, value]) => key !== HASH_LABEL && labels[key] !== value,
  )?.[0];
};

const ingressFault = (rollout: Rollout, world: RolloutWorld): Fault => {
  const stableService = rollout.spec?.strategy?.canary?.stableService ?? '';
  const field = 'spec.strategy.canary.trafficRouting.nginx.stableIngress';
  if (rollout.spec?.strategy?.canary?.trafficRouting?.nginx && stableIngressNames(rollout).length === 0)
    return { field, message: 'Required value: name the Ingress of the stable Service' };
  for (const name of stableIngressNames(rollout)) {
    const ingress = world.ingresses[name];
    if (!ingress) return { field, message: `ingress ${JSON.stringify(name)} not found` };
    if (!hasBackend(ingress, stableService))
      return { field, message: `ingress ${JSON.stringify(name)} has no rules using service ${stableService} backend` };
    const canary = world.ingresses[canaryIngressName(rollout.metadata.name ?? '', name)];
    if (canary && !isControlledBy(canary, rollout))
      return {
        field,
        message: `ingress ${JSON.stringify(canary.metadata.name)} exists and is not controlled by this Rollout`,
      };
  }
  return undefined;
};

const hasBackend = (ingress: Ingress, service: string): boolean =>
  (ingress.spec?.rules ?? []).some((rule) =>
    (rule.http?.paths ?? []).some(({ backend }) => backend.service?.name === service),
  );

const routeFault = (rollout: Rollout, world: RolloutWorld): Fault => {
  const { canaryService, stableService, trafficRouting } = rollout.spec?.strategy?.canary ?? {};
  const routes = namedRoutes(rollout);
  const field = 'spec.strategy.canary.trafficRouting.plugins';
  if (trafficRouting?.plugins && routes.length === 0)
    return { field, message: 'argoproj-labs/gatewayAPI: name an httpRoute' };
  for (const { namespace, name } of routes) {
    const route = world.routes[`${namespace}/${name}`];
    if (!route) return { field, message: `HTTPRoute ${namespace}/${name} not found` };
    const isSplit = (route.spec?.rules ?? []).some((rule) => {
      const names = (rule.backendRefs ?? []).map((backend) => backend.name);
      return names.includes(canaryService ?? '') && names.includes(stableService ?? '');
    });
    if (!isSplit)
      return {
        field,
        message: `HTTPRoute ${namespace}/${name} has no rule with both ${stableService} and ${canaryService} as backends`,
      };
  }
  return undefined;
};

const analysisFault = (rollout: Rollout, templates: AnalysisTemplates): Fault => {
  for (const { field, analysis, mayBeEndless } of namedAnalyses(rollout)) {
    // Arguments that come from the rollout are resolved when a run starts; here each only needs a source.
    const content: Result<RunContent, string> = composeRun(analysis, analysis.args ?? [], templates);
    if (!content.ok) return { field, message: content.error };
    const endless = mayBeEndless ? undefined : content.value.metrics.find(isEndless);
    if (endless) return { field, message: `metric ${JSON.stringify(endless.name)} runs indefinitely; give it a count` };
  }
  return undefined;
};

/** A count that is still an argument's is finite for all we know. */
const isEndless = (metric: Metric): boolean =>
  effectiveCount(metric) === undefined && !(typeof metric.count === 'string' && metric.count.includes('{{'));
