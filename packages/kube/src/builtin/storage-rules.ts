/**
 * Rules of volumes, claims and classes of storage.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidatePersistentVolume, pkg/apis/storage/validation
 */
import { compareQuantities, isEqual, parseQuantity } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { validateNodeSelector } from './pod-rules/affinity-rules.ts';
import { QUANTITY_RULE } from './pod-rules/resource-rules.ts';
import {
  backstepFindings,
  choiceFindings,
  POSITIVE,
  qualifiedNameFindings,
  repeatedIn,
  subdomainFindings,
  textsAt,
} from './findings.ts';
import { itemsAt, objectAt, textAt, type Draft } from './draft.ts';
import { selectorFindings } from './selector-rules.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const FIXED_CLAIM =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** Claims: a mode and a size; afterwards only the size may grow. */
export const validatePersistentVolumeClaim = (claim: Draft, previous?: Draft): readonly FieldError[] => [
  ...validateClaimSpec(objectAt(claim, 'spec'), 'spec'),
  ...(previous ? claimChanges(objectAt(claim, 'spec'), objectAt(previous, 'spec')) : []),
];

/** Findings of the spec of a claim at `path`, also of one a pod makes. */
export const validateClaimSpec = (spec: Draft, path: string): readonly FieldError[] => {
  const size = objectAt(objectAt(spec, 'resources'), 'requests')['storage'];
  return [
    ...modeFindings(spec, path, 'at least 1 access mode is required'),
    ...selectorFindings(spec, 'selector', path),
    ...(size === undefined
      ? [requiredField(`${path}.resources[storage]`)]
      : sizeFindings(size, `${path}.resources[storage]`)),
    ...(textAt(spec, 'storageClassName') === ''
      ? []
      : subdomainFindings(`${path}.storageClassName`, textAt(spec, 'storageClassName'))),
    ...choiceFindings(spec, 'volumeMode', path, VOLUME_MODES),
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
    ...(isEqual(fixed(spec), fixed(before)) ? [] : [forbiddenField('spec', FIXED_CLAIM)]),
    ...(shrinks
      ? [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')]
      : []),
  ];
};

const NOT_SOURCES = new Set([
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
const sourcesOf = (spec: Draft): readonly string[] =>
  Object.keys(spec).filter((name) => !NOT_SOURCES.has(name) && spec[name] !== undefined);

/** Volumes: a size, a mode, and one place to be, which stays. */
export const validatePersistentVolume = (volume: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(volume, 'spec');
  const capacity = objectAt(spec, 'capacity');
  const [first, ...more] = sourcesOf(spec);
  return [
    ...modeFindings(spec, 'spec', ''),
    ...(capacity['storage'] === undefined ? [requiredField('spec.capacity')] : []),
    ...Object.entries(capacity).flatMap(([name, size]) => sizeFindings(size, `spec.capacity[${name}]`)),
    ...(first === undefined
      ? [requiredField('spec', 'must specify a volume type')]
      : isEqual(spec[first], objectAt(previous, 'spec')[first])
        ? // What stays was judged when it came, by the rules of then: older volumes must go on, and may be deleted.
          []
        : sourceFindings(first, objectAt(spec, first), `spec.${first}`)),
    ...more.map((name) => forbiddenField(`spec.${name}`, 'may not specify more than 1 volume type')),
    ...choiceFindings(spec, 'persistentVolumeReclaimPolicy', 'spec', ['Delete', 'Recycle', 'Retain']),
    ...(spec['persistentVolumeReclaimPolicy'] === 'Recycle' && textAt(objectAt(spec, 'hostPath'), 'path') === '/'
      ? [forbiddenField('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
    ...placeFindings(spec),
    ...(textAt(spec, 'storageClassName') === ''
      ? []
      : subdomainFindings('spec.storageClassName', textAt(spec, 'storageClassName'))),
    ...choiceFindings(spec, 'volumeMode', 'spec', VOLUME_MODES),
    ...(previous ? volumeChanges(spec, objectAt(previous, 'spec')) : []),
  ];
};

const sourceFindings = (name: string, source: Draft, path: string): readonly FieldError[] => {
  const needs = (...names: readonly string[]): readonly FieldError[] =>
    names.filter((member) => textAt(source, member) === '').map((member) => requiredField(`${path}.${member}`));
  switch (name) {
    case 'hostPath':
    case 'local':
      return [...needs('path'), ...backstepFindings(`${path}.path`, textAt(source, 'path'))];
    case 'nfs':
      return [
        ...needs('server', 'path'),
        ...(textAt(source, 'path').startsWith('/')
          ? []
          : [invalidField(`${path}.path`, textAt(source, 'path'), 'must be an absolute path')]),
      ];
    case 'csi':
      return [
        ...needs('driver'),
        ...subdomainFindings(`${path}.driver`, textAt(source, 'driver')),
        ...needs('volumeHandle'),
        ...SECRETS.filter((member) => source[member] !== undefined).flatMap((member) =>
          (['name', 'namespace'] as const)
            .filter((part) => textAt(objectAt(source, member), part) === '')
            .map((part) => requiredField(`${path}.${member}.${part}`)),
        ),
      ];
    default:
      return [];
  }
};

const SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeStageSecretRef',
  'nodeExpandSecretRef',
];

/** Disks of one node can be used there only. */
const placeFindings = (spec: Draft): readonly FieldError[] => {
  const affinity = objectAt(spec, 'nodeAffinity');
  if (spec['nodeAffinity'] === undefined)
    return spec['local'] === undefined
      ? []
      : [requiredField('spec.nodeAffinity', 'Local volume requires node affinity')];
  return affinity['required'] === undefined
    ? [requiredField('spec.nodeAffinity.required', 'must specify required node constraints')]
    : validateNodeSelector(objectAt(affinity, 'required'), 'spec.nodeAffinity.required');
};

const volumeChanges = (spec: Draft, before: Draft): readonly FieldError[] => {
  const placeOf = (part: Draft): Draft => Object.fromEntries(sourcesOf(part).map((name) => [name, part[name]]));
  return [
    ...(isEqual(placeOf(spec), placeOf(before))
      ? []
      : [forbiddenField('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')]),
    ...((spec['volumeMode'] ?? 'Filesystem') === (before['volumeMode'] ?? 'Filesystem')
      ? []
      : [invalidField('volumeMode', spec['volumeMode'] ?? null, 'field is immutable')]),
    ...(before['nodeAffinity'] !== undefined && !isEqual(spec['nodeAffinity'], before['nodeAffinity'])
      ? [
          invalidField(
            'spec.nodeAffinity',
            spec['nodeAffinity'] ?? null,
            'field is immutable, except for updating from beta label to GA',
          ),
        ]
      : []),
  ];
};

/** Classes: who makes volumes, and how; which stays, for volumes were made so. */
export const validateStorageClass = (storageClass: Draft, previous?: Draft): readonly FieldError[] => {
  const provisioner = textAt(storageClass, 'provisioner');
  const choices = (name: string, supported: readonly string[]): readonly FieldError[] =>
    choiceFindings(storageClass, name, '', supported).map((found) => ({ ...found, field: name }));
  const forbidden = (name: string): readonly FieldError[] =>
    previous && !isEqual(storageClass[name], previous[name])
      ? [forbiddenField(name, `updates to ${name} are forbidden.`)]
      : [];
  return [
    ...(provisioner === ''
      ? [requiredField('provisioner')]
      : qualifiedNameFindings('provisioner', provisioner.toLowerCase()).map((found) => ({
          ...found,
          field: 'provisioner',
        }))),
    ...(Object.hasOwn(objectAt(storageClass, 'parameters'), '')
      ? [invalidField('parameters', '', 'field can not be empty.')]
      : []),
    ...choices('reclaimPolicy', ['Delete', 'Retain']),
    ...choices('volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']),
    ...allowedTopologyFindings(storageClass),
    ...forbidden('parameters'),
    ...forbidden('provisioner'),
    ...forbidden('reclaimPolicy'),
    ...(previous && storageClass['volumeBindingMode'] !== previous['volumeBindingMode']
      ? [invalidField('volumeBindingMode', storageClass['volumeBindingMode'] ?? null, 'field is immutable')]
      : []),
  ];
};

const allowedTopologyFindings = (storageClass: Draft): readonly FieldError[] => {
  const terms = itemsAt(storageClass, 'allowedTopologies');
  const repeated = repeatedIn(terms.map(([, term]) => termText(term)));
  return terms.flatMap(([index, term], at) => {
    const path = `allowedTopologies[${index}].matchLabelExpressions`;
    return [...topologyFindings(term, path), ...(repeated.has(at) ? [duplicateField(path, '')] : [])];
  });
};

/** Terms that say the same have the same text, in whatever order they say it. */
const termText = (term: Draft): string => {
  const expressions = itemsAt(term, 'matchLabelExpressions').map(([, one]) => {
    const values = textsAt(one, 'values').map(([, value]) => value);
    return JSON.stringify([textAt(one, 'key'), ...values.toSorted()]);
  });
  return expressions.toSorted().join(',');
};

const topologyFindings = (term: Draft, path: string): readonly FieldError[] => {
  const expressions = itemsAt(term, 'matchLabelExpressions');
  const repeated = repeatedIn(expressions.map(([, one]) => textAt(one, 'key')));
  return expressions.flatMap(([index, expression], at) => [
    ...(textsAt(expression, 'values').length === 0 ? [requiredField(`${path}[${index}].values`)] : []),
    ...repeatedValueFindings(expression, `${path}[${index}].values`),
    ...qualifiedNameFindings(`${path}[${index}].key`, textAt(expression, 'key')),
    ...(repeated.has(at) ? [duplicateField(`${path}[${index}].key`, textAt(expression, 'key'))] : []),
  ]);
};

const repeatedValueFindings = (expression: Draft, path: string): readonly FieldError[] => {
  const values = textsAt(expression, 'values');
  const repeated = repeatedIn(values.map(([, value]) => value));
  return values.flatMap(([index, value], at) => (repeated.has(at) ? [duplicateField(`${path}[${index}]`, value)] : []));
};

const isAmount = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

const sizeFindings = (size: unknown, field: string): readonly FieldError[] => {
  const parsed = isAmount(size) ? parseQuantity(size) : undefined;
  if (parsed === undefined) return [invalidField(field, size, QUANTITY_RULE)];
  return parsed > 0n ? [] : [invalidField(field, String(size), POSITIVE)];
};

const modeFindings = (spec: Draft, path: string, missing: string): readonly FieldError[] => {
  const modes = textsAt(spec, 'accessModes').map(([, mode]) => mode);
  const field = `${path}.accessModes`;
  if (modes.length === 0) return [requiredField(field, missing)];
  return [
    ...modes.flatMap((mode) => (ACCESS_MODES.includes(mode) ? [] : [unsupportedValue(field, mode, ACCESS_MODES)])),
    ...(modes.includes('ReadWriteOncePod') && modes.length > 1
      ? [forbiddenField(field, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ];
};
