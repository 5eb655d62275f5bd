/**
 * The rules of the steps of a canary. @spec RO-VAL-05, RO-VAL-06, RO-CAN-05
 */
import { parseGoDuration } from '@argosy/base';

import { maxWeightOf } from '../api/defaults.ts';
import type { CanaryStep, CanaryStrategy, TrafficRouting } from '../api/strategy.ts';
import { CANARY, type Fault, fault, first } from './fault.ts';
import { headerRouteRule, mirrorRouteRule } from './route-rules.ts';

/** The first broken rule of the first wrong step. */
export const stepsRule = (canary: CanaryStrategy): Fault => {
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
