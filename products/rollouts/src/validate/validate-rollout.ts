/**
 * The rules of a rollout's own spec. Pure. The first broken rule is the one reported. @spec RO-VAL-01…07, RO-CTL-18
 */
import { isObject, parseGoDuration } from '@argosy/base';
import { formatLabelSelector, matchesLabelSelector } from '@argosy/kube';

import { maxSurgeOf, maxWeightOf, progressDeadlineOf } from '../api/defaults.ts';
import type { RolloutSpec } from '../api/rollout.ts';
import type {
  AntiAffinity,
  BlueGreenStrategy,
  CanaryStep,
  CanaryStrategy,
  RolloutStrategy,
  TrafficRouting,
} from '../api/strategy.ts';
import { resolveSurge } from '../replicas/surge.ts';

/** A broken rule: the field, what is wrong with it and what to write instead. */
export interface RolloutFault {
  readonly field: string;
  readonly message: string;
}

type Fault = RolloutFault | undefined;
const fault = (field: string, message: string): RolloutFault => ({ field, message });

/** The first broken rule of a spec; undefined when there is none. */
export const findRolloutFault = (spec: RolloutSpec | undefined): Fault => {
  if (!spec) return fault('spec', 'Required value');
  return first(spec, [selectorRule, templateRule, numbersRule, (of) => findStrategyFault(of)]);
};

/** The fault as the text of a condition. */
export const describeFault = (found: RolloutFault): string => `${found.field}: ${found.message}`;

/** The first broken rule of `spec.strategy`. */
export const findStrategyFault = (of: {
  readonly strategy?: RolloutStrategy;
  readonly revisionHistoryLimit?: number;
}): Fault => {
  const { canary, blueGreen } = of.strategy ?? {};
  if (canary && blueGreen)
    return fault('spec.strategy', 'Multiple strategies can not be listed; keep one of blueGreen and canary');
  if (blueGreen) return findBlueGreenFault(blueGreen, of.revisionHistoryLimit ?? 10);
  return canary
    ? findCanaryFault(canary)
    : fault('spec.strategy', 'Rollout has missing field .spec.strategy.canary or .spec.strategy.blueGreen');
};

/** The first broken rule of a blue-green strategy. */
export const findBlueGreenFault = (blueGreen: BlueGreenStrategy, historyLimit: number): Fault => {
  const at = 'spec.strategy.blueGreen';
  if (blueGreen.activeService !== undefined && blueGreen.activeService === blueGreen.previewService)
    return fault(`${at}.previewService`, 'must not be the same Service as activeService');
  if ((blueGreen.scaleDownDelayRevisionLimit ?? 0) > historyLimit)
    return fault(`${at}.scaleDownDelayRevisionLimit`, 'must not be above spec.revisionHistoryLimit');
  return findAntiAffinityFault(blueGreen.antiAffinity, at);
};

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

/** Exactly one of the two kinds. */
export const findAntiAffinityFault = (antiAffinity: AntiAffinity | undefined, at: string): Fault => {
  if (!antiAffinity) return undefined;
  const preferred = antiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  const required = antiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  if ((preferred === undefined) === (required === undefined))
    return fault(
      `${at}.antiAffinity`,
      'give exactly one of preferred… and requiredDuringSchedulingIgnoredDuringExecution',
    );
  const weight = preferred?.weight;
  return preferred && (weight === undefined || weight < 1 || weight > 100)
    ? fault(`${at}.antiAffinity.preferredDuringSchedulingIgnoredDuringExecution.weight`, 'must be in the range 1-100')
    : undefined;
};

const CANARY = 'spec.strategy.canary';

const first = <T>(of: T, rules: readonly ((of: T) => Fault)[]): Fault => {
  for (const rule of rules) {
    const found = rule(of);
    if (found) return found;
  }
  return undefined;
};

const selectorRule = (spec: RolloutSpec): Fault => {
  if (spec.workloadRef) return undefined;
  if (!spec.selector) return fault('spec.selector', 'Rollout has missing field .spec.selector');
  return formatLabelSelector(spec.selector) === ''
    ? fault('spec.selector', 'empty selector is not valid for deployment; name the labels of the pods')
    : undefined;
};

const templateRule = (spec: RolloutSpec): Fault => {
  if (spec.workloadRef)
    return spec.template ? fault('spec.template', 'must be empty when workloadRef is set') : undefined;
  const template = spec.template;
  if (!template?.spec) return fault('spec.template.spec', 'Required value');
  if (!matchesLabelSelector(spec.selector ?? {}, template.metadata?.labels ?? {}))
    return fault('spec.template.metadata.labels', '`selector` does not match template `labels`');
  if ((template.spec.containers ?? []).length === 0) return fault('spec.template.spec.containers', 'Required value');
  const policy = template.spec.restartPolicy;
  return policy !== undefined && policy !== 'Always'
    ? fault(
        'spec.template.spec.restartPolicy',
        `Unsupported value: ${JSON.stringify(policy)}: supported values: "Always"`,
      )
    : undefined;
};

const numbersRule = (spec: RolloutSpec): Fault => {
  const fields = ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'] as const;
  const negative = fields.find((field) => (spec[field] ?? 0) < 0);
  if (negative) return fault(`spec.${negative}`, 'must be greater than or equal to 0');
  return progressDeadlineOf(spec) <= (spec.minReadySeconds ?? 0)
    ? fault('spec.progressDeadlineSeconds', 'must be greater than minReadySeconds')
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

const stepsRule = (canary: CanaryStrategy): Fault => {
  for (const [index, step] of (canary.steps ?? []).entries()) {
    const at = `${CANARY}.steps[${index}]`;
    const found = first(step, [
      (of) => actionRule(of, at),
      (of) => weightRule(of, canary.trafficRouting, at),
      (of) => pauseRule(of, at),
      (of) => scaleRule(of, canary, at),
      (of) => argumentsRule(of, at),
      (of) => experimentRule(of, canary.trafficRouting, at),
      (of) => headerRouteRule(of, canary.trafficRouting, at),
      (of) => mirrorRouteRule(of, canary.trafficRouting, at),
    ]);
    if (found) return found;
  }
  return undefined;
};

const actionRule = (step: CanaryStep, at: string): Fault => {
  const actions = Object.values(step).filter((value) => value !== undefined).length;
  if (actions === 0) return fault(at, 'step must have one of: setWeight, pause, analysis, setCanaryScale');
  const exclusive = [step.setWeight, step.pause, step.experiment, step.analysis].filter((value) => value !== undefined);
  return exclusive.length > 1 ? fault(at, 'step must have one action only; split it into several steps') : undefined;
};

const weightRule = (step: CanaryStep, routing: TrafficRouting | undefined, at: string): Fault => {
  const most = maxWeightOf(routing);
  return step.setWeight !== undefined && (step.setWeight < 0 || step.setWeight > most)
    ? fault(`${at}.setWeight`, `setWeight needs to be between 0 and max weight (${most})`)
    : undefined;
};

const pauseRule = (step: CanaryStep, at: string): Fault => {
  const duration = step.pause?.duration;
  if (duration === undefined) return undefined;
  const milliseconds = pauseMs(duration);
  return milliseconds === undefined || milliseconds < 0
    ? fault(
        `${at}.pause.duration`,
        `${JSON.stringify(duration)} is not a duration of 0 or more; write seconds, or 30s, 5m, 1h`,
      )
    : undefined;
};

/** How long a pause lasts, in milliseconds; undefined for what cannot be read. @spec RO-CAN-05 */
export const pauseMs = (duration: number | string): number | undefined => {
  if (typeof duration === 'number') return duration * 1000;
  return /^-?\d+$/.test(duration) ? Number(duration) * 1000 : parseGoDuration(duration);
};

const scaleRule = (step: CanaryStep, canary: CanaryStrategy, at: string): Fault => {
  if (!step.setCanaryScale) return undefined;
  if (!canary.trafficRouting) return fault(`${at}.setCanaryScale`, 'SetCanaryScale requires TrafficRouting to be set');
  const { replicas, weight } = step.setCanaryScale;
  return (replicas ?? 0) < 0 || (weight ?? 0) < 0 ? fault(`${at}.setCanaryScale`, 'must not be negative') : undefined;
};

/** Fields of the rollout's metadata are there before anything runs: a path that leads nowhere is a mistake. */
const argumentsRule = (step: CanaryStep, at: string): Fault => {
  const analyses = step.experiment?.analyses ?? [];
  const args = [...(step.analysis?.args ?? []), ...analyses.flatMap((one) => one.args ?? [])];
  const wrong = args.find(({ valueFrom }) => {
    const path = valueFrom?.fieldRef?.fieldPath;
    return path !== undefined && path.startsWith('metadata.') && !METADATA_PATH.test(path);
  });
  return wrong
    ? fault(`${at}.analysis.args`, `${wrong.name}: ${wrong.valueFrom?.fieldRef?.fieldPath} is not a field of a Rollout`)
    : undefined;
};

const METADATA_PATH =
  /^metadata\.(name|namespace|uid|generateName|resourceVersion|generation|creationTimestamp|(labels|annotations)(\['[^']+'\]|\.[\w-]+))$/;

const experimentRule = (step: CanaryStep, routing: TrafficRouting | undefined, at: string): Fault => {
  const isWeighted = step.experiment?.templates?.some(({ weight }) => weight !== undefined);
  if (!isWeighted) return undefined;
  const field = `${at}.experiment.templates.weight`;
  if (!routing) return fault(field, 'experiment template weight is only available with trafficRouting');
  return routing.smi || routing.alb || routing.istio || routing.plugins
    ? undefined
    : fault(field, 'experiment template weight is only available for SMI, ALB, Istio and plugins');
};

const headerRouteRule = (step: CanaryStep, routing: TrafficRouting | undefined, at: string): Fault => {
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

const mirrorRouteRule = (step: CanaryStep, routing: TrafficRouting | undefined, at: string): Fault => {
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
