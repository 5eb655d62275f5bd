/**
 * The rules of a rollout's own spec. Pure. The first broken rule is the one reported. @spec RO-VAL-01…07, RO-CTL-18
 */
import { formatLabelSelector, matchesLabelSelector } from '@argosy/kube';

import { progressDeadlineOf } from '../api/defaults.ts';
import type { RolloutSpec } from '../api/rollout.ts';
import type { RolloutStrategy } from '../api/strategy.ts';
import { type Fault, type RolloutFault, fault, first } from './fault.ts';
import { findCanaryFault } from './canary-rules.ts';
import { findBlueGreenFault } from './blue-green-rules.ts';

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
