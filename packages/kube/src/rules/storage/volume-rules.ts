/**
 * Rules of volumes.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidatePersistentVolume
 */
import { isEqual } from '@argosy/base';

import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { backstepFindings, choiceFindings, subdomainFindings } from '../findings.ts';
import { validateNodeSelector } from '../pods/affinity-rules.ts';
import { modeFindings, sizeFindings, VOLUME_MODES } from './size-and-mode-rules.ts';

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
