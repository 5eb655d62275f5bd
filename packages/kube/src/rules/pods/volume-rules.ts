/** Rules of pods' volumes. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateVolumes */
import { parseQuantity } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { backstepFindings, choiceFindings, filledFindings, labelNameFindings } from '../findings.ts';
import { downwardFindings, keyFindings, modeFindings } from './volume-file-rules.ts';
import { projectedFindings } from './projected-volume-rules.ts';
import { validateClaimSpec } from '../storage/claim-rules.ts';
import { driverNameFindings } from '../storage/driver-rules.ts';
import { QUANTITY_RULE } from '../resources/resource-names.ts';

/** What a path of a node may be said to be. */
export const HOST_PATH_TYPES: readonly string[] = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** Judges a source at its path. */
type Rule = (source: Draft, path: string) => readonly FieldError[];

const needs =
  (...names: readonly string[]): Rule =>
  (source, path) =>
    names.flatMap((name) => filledFindings(source, name, path));

const needsSome =
  (...names: readonly string[]): Rule =>
  (source, path) =>
    names.flatMap((name) =>
      Array.isArray(source[name]) && source[name].length > 0 ? [] : [requiredField(`${path}.${name}`)],
    );

/** What each kind of source must say. Kinds that are not named are asked nothing. */
const SOURCES: Readonly<Record<string, Rule>> = {
  emptyDir: (source, path) => {
    const limit = source['sizeLimit'];
    const parsed = typeof limit === 'string' || typeof limit === 'number' ? parseQuantity(limit) : 0n;
    if (parsed === undefined) return [invalidField(`${path}.sizeLimit`, limit, QUANTITY_RULE)];
    return parsed < 0n
      ? [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [];
  },
  hostPath: (source, path) =>
    textAt(source, 'path') === ''
      ? [requiredField(`${path}.path`)]
      : [
          ...backstepFindings(`${path}.path`, textAt(source, 'path')),
          ...choiceFindings(source, 'type', path, HOST_PATH_TYPES),
        ],
  secret: (source, path) => [
    ...needs('secretName')(source, path),
    ...modeFindings(source, 'defaultMode', path),
    ...keyFindings(source, `${path}.items`),
  ],
  configMap: (source, path) => [
    ...needs('name')(source, path),
    ...modeFindings(source, 'defaultMode', path),
    ...keyFindings(source, `${path}.items`),
  ],
  persistentVolumeClaim: needs('claimName'),
  nfs: (source, path) => [
    ...needs('server')(source, path),
    ...needs('path')(source, path),
    ...(textAt(source, 'path').startsWith('/')
      ? []
      : [invalidField(`${path}.path`, textAt(source, 'path'), 'must be an absolute path')]),
  ],
  downwardAPI: (source, path) => [...modeFindings(source, 'defaultMode', path), ...downwardFindings(source, path)],
  projected: projectedFindings,
  csi: (source, path) => [
    ...driverNameFindings(`${path}.driver`, textAt(source, 'driver')),
    ...(source['nodePublishSecretRef'] === undefined
      ? []
      : needs('name')(objectAt(source, 'nodePublishSecretRef'), `${path}.nodePublishSecretRef`)),
  ],
  ephemeral: (source, path) => {
    const at = `${path}.volumeClaimTemplate`;
    const template = objectAt(source, 'volumeClaimTemplate');
    if (source['volumeClaimTemplate'] === undefined) return [requiredField(at)];
    return [
      ...(textAt(objectAt(template, 'metadata'), 'name') === ''
        ? []
        : [forbiddenField(`${at}.metadata.name`, 'cannot be set')]),
      ...validateClaimSpec(objectAt(template, 'spec'), `${at}.spec`),
    ];
  },
  iscsi: needs('targetPortal', 'iqn'),
  gitRepo: needs('repository'),
  azureFile: needs('secretName', 'shareName'),
  azureDisk: needs('diskName', 'diskURI'),
  vsphereVolume: needs('volumePath'),
  flexVolume: needs('driver'),
  awsElasticBlockStore: needs('volumeID'),
  gcePersistentDisk: (source, path) => needs('pdName')(source, path.replace(/gcePersistentDisk$/, 'persistentDisk')),
  cephfs: needsSome('monitors'),
  rbd: (source, path) => [...needsSome('monitors')(source, path), ...needs('image')(source, path)],
  cinder: needs('volumeID'),
  glusterfs: needs('endpoints', 'path'),
  portworxVolume: needs('volumeID'),
  scaleIO: needs('gateway', 'system', 'volumeName'),
  storageos: needs('volumeName'),
  photonPersistentDisk: needs('pdID'),
  quobyte: (source, path) => [
    ...(textAt(source, 'registry') === ''
      ? [requiredField(`${path}.registry`, 'must be a host:port pair or multiple pairs separated by commas')]
      : []),
    ...needs('volume')(source, path),
  ],
  flocker: (source, path) =>
    textAt(source, 'datasetName') === '' && textAt(source, 'datasetUUID') === ''
      ? [requiredField(path, 'one of datasetName and datasetUUID is required')]
      : [],
};

/** Findings of a pod's volumes. */
export const validateVolumes = (spec: Draft, path: string): readonly FieldError[] => {
  const names = new Set<string>();
  return itemsAt(spec, 'volumes').flatMap(([index, volume]) => {
    const at = `${path}.volumes[${index}]`;
    const name = textAt(volume, 'name');
    const isRepeated = names.has(name);
    names.add(name);
    return [
      ...sourceFindings(volume, at),
      ...(name === '' ? [requiredField(`${at}.name`)] : labelNameFindings(`${at}.name`, name)),
      ...(isRepeated ? [duplicateField(`${at}.name`, name)] : []),
    ];
  });
};

/** The order in which the first counts; a few are called otherwise where they are one too many. */
const ORDER = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const;
const OTHER_NAMES: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

const sourceFindings = (volume: Draft, path: string): readonly FieldError[] => {
  const [first, ...more] = ORDER.filter((name) => volume[name] !== undefined);
  if (first === undefined) return [requiredField(path, 'must specify a volume type')];
  const rule = Object.hasOwn(SOURCES, first) ? SOURCES[first] : undefined;
  return [
    ...(rule?.(objectAt(volume, first), `${path}.${first}`) ?? []),
    ...more.map((name) =>
      forbiddenField(`${path}.${OTHER_NAMES[name] ?? name}`, 'may not specify more than 1 volume type'),
    ),
  ];
};
