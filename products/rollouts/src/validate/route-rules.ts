/**
 * The rules of steps that set routes of a traffic router. @spec RO-VAL-06
 */
import { isObject } from '@argosy/base';

import type { CanaryStep, TrafficRouting } from '../api/strategy.ts';
import { CANARY, type Fault, fault } from './fault.ts';

/** What a step that routes by headers must be. */
export const headerRouteRule = (step: CanaryStep, routing: TrafficRouting | undefined, at: string): Fault => {
  const route = step.setHeaderRoute;
  if (!route) return undefined;
  const field = `${at}.setHeaderRoute`;
  if (!routing) return fault(field, 'requires trafficRouting');
  for (const [index, match] of (route.match ?? []).entries()) {
    const wrong = stringMatchFault(match.headerValue, `${field}.match[${index}].headerValue`);
    const isInexact = routing.alb !== undefined && (match.headerValue?.prefix || match.headerValue?.regex);
    if (isInexact) return fault(`${field}.match[${index}].headerValue`, 'the ALB matches exact values only');
    if (wrong) return wrong;
  }
  return managedRouteFault(route.name, routing, field);
};

/** What a step that mirrors requests must be. */
export const mirrorRouteRule = (step: CanaryStep, routing: TrafficRouting | undefined, at: string): Fault => {
  const route = step.setMirrorRoute;
  if (!route) return undefined;
  const field = `${at}.setMirrorRoute`;
  if (!routing) return fault(field, 'requires trafficRouting');
  for (const [index, match] of (route.match ?? []).entries()) {
    const pairs = [
      ['method', match.method],
      ['path', match.path],
    ] as const;
    for (const [name, value] of pairs) {
      const wrong = value ? stringMatchFault(value, `${field}.match[${index}].${name}`) : undefined;
      if (wrong) return wrong;
    }
  }
  return managedRouteFault(route.name, routing, field);
};

const stringMatchFault = (value: unknown, field: string): Fault => {
  const given = isObject(value) ? Object.values(value).filter((one) => one !== undefined && one !== '').length : 0;
  if (given === 1) return undefined;
  return fault(field, given === 0 ? 'give one of exact, prefix, regex' : 'give only one of exact, prefix, regex');
};

const managedRouteFault = (name: string | undefined, routing: TrafficRouting, field: string): Fault =>
  routing.managedRoutes?.some((route) => route.name === name)
    ? undefined
    : fault(`${field}.name`, `must be listed in ${CANARY}.trafficRouting.managedRoutes`);
