/** Rules of access, budgets, quotas, volumes and autoscalers. @upstream k8s.io/kubernetes/pkg/apis */
import { compareQuantities, isEqual, parseQuantity } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from './draft.ts';

const NOT_NEGATIVE = 'must be greater than or equal to 0';
/** @upstream k8s.io/apimachinery/pkg/api/resource/quantity.go */
const QUANTITY_RULE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Roles: verbs, and either resources of groups or URLs. */
export const validateRole = (role: Draft): readonly FieldError[] =>
  itemsAt(role, 'rules').flatMap(([index, rule]) => {
    const path = `rules[${index}]`;
    const urls = countOf(rule, 'nonResourceURLs');
    const isNamespaced = role['kind'] === 'Role';
    if (urls > 0)
      return [
        ...(isNamespaced
          ? [
              invalidField(
                `${path}.nonResourceURLs`,
                rule['nonResourceURLs'],
                'namespaced rules cannot apply to non-resource URLs',
              ),
            ]
          : []),
        ...(countOf(rule, 'apiGroups') + countOf(rule, 'resources') > 0
          ? [
              invalidField(
                `${path}.nonResourceURLs`,
                rule['nonResourceURLs'],
                'rules cannot apply to both regular resources and non-resource URLs',
              ),
            ]
          : []),
      ];
    return [
      ...(countOf(rule, 'verbs') === 0
        ? [requiredField(`${path}.verbs`, 'verbs must contain at least one value')]
        : []),
      ...(countOf(rule, 'apiGroups') === 0
        ? [requiredField(`${path}.apiGroups`, 'resource rules must supply at least one api group')]
        : []),
      ...(countOf(rule, 'resources') === 0
        ? [requiredField(`${path}.resources`, 'resource rules must supply at least one resource')]
        : []),
    ];
  });

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

/** Quotas: amounts that are quantities, scopes that exist. */
export const validateResourceQuota = (quota: Draft): readonly FieldError[] => {
  const spec = objectAt(quota, 'spec');
  const scopes = Array.isArray(spec['scopes']) ? (spec['scopes'] as readonly unknown[]) : [];
  return [
    ...quantityFindings(objectAt(spec, 'hard'), 'spec.hard'),
    ...scopes.flatMap((scope, at) =>
      SCOPES.includes(String(scope)) ? [] : [unsupportedValue(`spec.scopes[${at}]`, scope, SCOPES)],
    ),
  ];
};

/** Limits: of a known type, and min ≤ default request ≤ default ≤ max. */
export const validateLimitRange = (range: Draft): readonly FieldError[] =>
  itemsAt(objectAt(range, 'spec'), 'limits').flatMap(([index, limit]) => {
    const path = `spec.limits[${index}]`;
    const types = ['Container', 'PersistentVolumeClaim', 'Pod'];
    return [
      ...(types.includes(textAt(limit, 'type')) ? [] : [unsupportedValue(`${path}.type`, limit['type'] ?? '', types)]),
      ...['max', 'min', 'default', 'defaultRequest'].flatMap((name) =>
        quantityFindings(objectAt(limit, name), `${path}.${name}`),
      ),
      ...orderFindings(limit, path, ['min', 'defaultRequest', 'default', 'max']),
    ];
  });

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

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** Claims: a mode and a size; afterwards only the size may grow. */
export const validatePersistentVolumeClaim = (claim: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(claim, 'spec');
  const requests = objectAt(objectAt(spec, 'resources'), 'requests');
  return [
    ...modeFindings(spec),
    ...(requests['storage'] === undefined ? [requiredField('spec.resources[storage]')] : []),
    ...quantityFindings(requests, 'spec.resources.requests'),
    ...(previous ? claimChanges(spec, objectAt(previous, 'spec')) : []),
  ];
};

const claimChanges = (spec: Draft, before: Draft): readonly FieldError[] => {
  const fixed = (part: Draft): Draft => {
    const { resources: _size, volumeName, storageClassName, ...rest } = part;
    // Both are filled in once, by whoever binds the claim.
    return {
      ...rest,
      ...(before['volumeName'] ? { volumeName } : {}),
      ...(before['storageClassName'] === undefined ? {} : { storageClassName }),
    };
  };
  const sizes = [spec, before].map((part) => objectAt(objectAt(part, 'resources'), 'requests')['storage']);
  const [size, sizeBefore] = sizes;
  const shrinks = isAmount(size) && isAmount(sizeBefore) && compareQuantities(size, sizeBefore) < 0;
  return [
    ...(isEqual(fixed(spec), fixed(before))
      ? []
      : [
          forbiddenField(
            'spec',
            'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
          ),
        ]),
    ...(shrinks
      ? [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')]
      : []),
  ];
};

/** Volumes: a size, a mode, and one place to be. */
export const validatePersistentVolume = (volume: Draft): readonly FieldError[] => {
  const spec = objectAt(volume, 'spec');
  const notSources = new Set([
    'capacity',
    'accessModes',
    'claimRef',
    'persistentVolumeReclaimPolicy',
    'storageClassName',
    'mountOptions',
    'volumeMode',
    'nodeAffinity',
    'volumeAttributesClassName',
  ]);
  const sources = Object.keys(spec).filter((name) => !notSources.has(name));
  return [
    ...modeFindings(spec),
    ...(objectAt(spec, 'capacity')['storage'] === undefined ? [requiredField('spec.capacity')] : []),
    ...quantityFindings(objectAt(spec, 'capacity'), 'spec.capacity'),
    ...(sources.length === 0 ? [requiredField('spec', 'must specify a volume type')] : []),
    ...sources.slice(1).map((name) => forbiddenField(`spec.${name}`, 'may not specify more than 1 volume type')),
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
    ...(previous && value !== numberAt(previous, 'value')
      ? [forbiddenField('Value', 'may not be changed in an update.')]
      : []),
  ];
};

/** Autoscalers: a target and a range. */
export const validateHorizontalPodAutoscaler = (scaler: Draft): readonly FieldError[] => {
  const spec = objectAt(scaler, 'spec');
  const target = objectAt(spec, 'scaleTargetRef');
  const [least, most] = [numberAt(spec, 'minReplicas') ?? 1, numberAt(spec, 'maxReplicas') ?? 0];
  return [
    ...(textAt(target, 'kind') === '' ? [requiredField('spec.scaleTargetRef.kind')] : []),
    ...(textAt(target, 'name') === '' ? [requiredField('spec.scaleTargetRef.name')] : []),
    ...(least < 1 ? [invalidField('spec.minReplicas', least, 'must be greater than or equal to 1')] : []),
    ...(most < 1 ? [invalidField('spec.maxReplicas', most, 'must be greater than 0')] : []),
    ...(most >= 1 && most < least
      ? [invalidField('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')]
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

const modeFindings = (spec: Draft): readonly FieldError[] => {
  const modes = Array.isArray(spec['accessModes']) ? (spec['accessModes'] as readonly unknown[]) : [];
  if (modes.length === 0) return [requiredField('spec.accessModes', 'at least 1 access mode is required')];
  return modes.flatMap((mode, at) => [
    ...(ACCESS_MODES.includes(String(mode)) ? [] : [unsupportedValue(`spec.accessModes[${at}]`, mode, ACCESS_MODES)]),
    ...(modes.indexOf(mode) < at ? [duplicateField(`spec.accessModes[${at}]`, mode)] : []),
  ]);
};
