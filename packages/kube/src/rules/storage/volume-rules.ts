/**
 * Rules of volumes.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidatePersistentVolume
 */
import { isEqual } from '@argosy/base';

import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { backstepFindings, choiceFindings, labelNameFindings, subdomainFindings, unsupportedAs } from '../findings.ts';
import { HOST_PATH_TYPES } from '../pods/volume-rules.ts';
import { driverNameFindings } from './driver-rules.ts';
import { validateNodeSelector } from '../pods/affinity-rules.ts';
import { modeFindings, sizeFindings, VOLUME_MODES } from './size-and-mode-rules.ts';

/** Where a volume may be, in the order in which the first counts; a few are called otherwise where they are one too many. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const;
const OTHER_NAMES: Readonly<Record<string, string>> = { cephfs: 'cephFS' };

const sourcesOf = (spec: Draft): readonly string[] => SOURCES.filter((name) => spec[name] !== undefined);

const capacityFindings = (capacity: Draft): readonly FieldError[] => {
  const names = Object.keys(capacity);
  return [
    ...(names.length === 0 ? [requiredField('spec.capacity')] : []),
    ...(names.length === 1 && names[0] === 'storage'
      ? []
      : [
          unsupportedAs('spec.capacity', names.length === 0 ? 'core.ResourceList(nil)' : JSON.stringify(capacity), [
            'storage',
          ]),
        ]),
    ...Object.entries(capacity).flatMap(([name, size]) => sizeFindings(size, `spec.capacity[${name}]`)),
  ];
};

/** Volumes: a size, a mode, and one place to be, which stays. */
export const validatePersistentVolume = (volume: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(volume, 'spec');
  const [first, ...more] = sourcesOf(spec);
  return [
    ...modeFindings(spec, 'spec', ''),
    ...capacityFindings(objectAt(spec, 'capacity')),
    ...(first === undefined
      ? [requiredField('spec', 'must specify a volume type')]
      : isEqual(spec[first], objectAt(previous, 'spec')[first])
        ? // What stays was judged when it came, by the rules of then: older volumes must go on, and may be deleted.
          []
        : sourceFindings(first, objectAt(spec, first), `spec.${first}`)),
    ...more
      // The only one that may stand beside another.
      .filter((name) => name !== 'flexVolume')
      .map((name) => forbiddenField(`spec.${OTHER_NAMES[name] ?? name}`, 'may not specify more than 1 volume type')),
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
      return [
        ...needs('path'),
        ...backstepFindings(`${path}.path`, textAt(source, 'path')),
        ...choiceFindings(source, 'type', path, HOST_PATH_TYPES),
      ];
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
        ...driverNameFindings(`${path}.driver`, textAt(source, 'driver')),
        ...needs('volumeHandle'),
        ...SECRETS.filter((member) => source[member] !== undefined).flatMap((member) =>
          secretFindings(objectAt(source, member), `${path}.${member}`),
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
  'nodeExpandSecretRef',
];

const secretFindings = (secret: Draft, path: string): readonly FieldError[] => {
  const [name, namespace] = [textAt(secret, 'name'), textAt(secret, 'namespace')];
  return [
    ...(name === '' ? [requiredField(`${path}.name`)] : subdomainFindings(`${path}.name`, name)),
    ...(namespace === '' ? [requiredField(`${path}.namespace`)] : labelNameFindings(`${path}.namespace`, namespace)),
  ];
};

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
            'nodeAffinity',
            spec['nodeAffinity'] ?? null,
            'field is immutable, except for updating from beta label to GA',
          ),
        ]
      : []),
  ];
};
