/**
 * Rules of claims on storage.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidatePersistentVolumeClaim
 */
import { compareQuantities, isEqual } from '@argosy/base';

import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, filledFindings, subdomainFindings } from '../findings.ts';
import { isAmount } from '../resources/resource-names.ts';
import { selectorFindings } from '../workloads/selector-rules.ts';
import { modeFindings, sizeFindings, VOLUME_MODES } from './size-and-mode-rules.ts';

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
    ...['dataSource', 'dataSourceRef'].flatMap((name) =>
      spec[name] === undefined ? [] : sourceFindings(objectAt(spec, name), `${path}.${name}`),
    ),
    ...sameSourceFindings(spec, path),
  ];
};

/** What a claim begins with: an object that is named, of another's group or another claim. */
const sourceFindings = (source: Draft, path: string): readonly FieldError[] => {
  const [group, kind] = [textAt(source, 'apiGroup'), textAt(source, 'kind')];
  return [
    ...filledFindings(source, 'name', path),
    ...filledFindings(source, 'kind', path),
    ...(group === '' && kind !== 'PersistentVolumeClaim'
      ? [invalidField(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : []),
    ...(group === '' ? [] : subdomainFindings(`${path}.apiGroup`, group)),
  ];
};

/** Both names of a source are of the same one. */
const sameSourceFindings = (spec: Draft, path: string): readonly FieldError[] => {
  const [source, reference] = [spec['dataSource'], spec['dataSourceRef']];
  if (source === undefined || reference === undefined || isEqual(source, reference)) return [];
  return [invalidField(path, `${path}.dataSource`, 'must match dataSourceRef')];
};

const claimChanges = (spec: Draft, before: Draft): readonly FieldError[] => {
  const fixed = (part: Draft): Draft => {
    const { resources: _resources, volumeName, storageClassName, ...rest } = part;
    const { requests: _requests, ...resources } = objectAt(part, 'resources');
    const { storage: _size, ...requests } = objectAt(objectAt(part, 'resources'), 'requests');
    // Both are filled in once, by whoever binds the claim.
    return {
      ...rest,
      resources,
      requests,
      ...(before['volumeName'] ? { volumeName } : {}),
      ...(before['storageClassName'] === undefined ? {} : { storageClassName }),
    };
  };
  const sizes = [spec, before].map((part) => objectAt(objectAt(part, 'resources'), 'requests')['storage']);
  const [size, sizeBefore] = sizes;
  const shrinks = isAmount(size) && isAmount(sizeBefore) && compareQuantities(size, sizeBefore) < 0;
  return [
    ...(isEqual(fixed(spec), fixed(before)) ? [] : [forbiddenField('spec', FIXED_CLAIM)]),
    ...(spec['volumeMode'] === before['volumeMode']
      ? []
      : [invalidField('volumeMode', spec['volumeMode'] ?? null, 'field is immutable')]),
    ...(shrinks
      ? [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')]
      : []),
  ];
};
