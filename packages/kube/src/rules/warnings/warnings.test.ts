/** What kube-apiserver 1.32 says of objects it takes. */
import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { BUILTIN_WARNINGS } from './warnings.ts';

type Object = Readonly<Record<string, unknown>>;

const said = (kind: string, object: Object): readonly string[] =>
  BUILTIN_WARNINGS[kind]!(
    deepFreeze({ ...object, metadata: { name: 't', ...(object['metadata'] as Object | undefined) } }),
  );
const pod = (spec: Object, metadata: Object = {}) => said('/Pod', { metadata, spec });
const container = (one: Object) => pod({ containers: [{ name: 'c', ...one }] });

describe('of a container', () => {
  it.each<readonly [reason: string, container: Object, want: readonly string[]]>([
    [
      'variables of two names',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '1' },
        ],
      },
      [],
    ],
    [
      'a variable said twice',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
      ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
    ],
    [
      'a variable that grows',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '$(A):2' },
        ],
      },
      [],
    ],
    [
      'a variable that says itself',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '$(A)' },
        ],
      },
      ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
    ],
    [
      'parts of a byte',
      { resources: { limits: { memory: '100m', cpu: '100m' } } },
      ['spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer'],
    ],
    [
      'a port said twice',
      {
        ports: [
          { containerPort: 80, protocol: 'TCP' },
          { containerPort: 80, protocol: 'TCP' },
        ],
      },
      ['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]'],
    ],
    [
      'a port of two protocols',
      {
        ports: [
          { containerPort: 80, protocol: 'TCP' },
          { containerPort: 80, protocol: 'UDP' },
        ],
      },
      [],
    ],
    [
      'a port that is a host port as well',
      {
        ports: [
          { containerPort: 80, protocol: 'TCP' },
          { containerPort: 80, hostPort: 8080, protocol: 'TCP' },
        ],
      },
      ['spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]'],
    ],
    [
      'a host port of one address and of all',
      {
        ports: [
          { containerPort: 80, hostPort: 8, hostIP: '1.2.3.4', protocol: 'TCP' },
          { containerPort: 80, hostPort: 8, protocol: 'TCP' },
        ],
      },
      ['spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]'],
    ],
    [
      'an address nobody listens at',
      { ports: [{ name: 'h', containerPort: 80, hostIP: '1.2.3.4', protocol: 'TCP' }] },
      [
        'spec.containers[0].ports[0]: hostIP set without hostPort: {Name:h HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.2.3.4}',
      ],
    ],
  ])('%s', (_reason, one, want) => expect(container(one)).toEqual(want));
});

describe('of a pod', () => {
  it.each<readonly [reason: string, spec: Object, want: readonly string[]]>([
    [
      'older labels of nodes',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      'a spread over an older label',
      { topologySpreadConstraints: [{ topologyKey: 'failure-domain.beta.kubernetes.io/zone' }] },
      [
        'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
        'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
      ],
    ],
    [
      'neighbours of no name',
      { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] } } },
      [
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
      ],
    ],
    [
      'a volume nobody mounts any more',
      {
        volumes: [
          { name: 'v', gitRepo: {} },
          { name: 'w', rbd: {} },
        ],
      },
      [
        'spec.volumes[0].gitRepo: deprecated in v1.11',
        'spec.volumes[1].rbd: deprecated in v1.28, non-functional in v1.31+',
      ],
    ],
    [
      'a source without one',
      { volumes: [{ name: 'v', projected: { sources: [{}] } }] },
      ['volume "v" (Projected) has no sources provided'],
    ],
    [
      'secrets without names',
      { imagePullSecrets: [{ name: '' }, { name: 'a' }, { name: 'a' }] },
      ['spec.imagePullSecrets[2].name: duplicate name "a"', 'spec.imagePullSecrets[0].name: invalid empty name ""'],
    ],
    [
      'a grace below zero',
      { terminationGracePeriodSeconds: -1 },
      ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'],
    ],
  ])('%s', (_reason, spec, want) => expect(pod(spec)).toEqual(want));

  it('a name that is no host name', () => {
    expect(pod({}, { name: 'a.b' })).toEqual([
      expect.stringMatching(
        /^metadata\.name: this is used in the Pod's hostname, .* recommended: \[must not contain dots\]$/,
      ),
    ]);
  });

  it('annotations that became fields', () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'x' };
    const template = { metadata: { annotations }, spec: { containers: [{ name: 'c' }] } };
    const want =
      'spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead';
    expect(said('apps/Deployment', { spec: { template } })).toEqual([want]);
    expect(pod(template.spec, { annotations })).toEqual([]);
  });
});

it.each<readonly [kind: string, object: Object, want: readonly string[]]>([
  [
    'batch/CronJob',
    {
      spec: {
        jobTemplate: { spec: { template: { spec: { nodeSelector: { 'node-role.kubernetes.io/master': '' } } } } },
      },
    },
    [
      'spec.jobTemplate.spec.template.spec.nodeSelector[node-role.kubernetes.io/master]: use "node-role.kubernetes.io/control-plane" instead',
    ],
  ],
  [
    '/PersistentVolumeClaim',
    { spec: { resources: { requests: { storage: '1500m' } } } },
    ['spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer'],
  ],
  [
    '/PersistentVolume',
    { spec: { persistentVolumeReclaimPolicy: 'Recycle' } },
    [expect.stringContaining('spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated.')],
  ],
  [
    'networking.k8s.io/Ingress',
    { metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } }, spec: {} },
    [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`],
  ],
  [
    'networking.k8s.io/Ingress',
    { metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } }, spec: { ingressClassName: 'x' } },
    [],
  ],
  [
    '/Secret',
    { type: 'kubernetes.io/tls', data: { 'tls.crt': 'YQ==', 'tls.key': 'YQ==' } },
    ['tls: failed to find any PEM data in certificate input'],
  ],
  [
    '/Secret',
    { type: 'kubernetes.io/tls', data: { 'tls.crt': btoa('-----BEGIN CERTIFICATE-----'), 'tls.key': 'YQ==' } },
    ['tls: failed to find any PEM data in key input'],
  ],
  ['/Secret', { type: 'Opaque', data: {} }, []],
  ['/Node', { spec: { externalID: 'x' } }, ['spec.externalID: this field is deprecated, and is unused by Kubernetes']],
  [
    'storage.k8s.io/StorageClass',
    { allowedTopologies: [{ matchLabelExpressions: [{ key: 'beta.kubernetes.io/arch' }] }] },
    ['allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ],
])('of a %s: %j', (kind, object, want) => expect(said(kind, object)).toEqual(want));
