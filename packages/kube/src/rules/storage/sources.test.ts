/** What kube-apiserver 1.32 answers to where volumes are and what claims begin with. */
import { deepFreeze } from '@argosy/base';
import { expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { BUILTIN_VALIDATIONS } from '../validations.ts';

type Object = Readonly<Record<string, unknown>>;

const findings = (kind: string, spec: Object): readonly string[] =>
  BUILTIN_VALIDATIONS[kind]!(deepFreeze({ metadata: { name: 't' }, spec })).map(formatFieldError);
const csi = { driver: 'd', volumeHandle: 'h' };
const volume = (spec: Object) =>
  findings('/PersistentVolume', { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, ...spec });

it.each<readonly [reason: string, spec: Object, want: readonly string[]]>([
  ['one place', { csi }, []],
  [
    'a place that counts more, whatever comes first',
    { csi, nfs: { server: 's', path: '/' } },
    ['spec.csi: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'a place of a strange name',
    { hostPath: { path: '/a' }, cephfs: {} },
    ['spec.cephFS: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'nothing but a size',
    { csi, capacity: { storage: '1Gi', cpu: '1' } },
    ['spec.capacity: Unsupported value: {"storage":"1Gi","cpu":"1"}: supported values: "storage"'],
  ],
  [
    'no size',
    { csi, capacity: {} },
    [
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: core.ResourceList(nil): supported values: "storage"',
    ],
  ],
  [
    'a sort of path',
    { hostPath: { path: '/a', type: 'X' } },
    [
      'spec.hostPath.type: Unsupported value: "X": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    ],
  ],
  [
    'a driver of a length',
    { csi: { ...csi, driver: 'a'.repeat(64) } },
    ['spec.csi.driver: Too long: may not be more than 63 bytes'],
  ],
  [
    'secrets that can be',
    { csi: { ...csi, nodePublishSecretRef: { name: 'a', namespace: 'B' } } },
    [expect.stringContaining('spec.csi.nodePublishSecretRef.namespace: Invalid value: "B"')],
  ],
])('a volume has %s', (_reason, spec, want) => expect(volume(spec)).toEqual(want));

const claim = (spec: Object) =>
  findings('/PersistentVolumeClaim', {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    ...spec,
  });

it.each<readonly [reason: string, spec: Object, want: readonly string[]]>([
  ['another claim', { dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } }, []],
  ['a name', { dataSourceRef: { kind: 'PersistentVolumeClaim' } }, ['spec.dataSourceRef.name: Required value']],
  [
    'a group',
    { dataSourceRef: { kind: 'X', name: 'a' } },
    [`spec.dataSourceRef: Invalid value: "X": must be 'PersistentVolumeClaim' when referencing the default apiGroup`],
  ],
  [
    'a group that can be',
    { dataSourceRef: { kind: 'X', name: 'a', apiGroup: '*' } },
    [expect.stringContaining('spec.dataSourceRef.apiGroup: Invalid value: "*"')],
  ],
  [
    'one source',
    {
      dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
      dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
    },
    ['spec: Invalid value: "spec.dataSource": must match dataSourceRef'],
  ],
])('a claim begins with %s', (_reason, spec, want) => expect(claim(spec)).toEqual(want));

it('the mode of a claim stays', () => {
  const of = (volumeMode: string) => ({
    metadata: { name: 't' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeMode },
  });
  expect(
    BUILTIN_VALIDATIONS['/PersistentVolumeClaim']!(of('Block'), of('Filesystem')).map(({ field }) => field),
  ).toEqual(['spec', 'volumeMode']);
});

it.each<readonly [requests: Object, want: readonly string[]]>([
  [{ storage: '2Gi' }, []],
  [{ storage: '1Gi', cpu: '1' }, ['spec']],
])('a claim may ask for more room alone: %j', (requests, want) => {
  const of = (asked: Object) => ({
    metadata: { name: 't' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: asked }, volumeMode: 'Filesystem' },
  });
  const found = BUILTIN_VALIDATIONS['/PersistentVolumeClaim']!(of(requests), of({ storage: '1Gi' }));
  expect(found.map(({ field }) => field)).toEqual(want);
});
