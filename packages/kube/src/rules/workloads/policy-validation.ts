/** Rules of access, budgets, quotas and priorities. @upstream k8s.io/kubernetes/pkg/apis */
import { compareQuantities, isEqual, parseQuantity } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, qualifiedNameFindings, repeatedIn } from '../findings.ts';
import { selectorFindings } from './selector-rules.ts';

const NOT_NEGATIVE = 'must be greater than or equal to 0';
/** @upstream k8s.io/apimachinery/pkg/api/resource/quantity.go */
const QUANTITY_RULE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Budgets: one way to say how much, and a number or a percentage. */
export const validatePodDisruptionBudget = (budget: Draft): readonly FieldError[] => {
  const spec = objectAt(budget, 'spec');
  const both = spec['minAvailable'] !== undefined && spec['maxUnavailable'] !== undefined;
  const policy = spec['unhealthyPodEvictionPolicy'];
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  return [
    ...(both ? [invalidField('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...(['minAvailable', 'maxUnavailable'] as const).flatMap((name) => amountFindings(spec[name], `spec.${name}`)),
    ...(policy === undefined || policies.includes(textAt(spec, 'unhealthyPodEvictionPolicy'))
      ? []
      : [unsupportedValue('spec.unhealthyPodEvictionPolicy', policy, policies)]),
    ...selectorFindings(spec, 'selector', 'spec'),
  ];
};

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

/** Quotas: amounts that are quantities, scopes that exist. */
export const validateResourceQuota = (quota: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(quota, 'spec');
  const scopes = Array.isArray(spec['scopes']) ? (spec['scopes'] as readonly unknown[]) : [];
  return [
    ...quantityFindings(objectAt(spec, 'hard'), 'spec.hard'),
    ...scopes.flatMap((scope, at) =>
      SCOPES.includes(String(scope)) ? [] : [unsupportedValue(`spec.scopes[${at}]`, scope, SCOPES)],
    ),
    ...(spec['scopeSelector'] === undefined ? [] : scopeSelectorFindings(objectAt(spec, 'scopeSelector'))),
    ...CONFLICTING.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() =>
      invalidField('spec.scopes', scopes, 'conflicting scopes'),
    ),
    ...(previous && !isEqual(spec['scopes'], objectAt(previous, 'spec')['scopes'])
      ? [invalidField('spec.scopes', scopes, 'field is immutable')]
      : []),
  ];
};

const SELECTED = 'spec.scopeSelector.matchExpressions';
const ONLY_EXISTS =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

const scopeSelectorFindings = (selector: Draft): readonly FieldError[] => {
  const names = itemsAt(selector, 'matchExpressions').map(([, one]) => textAt(one, 'scopeName'));
  return [
    ...itemsAt(selector, 'matchExpressions').flatMap(([, one]) => selectedScopeFindings(one)),
    ...CONFLICTING.filter((pair) => pair.every((scope) => names.includes(scope))).map(() =>
      invalidField(SELECTED, null, 'conflicting scopes'),
    ),
  ];
};

const selectedScopeFindings = (requirement: Draft): readonly FieldError[] => {
  const name = textAt(requirement, 'scopeName');
  const operator = textAt(requirement, 'operator');
  const values = countOf(requirement, 'values');
  const isSet = operator === 'In' || operator === 'NotIn';
  const isOfPresence = operator === 'Exists' || operator === 'DoesNotExist';
  return [
    ...(SCOPES.includes(name) ? [] : [invalidField(`${SELECTED}.scopeName`, name, 'unsupported scope')]),
    ...(SCOPES.includes(name) && name !== 'PriorityClass' && operator !== 'Exists'
      ? [invalidField(`${SELECTED}.operator`, operator, ONLY_EXISTS)]
      : []),
    ...(isSet && values === 0
      ? [
          requiredField(
            `${SELECTED}.values`,
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
          ),
        ]
      : []),
    ...(isOfPresence && values > 0
      ? [
          invalidField(
            `${SELECTED}.values`,
            requirement['values'],
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
          ),
        ]
      : []),
    ...(isSet || isOfPresence ? [] : [invalidField(`${SELECTED}.operator`, operator, 'not a valid selector operator')]),
  ];
};

/** Limits: of a known type, and min ≤ default request ≤ default ≤ max. */
export const validateLimitRange = (range: Draft): readonly FieldError[] => {
  const limits = itemsAt(objectAt(range, 'spec'), 'limits');
  const repeated = repeatedIn(limits.map(([, { type }]) => type));
  return limits.flatMap(([index, limit], at) => {
    const path = `spec.limits[${index}]`;
    return [
      ...limitTypeFindings(textAt(limit, 'type'), `${path}.type`),
      ...['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].flatMap((name) =>
        quantityFindings(objectAt(limit, name), `${path}.${name}`),
      ),
      ...(textAt(limit, 'type') === 'Pod'
        ? ['default', 'defaultRequest']
            .filter((name) => limit[name] !== undefined)
            .map((name) => forbiddenField(`${path}.${name}`, "may not be specified when `type` is 'Pod'"))
        : []),
      ...(textAt(limit, 'type') === 'PersistentVolumeClaim' && limit['min'] === undefined && limit['max'] === undefined
        ? [
            requiredField(
              `${path}.limits`,
              'either minimum or maximum storage value is required, but neither was provided',
            ),
          ]
        : []),
      ...(repeated.has(at) ? [duplicateField(`${path}.type`, limit['type'])] : []),
      ...orderFindings(limit, path, ['min', 'defaultRequest', 'default', 'max']),
    ];
  });
};

const LIMIT_TYPES = ['Container', 'PersistentVolumeClaim', 'Pod'];

/** Types of others are named with a prefix. */
const limitTypeFindings = (type: string, field: string): readonly FieldError[] => {
  const wrong = qualifiedNameFindings(field, type);
  if (wrong.length > 0) return wrong;
  return type.includes('/') || LIMIT_TYPES.includes(type)
    ? []
    : [invalidField(field, type, 'must be a standard limit type or fully qualified')];
};

const orderFindings = (limit: Draft, path: string, names: readonly string[]): readonly FieldError[] =>
  names.flatMap((low, at) =>
    names.slice(at + 1).flatMap((high) =>
      Object.entries(objectAt(limit, low)).flatMap(([resource, amount]) => {
        const above = objectAt(limit, high)[resource];
        if (!isAmount(amount) || !isAmount(above) || compareQuantities(amount, above) <= 0) return [];
        return [
          invalidField(
            `${path}.${low}[${resource}]`,
            amount,
            `${low} value ${amount} is greater than ${high} value ${above}`,
          ),
        ];
      }),
    ),
  );

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
    ...choiceFindings(priority, 'preemptionPolicy', '', ['PreemptLowerPriority', 'Never']).map((found) => ({
      ...found,
      field: 'preemptionPolicy',
    })),
    ...(previous && value !== numberAt(previous, 'value')
      ? [forbiddenField('value', 'may not be changed in an update.')]
      : []),
    ...(previous && priority['preemptionPolicy'] !== previous['preemptionPolicy']
      ? [invalidField('preemptionPolicy', priority['preemptionPolicy'] ?? null, 'field is immutable')]
      : []),
  ];
};

const countOf = (draft: Draft, name: string): number => {
  const part = draft[name];
  return Array.isArray(part) ? part.length : 0;
};

const isAmount = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** Findings of quantities by name: each must be one, and none below zero. */
export const quantityFindings = (amounts: Draft, path: string): readonly FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => {
    const parsed = isAmount(amount) ? parseQuantity(amount) : undefined;
    if (parsed === undefined) return [invalidField(`${path}[${name}]`, amount, QUANTITY_RULE)];
    return parsed < 0n ? [invalidField(`${path}[${name}]`, amount, NOT_NEGATIVE)] : [];
  });

const amountFindings = (amount: unknown, path: string): readonly FieldError[] => {
  if (typeof amount === 'number') return amount < 0 ? [invalidField(path, amount, NOT_NEGATIVE)] : [];
  if (typeof amount !== 'string') return [];
  if (!/^[0-9]+%$/.test(amount)) return [invalidField(path, amount, "must be an integer or percentage (e.g '5%%')")];
  return Number.parseInt(amount, 10) > 100 ? [invalidField(path, amount, 'must not be greater than 100%')] : [];
};
