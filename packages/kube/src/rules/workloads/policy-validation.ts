/** Rules of budgets and priorities. @upstream k8s.io/kubernetes/pkg/apis */
import { forbiddenField, invalidField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings } from '../findings.ts';
import { selectorFindings } from './selector-rules.ts';
import { partFindings, shareFindings } from './share-rules.ts';

/** Budgets: one way to say how much, and a number or a percentage. */
export const validatePodDisruptionBudget = (budget: Draft): readonly FieldError[] => {
  const spec = objectAt(budget, 'spec');
  const both = spec['minAvailable'] !== undefined && spec['maxUnavailable'] !== undefined;
  const policy = spec['unhealthyPodEvictionPolicy'];
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  return [
    ...(both ? [invalidField('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...(['minAvailable', 'maxUnavailable'] as const).flatMap((name) => [
      ...shareFindings(spec[name], `spec.${name}`),
      ...partFindings(spec[name], `spec.${name}`),
    ]),
    ...(policy === undefined || policies.includes(textAt(spec, 'unhealthyPodEvictionPolicy'))
      ? []
      : [unsupportedValue('spec.unhealthyPodEvictionPolicy', policy, policies)]),
    ...selectorFindings(spec, 'selector', 'spec'),
  ];
};

/** @upstream pkg/apis/scheduling/v1/helpers.go#HighestUserDefinablePriority */
const HIGHEST_PRIORITY = 1_000_000_000;

/** Priorities: a value that stays, and users' ones below the system's. */
export const validatePriorityClass = (priority: Draft, previous?: Draft): readonly FieldError[] => {
  const value = numberAt(priority, 'value') ?? 0;
  const isSystem = textAt(objectAt(priority, 'metadata'), 'name').startsWith('system-');
  return [
    ...(value > HIGHEST_PRIORITY && !isSystem
      ? [forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST_PRIORITY}`)]
      : []),
    ...(previous
      ? []
      : choiceFindings(priority, 'preemptionPolicy', '', ['PreemptLowerPriority', 'Never']).map((found) => ({
          ...found,
          field: 'preemptionPolicy',
        }))),
    ...(previous && value !== numberAt(previous, 'value')
      ? [forbiddenField('value', 'may not be changed in an update.')]
      : []),
    ...(previous && priority['preemptionPolicy'] !== previous['preemptionPolicy']
      ? [invalidField('preemptionPolicy', priority['preemptionPolicy'] ?? null, 'field is immutable')]
      : []),
  ];
};
