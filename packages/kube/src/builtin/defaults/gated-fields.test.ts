/** What kube-apiserver 1.32 keeps of fields behind feature gates. */
import { deepFreeze } from '@argosy/base';
import { expect, it } from 'vitest';

import { BUILTIN_DEFAULTS } from './defaults.ts';

type Object = Readonly<Record<string, unknown>>;

const spec = (kind: string, given: Object): Object =>
  BUILTIN_DEFAULTS[kind]!(deepFreeze({ metadata: { name: 't' }, spec: given }))['spec'] as Object;

const container = { name: 'c', image: 'i', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] };
const pod = {
  resources: { limits: { cpu: '1' } },
  securityContext: { supplementalGroupsPolicy: 'Strict', seLinuxChangePolicy: 'Recursive', runAsUser: 1 },
  containers: [container],
  volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 'a' } }, { secret: { name: 's' } }] } }],
};

it.each([
  ['/Pod', pod, (given: Object) => given],
  ['apps/Deployment', { template: { spec: pod } }, (given: Object) => (given['template'] as Object)['spec'] as Object],
])('a %s loses what nobody acts on', (kind, given, podOf) => {
  const found = podOf(spec(kind, given));
  expect(found['resources']).toBeUndefined();
  expect(found['securityContext']).toEqual({ runAsUser: 1 });
  expect(found['containers']).toEqual([expect.not.objectContaining({ resizePolicy: expect.anything() })]);
  expect(found['volumes']).toEqual([
    { name: 'v', projected: { defaultMode: 0o644, sources: [{}, { secret: { name: 's' } }] } },
  ]);
});

it('a pod keeps what whoever runs it must refuse', () => {
  expect(spec('/Pod', { hostUsers: false, containers: [{ name: 'c' }] })).toMatchObject({ hostUsers: false });
});

const claim = { accessModes: ['ReadWriteOnce'] };
const other = { apiGroup: 'a.b', kind: 'X', name: 'n' };
it.each<readonly [reason: string, given: Object, kept: Object]>([
  ['attributes', { volumeAttributesClassName: 'x' }, {}],
  ['a source in another namespace', { dataSourceRef: { ...other, namespace: 'o' } }, {}],
  ['a source of another group in the older place', { dataSource: other }, {}],
  ['a source of another group', { dataSourceRef: other }, { dataSourceRef: other }],
  ['a source in both places', { dataSource: other, dataSourceRef: other }, { dataSource: other, dataSourceRef: other }],
  [
    'another claim',
    { dataSource: { kind: 'PersistentVolumeClaim', name: 'n' } },
    { dataSource: { kind: 'PersistentVolumeClaim', name: 'n' } },
  ],
])('a claim with %s', (_reason, given, kept) => {
  expect(spec('/PersistentVolumeClaim', { ...claim, ...given })).toEqual({
    ...claim,
    ...kept,
    volumeMode: 'Filesystem',
  });
});

it('a lease, a volume and a stateful set lose what nobody acts on', () => {
  expect(spec('coordination.k8s.io/Lease', { strategy: 'x', preferredHolder: 'y', holderIdentity: 'z' })).toEqual({
    holderIdentity: 'z',
  });
  expect(spec('/PersistentVolume', { volumeAttributesClassName: 'x' })).not.toHaveProperty('volumeAttributesClassName');
  expect(
    spec('apps/StatefulSet', { updateStrategy: { rollingUpdate: { maxUnavailable: 1 } } })['updateStrategy'],
  ).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { partition: 0 },
  });
});

it('endpoints and accounts lose what has another place', () => {
  const slice = { endpoints: [{ addresses: ['1.2.3.4'], deprecatedTopology: { a: 'b' } }] };
  expect(BUILTIN_DEFAULTS['discovery.k8s.io/EndpointSlice']!(deepFreeze(slice))).toEqual({
    endpoints: [{ addresses: ['1.2.3.4'] }],
  });
  expect(BUILTIN_DEFAULTS['/ServiceAccount']!(deepFreeze({ secrets: [{ name: 'a', kind: 'Secret' }] }))).toEqual({
    secrets: [{ name: 'a' }],
  });
});
