/**
 * The rules of a canary strategy. @spec RO-VAL-03, RO-VAL-04, RO-VAL-05, RO-VAL-07
 */
import { maxSurgeOf } from '../api/defaults.ts';
import type { CanaryStrategy } from '../api/strategy.ts';
import { resolveSurge } from '../replicas/surge.ts';
import { CANARY, type Fault, fault, first } from './fault.ts';
import { stepsRule } from './step-rules.ts';
import { findAntiAffinityFault } from './blue-green-rules.ts';

/** The first broken rule of a canary strategy. */
export const findCanaryFault = (canary: CanaryStrategy): Fault =>
  first(canary, [servicesRule, pingPongRule, routerRule, maxWeightRule, delayRule, surgeRule, stepsRule]) ??
  findAntiAffinityFault(canary.antiAffinity, CANARY);

/** Both limits 0 leave no way to move. */
export const findSurgeFault = (canary: Pick<CanaryStrategy, 'maxSurge' | 'maxUnavailable'>): Fault => {
  const resolved = resolveSurge({ maxSurge: maxSurgeOf(canary), maxUnavailable: canary.maxUnavailable ?? 1 }, 1);
  if (!resolved.ok) return fault(CANARY, resolved.error);
  return isZero(canary.maxSurge) && isZero(canary.maxUnavailable)
    ? fault(`${CANARY}.maxSurge`, 'maxSurge and maxUnavailable cannot both be 0; give one of them at least 1')
    : undefined;
};

const NEED_SERVICES = ['smi', 'apisix', 'ambassador', 'nginx', 'appMesh', 'traefik'] as const;

const servicesRule = (canary: CanaryStrategy): Fault => {
  if (canary.stableService && canary.stableService === canary.canaryService)
    return fault(`${CANARY}.stableService`, 'must not be the same Service as canaryService');
  const routing = canary.trafficRouting;
  if (!routing || (canary.canaryService && canary.stableService)) return undefined;
  const needs =
    NEED_SERVICES.some((router) => routing[router] !== undefined) ||
    (routing.alb !== undefined && !canary.pingPong) ||
    (routing.istio !== undefined && routing.istio.destinationRule === undefined && !canary.pingPong);
  return needs
    ? fault(
        `${CANARY}.${canary.stableService ? 'canaryService' : 'stableService'}`,
        'must be set when this traffic router is used',
      )
    : undefined;
};

const pingPongRule = ({ pingPong, trafficRouting }: CanaryStrategy): Fault => {
  if (!pingPong) return undefined;
  const at = `${CANARY}.pingPong`;
  if (trafficRouting && !trafficRouting.alb && !trafficRouting.istio && !trafficRouting.plugins)
    return fault(at, 'can only be used with the ALB, Istio or a plugin as router');
  if (!pingPong.pingService) return fault(`${at}.pingService`, 'Required value');
  if (!pingPong.pongService) return fault(`${at}.pongService`, 'Required value');
  if (pingPong.pingService === pingPong.pongService) return fault(at, 'pingService and pongService must differ');
  return trafficRouting?.alb && !trafficRouting.alb.rootService
    ? fault(`${CANARY}.trafficRouting.alb.rootService`, 'must be set when pingPong is used')
    : undefined;
};

const routerRule = ({ trafficRouting }: CanaryStrategy): Fault => {
  const nginx = trafficRouting?.nginx;
  if (!nginx || nginx.stableIngress === undefined || nginx.stableIngresses === undefined) return undefined;
  return fault(`${CANARY}.trafficRouting.nginx`, 'give either stableIngress or stableIngresses; both are set');
};

const maxWeightRule = ({ trafficRouting }: CanaryStrategy): Fault =>
  trafficRouting?.maxTrafficWeight !== undefined && !trafficRouting.nginx && !trafficRouting.plugins
    ? fault(`${CANARY}.trafficRouting.maxTrafficWeight`, 'is supported by nginx and plugins only')
    : undefined;

const delayRule = (canary: CanaryStrategy): Fault => {
  if (!canary.trafficRouting) {
    const field = (['scaleDownDelaySeconds', 'dynamicStableScale'] as const).find((name) => canary[name]);
    return field ? fault(`${CANARY}.${field}`, 'can only be used with trafficRouting') : undefined;
  }
  return canary.dynamicStableScale && canary.scaleDownDelaySeconds !== undefined
    ? fault(`${CANARY}.dynamicStableScale`, 'cannot be used together with scaleDownDelaySeconds')
    : undefined;
};

const surgeRule = (canary: CanaryStrategy): Fault => findSurgeFault(canary);

const isZero = (value: number | string | undefined): boolean => value !== undefined && /^0%?$/.test(String(value));
