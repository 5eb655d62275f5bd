/**
 * Rules of quotas: resources that are known, and scopes that exist and can tell them apart.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateResourceQuotaSpec
 */
import { invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { goStruct, goTexts } from '../../messages/go-syntax.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { invalidAs, textsAt } from '../findings.ts';
import { isOfQuotas, quotaAmountFindings } from './resource-names.ts';

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
];

const CONFLICTING = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

/** Pods by their number, which every scope counts. */
const COUNTED = 'pods';
/** What pods use, which every scope but one counts: who makes no effort asks for nothing. */
const USED = new Set(['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']);

/** Quotas: amounts of what is known, scopes that exist, which stay. */
export const validateResourceQuota = (quota: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(quota, 'spec');
  const scopes = scopesOf(spec);
  const before = scopesOf(objectAt(previous, 'spec'));
  return [
    ...quotaAmountFindings(objectAt(spec, 'hard'), 'spec.hard'),
    ...scopeFindings(spec, scopes),
    ...(spec['scopeSelector'] === undefined ? [] : selectorFindings(spec)),
    ...(previous && new Set([...scopes, ...before]).size > Math.min(new Set(scopes).size, new Set(before).size)
      ? [wrongScopes(scopes, 'field is immutable')]
      : []),
  ];
};

const scopesOf = (spec: Draft): readonly string[] => textsAt(spec, 'scopes').map(([, scope]) => scope);

const wrongScopes = (scopes: readonly string[], why: string): FieldError =>
  invalidAs('spec.scopes', goTexts(scopes.length === 0 ? undefined : scopes, 'core.ResourceQuotaScope'), why);

const scopeFindings = (spec: Draft, scopes: readonly string[]): readonly FieldError[] => [
  ...scopes.flatMap((scope) => [
    ...(SCOPES.includes(scope) ? [] : [wrongScopes(scopes, 'unsupported scope')]),
    ...beyondScope(spec, scope).map(() => wrongScopes(scopes, 'unsupported scope applied to resource')),
  ]),
  ...conflictsOf(scopes).map(() => wrongScopes(scopes, 'conflicting scopes')),
];

const conflictsOf = (scopes: readonly string[]): readonly unknown[] =>
  CONFLICTING.filter((pair) => pair.every((scope) => scopes.includes(scope)));

/** The limits that a scope cannot count. */
const beyondScope = (spec: Draft, scope: string): readonly string[] =>
  SCOPES.includes(scope)
    ? Object.keys(objectAt(spec, 'hard')).filter(
        (name) => isOfQuotas(name) && name !== COUNTED && (scope === 'BestEffort' || !USED.has(name)),
      )
    : [];

const SELECTED = 'spec.scopeSelector.matchExpressions';
const ONLY_EXISTS =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

const selectorFindings = (spec: Draft): readonly FieldError[] => {
  const selector = objectAt(spec, 'scopeSelector');
  const requirements = itemsAt(selector, 'matchExpressions').map(([, one]) => one);
  const shown = goStruct('core/v1.ScopeSelector', selector, 'core');
  return [
    ...requirements.flatMap((one) => requirementFindings(spec, one, shown)),
    ...conflictsOf(requirements.map((one) => textAt(one, 'scopeName'))).map(() =>
      invalidAs(SELECTED, goTexts(undefined, 'core.ResourceQuotaScope'), 'conflicting scopes'),
    ),
  ];
};

const requirementFindings = (spec: Draft, requirement: Draft, shown: string): readonly FieldError[] => {
  const name = textAt(requirement, 'scopeName');
  const operator = textAt(requirement, 'operator');
  return [
    ...(SCOPES.includes(name) ? [] : [invalidField(`${SELECTED}.scopeName`, name, 'unsupported scope')]),
    ...beyondScope(spec, name).map(() => invalidAs(SELECTED, shown, 'unsupported scope applied to resource')),
    ...(SCOPES.includes(name) && name !== 'PriorityClass' && operator !== 'Exists'
      ? [invalidField(`${SELECTED}.operator`, operator, ONLY_EXISTS)]
      : []),
    ...operatorFindings(
      operator,
      textsAt(requirement, 'values').map(([, value]) => value),
    ),
  ];
};

const operatorFindings = (operator: string, values: readonly string[]): readonly FieldError[] => {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [
            requiredField(
              `${SELECTED}.values`,
              "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
            ),
          ];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [
            invalidAs(
              `${SELECTED}.values`,
              goTexts(values),
              "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
            ),
          ];
    default:
      return [invalidField(`${SELECTED}.operator`, operator, 'not a valid selector operator')];
  }
};
