/** What kube-apiserver 1.32 answers to objects with one mistake in them. */
import { deepFreeze, type Json } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../objects/index.ts';
import { BUILTIN_DEFAULTS, BUILTIN_SCHEMAS } from '../builtin/index.ts';
import { BUILTIN_VALIDATIONS } from './validations.ts';
import { validateAgainstSchema } from '../schemas/index.ts';

type Object = Readonly<Record<string, unknown>>;
type Row = readonly [name: string, path: string, value: Json | undefined, want: readonly string[]];

/** Objects that are valid. */
const VALID: Readonly<Record<string, readonly [identity: string, object: Object]>> = {
  rolebindings: [
    'rbac.authorization.k8s.io/RoleBinding',
    {
      kind: 'RoleBinding',
      metadata: { name: 't', namespace: 'fz' },
      subjects: [
        { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
        { kind: 'Group', name: 'g' },
      ],
      roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
    },
  ],
  clusterrolebindings: [
    'rbac.authorization.k8s.io/ClusterRoleBinding',
    {
      kind: 'ClusterRoleBinding',
      metadata: { name: 't' },
      subjects: [
        { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
      roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
    },
  ],
  clusterroles: [
    'rbac.authorization.k8s.io/ClusterRole',
    {
      kind: 'ClusterRole',
      metadata: { name: 't' },
      rules: [
        { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
        { nonResourceURLs: ['/healthz', '/a/*'], verbs: ['get'] },
      ],
    },
  ],
  aggcr: [
    'rbac.authorization.k8s.io/ClusterRole',
    {
      kind: 'ClusterRole',
      metadata: { name: 't' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
      rules: [],
    },
  ],
  csidrivers: [
    'storage.k8s.io/CSIDriver',
    {
      kind: 'CSIDriver',
      metadata: { name: 't' },
      spec: {
        attachRequired: true,
        podInfoOnMount: true,
        fsGroupPolicy: 'File',
        storageCapacity: true,
        tokenRequests: [{ audience: 'a', expirationSeconds: 3600 }],
        volumeLifecycleModes: ['Persistent', 'Ephemeral'],
        requiresRepublish: true,
        seLinuxMount: true,
      },
    },
  ],
  csinodes: [
    'storage.k8s.io/CSINode',
    {
      kind: 'CSINode',
      metadata: { name: 't' },
      spec: { drivers: [{ name: 'd.io', nodeID: 'n', topologyKeys: ['a'], allocatable: { count: 1 } }] },
    },
  ],
  volumeattachments: [
    'storage.k8s.io/VolumeAttachment',
    {
      kind: 'VolumeAttachment',
      metadata: { name: 't' },
      spec: { attacher: 'd.io', nodeName: 'n', source: { persistentVolumeName: 'p' } },
    },
  ],
  csistoragecapacities: [
    'storage.k8s.io/CSIStorageCapacity',
    {
      kind: 'CSIStorageCapacity',
      metadata: { name: 't', namespace: 'fz' },
      storageClassName: 'standard',
      capacity: '1Gi',
      maximumVolumeSize: '1Gi',
      nodeTopology: { matchLabels: { a: 'b' } },
    },
  ],
  endpoints: [
    '/Endpoints',
    {
      kind: 'Endpoints',
      metadata: { name: 't', namespace: 'fz' },
      subsets: [
        {
          addresses: [
            { ip: '10.0.0.1', hostname: 'h', nodeName: 'n', targetRef: { kind: 'Pod', name: 'p', namespace: 'fz' } },
          ],
          notReadyAddresses: [{ ip: '10.0.0.2' }],
          ports: [{ name: 'a', port: 80, protocol: 'TCP', appProtocol: 'http' }],
        },
      ],
    },
  ],
  endpointslices: [
    'discovery.k8s.io/EndpointSlice',
    {
      kind: 'EndpointSlice',
      metadata: { name: 't', namespace: 'fz' },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.0.0.1'],
          conditions: { ready: true, serving: true, terminating: false },
          hostname: 'h',
          nodeName: 'n',
          zone: 'z',
          targetRef: { kind: 'Pod', name: 'p' },
          hints: { forZones: [{ name: 'z' }] },
          deprecatedTopology: { a: 'b' },
        },
      ],
      ports: [{ name: 'a', port: 80, protocol: 'TCP', appProtocol: 'http' }],
    },
  ],
  events: [
    '/Event',
    {
      kind: 'Event',
      metadata: { name: 't', namespace: 'fz' },
      involvedObject: { kind: 'Pod', namespace: 'fz', name: 'p', uid: 'u', apiVersion: 'v1', fieldPath: 'spec.x' },
      reason: 'R',
      message: 'm',
      type: 'Normal',
      source: { component: 'c', host: 'h' },
      count: 2,
      firstTimestamp: '2024-01-01T00:00:00Z',
      lastTimestamp: '2024-01-01T00:00:01Z',
    },
  ],
  newevents: [
    'events.k8s.io/Event',
    {
      kind: 'Event',
      metadata: { name: 't', namespace: 'fz' },
      regarding: { kind: 'Pod', namespace: 'fz', name: 'p', apiVersion: 'v1' },
      reason: 'R',
      note: 'm',
      type: 'Normal',
      action: 'Do',
      reportingController: 'a.b/c',
      reportingInstance: 'i',
      eventTime: '2024-01-01T00:00:00.000000Z',
      series: { count: 2, lastObservedTime: '2024-01-01T00:00:00.000000Z' },
    },
  ],
  leases: [
    'coordination.k8s.io/Lease',
    {
      kind: 'Lease',
      metadata: { name: 't', namespace: 'fz' },
      spec: {
        holderIdentity: 'h',
        leaseDurationSeconds: 10,
        acquireTime: '2024-01-01T00:00:00.000000Z',
        renewTime: '2024-01-01T00:00:00.000000Z',
        leaseTransitions: 1,
      },
    },
  ],
  controllerrevisions: [
    'apps/ControllerRevision',
    { kind: 'ControllerRevision', metadata: { name: 't', namespace: 'fz' }, data: { a: 1 }, revision: 2 },
  ],
  validatingwebhookconfigurations: [
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
    {
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 't' },
      webhooks: [
        {
          name: 'a.b.c',
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['nosuch/status'],
              operations: ['CREATE', 'UPDATE'],
              scope: 'Namespaced',
            },
          ],
          clientConfig: { url: 'https://a.b/c' },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          failurePolicy: 'Ignore',
          matchPolicy: 'Exact',
          timeoutSeconds: 5,
          namespaceSelector: { matchLabels: { a: 'b' } },
          objectSelector: {},
          matchConditions: [{ name: 'x', expression: 'true' }],
        },
        {
          name: 'd.e.f',
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['nosuch/status'],
              operations: ['CREATE', 'UPDATE'],
              scope: 'Namespaced',
            },
          ],
          clientConfig: { service: { name: 's', namespace: 'n', path: '/p', port: 443 }, caBundle: 'YQ==' },
          sideEffects: 'NoneOnDryRun',
          admissionReviewVersions: ['v1', 'v1beta1'],
        },
      ],
    },
  ],
  mutatingwebhookconfigurations: [
    'admissionregistration.k8s.io/MutatingWebhookConfiguration',
    {
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 't' },
      webhooks: [
        {
          name: 'a.b.c',
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['nosuch/status'],
              operations: ['CREATE', 'UPDATE'],
              scope: 'Namespaced',
            },
          ],
          clientConfig: { url: 'https://a.b/c' },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          failurePolicy: 'Ignore',
          matchPolicy: 'Exact',
          timeoutSeconds: 5,
          reinvocationPolicy: 'IfNeeded',
        },
      ],
    },
  ],
  validatingadmissionpolicies: [
    'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
    {
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 't' },
      spec: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['nosuch/status'],
              operations: ['CREATE', 'UPDATE'],
              scope: 'Namespaced',
            },
          ],
          excludeResourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['nosuch/status'],
              operations: ['CREATE', 'UPDATE'],
              scope: 'Namespaced',
              resourceNames: ['x'],
            },
          ],
          matchPolicy: 'Equivalent',
        },
        validations: [
          { expression: 'object.metadata.name == "x"', message: 'm', reason: 'Invalid', messageExpression: '"a"' },
        ],
        auditAnnotations: [{ key: 'k', valueExpression: '"v"' }],
        variables: [{ name: 'v', expression: '1' }],
        matchConditions: [{ name: 'mc', expression: 'true' }],
      },
    },
  ],
  validatingadmissionpolicybindings: [
    'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
    {
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 't' },
      spec: {
        policyName: 'p',
        paramRef: { name: 'n', namespace: 'ns', parameterNotFoundAction: 'Deny' },
        validationActions: ['Deny', 'Audit'],
        matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } },
      },
    },
  ],
  ingressclasses: [
    'networking.k8s.io/IngressClass',
    {
      kind: 'IngressClass',
      metadata: { name: 't' },
      spec: {
        controller: 'a.b/c',
        parameters: { apiGroup: 'k.io', kind: 'K', name: 'n', scope: 'Namespace', namespace: 'ns' },
      },
    },
  ],
  resourcequotas: [
    '/ResourceQuota',
    {
      kind: 'ResourceQuota',
      metadata: { name: 't', namespace: 'fz' },
      spec: {
        hard: { cpu: '10', 'requests.memory': '1Gi', pods: '5', 'count/deployments.apps': '3' },
        scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['a'] }] },
      },
    },
  ],
  limitranges: [
    '/LimitRange',
    {
      kind: 'LimitRange',
      metadata: { name: 't', namespace: 'fz' },
      spec: {
        limits: [
          {
            type: 'Container',
            max: { cpu: '2', memory: '2Gi' },
            min: { cpu: '100m', memory: '1Mi' },
            default: { cpu: '1' },
            defaultRequest: { cpu: '500m' },
            maxLimitRequestRatio: { cpu: '4' },
          },
          { type: 'PersistentVolumeClaim', max: { storage: '10Gi' }, min: { storage: '1Gi' } },
        ],
      },
    },
  ],
  runtimeclasses: [
    'node.k8s.io/RuntimeClass',
    {
      kind: 'RuntimeClass',
      metadata: { name: 't' },
      handler: 'h',
      overhead: { podFixed: { cpu: '1' } },
      scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'a', operator: 'Exists' }] },
    },
  ],
  storageclasses: [
    'storage.k8s.io/StorageClass',
    {
      kind: 'StorageClass',
      metadata: { name: 't' },
      provisioner: 'a.b/c',
      parameters: { a: 'b' },
      reclaimPolicy: 'Retain',
      mountOptions: ['x'],
      allowVolumeExpansion: true,
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'a', values: ['b'] }] }],
    },
  ],
  nodes: [
    '/Node',
    {
      kind: 'Node',
      metadata: { name: 't' },
      spec: {
        podCIDR: '10.1.0.0/24',
        podCIDRs: ['10.1.0.0/24'],
        providerID: 'x://y',
        unschedulable: true,
        taints: [
          { key: 'a', value: 'b', effect: 'NoSchedule' },
          { key: 'c', effect: 'NoExecute', timeAdded: '2024-01-01T00:00:00Z' },
        ],
      },
    },
  ],
  basic: [
    '/Secret',
    {
      kind: 'Secret',
      metadata: { name: 't', namespace: 'fz' },
      type: 'kubernetes.io/basic-auth',
      stringData: { username: 'u', password: 'p' },
    },
  ],
};

const changed = (value: unknown, path: readonly string[], next: unknown): unknown => {
  const [name, ...rest] = path;
  if (name === undefined) return next;
  const inner = changed((value as Object)[name], rest, next);
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === name ? inner : item));
  const { [name]: _, ...others } = value as Object;
  return inner === undefined ? others : { ...others, [name]: inner };
};

const findings = (identity: string, object: Object): readonly string[] => {
  const complete = BUILTIN_DEFAULTS[identity]?.(deepFreeze(object)) ?? object;
  return [
    ...validateAgainstSchema(BUILTIN_SCHEMAS[identity]!, complete),
    ...(BUILTIN_VALIDATIONS[identity]?.(complete) ?? []),
  ].map(formatFieldError);
};

describe('objects with one mistake', () => {
  it.each(Object.entries(VALID))('%s without any', (_, [identity, object]) => {
    expect(findings(identity, object)).toEqual([]);
  });

  it.each<Row>([
    [
      'rolebindings',
      'subjects.0.kind',
      'Robot',
      ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
    ],
    [
      'rolebindings',
      'subjects.0.apiGroup',
      'x',
      ['subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"'],
    ],
    [
      'rolebindings',
      'subjects.1.apiGroup',
      'x',
      ['subjects[1].apiGroup: Unsupported value: "x": supported values: ""'],
    ],
    [
      'rolebindings',
      'subjects.1.name',
      'A',
      [
        "subjects[1].name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      'rolebindings',
      'roleRef.apiGroup',
      'x',
      ['roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"'],
    ],
    ['rolebindings', 'roleRef.name', 'a/b', ['roleRef.name: Invalid value: "a/b": may not contain \'/\'']],
    ['rolebindings', 'subjects.0.name', '', ['subjects[0].name: Required value']],
    ['clusterrolebindings', 'subjects.1.namespace', undefined, ['subjects[1].namespace: Required value']],
    [
      'clusterrolebindings',
      'roleRef.kind',
      'Role',
      ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
    ],
    ['clusterroles', 'rules.1.verbs', [], ['rules[1].verbs: Required value: verbs must contain at least one value']],
    [
      'aggcr',
      'aggregationRule',
      {},
      [
        'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
      ],
    ],
    [
      'csidrivers',
      'spec.volumeLifecycleModes.0',
      'x',
      ['spec.volumeLifecycleModes: Unsupported value: "x": supported values: "Persistent", "Ephemeral"'],
    ],
    [
      'csidrivers',
      'spec.fsGroupPolicy',
      'x',
      ['spec.fsGroupPolicy: Unsupported value: "x": supported values: "File", "None", "ReadWriteOnceWithFSType"'],
    ],
    [
      'csidrivers',
      'spec.tokenRequests.0.expirationSeconds',
      5,
      ['spec.tokenRequests[0].expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes'],
    ],
    [
      'csidrivers',
      'spec.tokenRequests',
      [{ audience: 'a' }, { audience: 'a' }],
      ['spec.tokenRequests[1].audience: Duplicate value: "a"'],
    ],
    [
      'csinodes',
      'spec.drivers.0.name',
      '',
      [
        'spec.drivers[0].name: Required value',
        "spec.drivers[0].name: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    ['csinodes', 'spec.drivers.0.nodeID', '', ['spec.drivers[0].nodeID: Required value']],
    ['csinodes', 'spec.drivers.0.topologyKeys', ['a', 'a'], ['spec.drivers[0]: Duplicate value: "a"']],
    [
      'csinodes',
      'spec.drivers.0.allocatable.count',
      -1,
      ['spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'volumeattachments',
      'spec.source',
      {},
      ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    ],
    [
      'volumeattachments',
      'spec.nodeName',
      'A',
      [
        "spec.nodeName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      'volumeattachments',
      'spec.source.inlineVolumeSpec',
      {},
      ['spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    ],
    [
      'csistoragecapacities',
      'storageClassName',
      'A',
      [
        "storageClassName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      'csistoragecapacities',
      'nodeTopology.matchLabels.a',
      'a/b',
      [
        "nodeTopology.matchLabels: Invalid value: \"a/b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
    [
      'endpoints',
      'subsets.0.addresses.0.ip',
      '10.0.0.1x',
      [
        'subsets[0].addresses[0].ip: Invalid value: "10.0.0.1x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'subsets[0].addresses[0].ip: Invalid value: "10.0.0.1x": must be a valid IP address',
      ],
    ],
    [
      'endpoints',
      'subsets.0.addresses.0.ip',
      '169.254.0.1',
      [
        'subsets[0].addresses[0].ip: Invalid value: "169.254.0.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      ],
    ],
    [
      'endpoints',
      'subsets.0.addresses.0.hostname',
      'a.b',
      ['subsets[0].addresses[0].hostname: Invalid value: "a.b": must not contain dots'],
    ],
    [
      'endpoints',
      'subsets.0.ports.0.port',
      0,
      ['subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    ],
    [
      'endpoints',
      'subsets.0.ports.0.protocol',
      'X',
      ['subsets[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"'],
    ],
    ['endpoints', 'subsets.0', {}, ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
    [
      'endpoints',
      'subsets.0.ports',
      [{ port: 1 }, { port: 2, name: 'a' }],
      ['subsets[0].ports[0].name: Required value'],
    ],
    [
      'endpointslices',
      'addressType',
      'X',
      ['addressType: Unsupported value: "X": supported values: "FQDN", "IPv4", "IPv6"'],
    ],
    [
      'endpointslices',
      'endpoints.0.addresses.0',
      '::1',
      ['endpoints[0].addresses[0]: Invalid value: "::1": must be a valid IPv4 address'],
    ],
    [
      'endpointslices',
      'endpoints.0.addresses',
      [],
      ['endpoints[0].addresses: Required value: must contain at least 1 address'],
    ],
    [
      'endpointslices',
      'endpoints.0.hints.forZones',
      [{ name: 'a' }, { name: 'a' }],
      ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"'],
    ],
    [
      'endpointslices',
      'ports',
      [
        { name: 'a', port: 1 },
        { name: 'a', port: 2 },
      ],
      ['ports[1].name: Duplicate value: "a"'],
    ],
    [
      'events',
      'involvedObject.namespace',
      'x',
      ['involvedObject.namespace: Invalid value: "x": does not match event.namespace'],
    ],
    [
      'events',
      'eventTime',
      '2024-01-01T00:00:00.000000Z',
      [
        'reportingComponent: Required value',
        'reportingComponent: Invalid value: "": name part must be non-empty',
        "reportingComponent: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'reportingInstance: Required value',
        'action: Required value',
      ],
    ],
    ['newevents', 'type', 'x', ['type: Invalid value: "": has invalid value: x']],
    ['newevents', 'action', '', ['action: Required value']],
    ['newevents', 'series.count', 1, ['series.count: Invalid value: "": should be at least 2']],
    ['newevents', 'eventTime', undefined, ['eventTime: Required value']],
    [
      'newevents',
      'reportingController',
      'a b',
      [
        "reportingController: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
    ['newevents', 'deprecatedCount', 2, ['count: Invalid value: "": needs to be unset']],
    ['leases', 'spec.leaseDurationSeconds', 0, ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0']],
    [
      'leases',
      'spec.leaseTransitions',
      -1,
      ['spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0'],
    ],
    ['controllerrevisions', 'data', undefined, ['data: Required value: data is mandatory']],
    ['controllerrevisions', 'revision', -1, ['revision: Invalid value: -1: must be greater than or equal to 0']],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.name',
      'a.b',
      ['webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.clientConfig.url',
      'http://u@h?q#f',
      [
        'webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
        'webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL',
        'webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
        'webhooks[0].clientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
      ],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.1.clientConfig.service.path',
      '//x',
      ['webhooks[1].clientConfig.service.path: Invalid value: "//x": segment[0] may not be empty'],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.1.clientConfig.service.port',
      0,
      [
        'webhooks[1].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.sideEffects',
      'Some',
      ['webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.admissionReviewVersions',
      ['v1', 'v1'],
      ['webhooks[0].admissionReviewVersions[1]: Invalid value: "v1": duplicate version'],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.admissionReviewVersions',
      [],
      ['webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.rules.0',
      {},
      [
        'webhooks[0].rules[0].operations: Required value',
        'webhooks[0].rules[0].apiGroups: Required value',
        'webhooks[0].rules[0].apiVersions: Required value',
        'webhooks[0].rules[0].resources: Required value',
      ],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.matchConditions.0.expression',
      undefined,
      ['webhooks[0].matchConditions[0].expression: Required value'],
    ],
    [
      'validatingwebhookconfigurations',
      'webhooks.0.matchConditions.0.name',
      'a b',
      [
        "webhooks[0].matchConditions[0].name: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
    [
      'mutatingwebhookconfigurations',
      'webhooks.0.reinvocationPolicy',
      'X',
      ['webhooks[0].reinvocationPolicy: Unsupported value: "X": supported values: "IfNeeded", "Never"'],
    ],
    [
      'validatingadmissionpolicies',
      'spec.variables.0.expression',
      undefined,
      ['spec.variables[0].expression: Required value: expression is not specified'],
    ],
    [
      'validatingadmissionpolicies',
      'spec.validations.0.expression',
      undefined,
      ['spec.validations[0].expression: Required value: expression is not specified'],
    ],
    [
      'validatingadmissionpolicies',
      'spec.validations.0.reason',
      'X',
      [
        'spec.validations[0].reason: Unsupported value: "X": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
      ],
    ],
    [
      'validatingadmissionpolicies',
      'spec.auditAnnotations.0.key',
      'a b',
      [
        "spec.auditAnnotations[0].key: Invalid value: \"t/a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
    [
      'validatingadmissionpolicies',
      'spec.paramKind.apiVersion',
      'A/1',
      [
        "spec.paramKind.apiVersion: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        "spec.paramKind.apiVersion: Invalid value: \"1\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      'validatingadmissionpolicies',
      'spec.paramKind.kind',
      'A_B',
      [
        "spec.paramKind.kind: Invalid value: \"A_B\": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      'validatingadmissionpolicies',
      'spec.matchConstraints.excludeResourceRules.0.resourceNames',
      ['a', 'a', 'b/c'],
      [
        'spec.matchConstraints.excludeResourceRules[0].resourceNames[1]: Duplicate value: "a"',
        'spec.matchConstraints.excludeResourceRules[0].resourceNames[2]: Invalid value: "b/c": may not contain \'/\'',
      ],
    ],
    [
      'validatingadmissionpolicies',
      'spec.matchConstraints.matchPolicy',
      'X',
      ['spec.matchConstraints.matchPolicy: Unsupported value: "X": supported values: "Equivalent", "Exact"'],
    ],
    [
      'validatingadmissionpolicybindings',
      'spec.policyName',
      'A',
      [
        "spec.policyName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      'validatingadmissionpolicybindings',
      'spec.matchResources.namespaceSelector.matchLabels.a',
      'a/b',
      [
        "spec.matchResources.namespaceSelector.matchLabels: Invalid value: \"a/b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
    [
      'ingressclasses',
      'spec.parameters.namespace',
      'A',
      [
        "spec.parameters.namespace: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      'ingressclasses',
      'spec.parameters.scope',
      undefined,
      ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ],
    [
      'ingressclasses',
      'spec.parameters.name',
      'a/b',
      ['spec.parameters.name: Invalid value: "a/b": may not contain \'/\''],
    ],
    [
      'ingressclasses',
      'spec.parameters.apiGroup',
      'A',
      [
        "spec.parameters.apiGroup: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      'resourcequotas',
      'spec.scopeSelector.matchExpressions.0.operator',
      'X',
      ['spec.scopeSelector.matchExpressions.operator: Invalid value: "X": not a valid selector operator'],
    ],
    [
      'resourcequotas',
      'spec.scopeSelector.matchExpressions.0.values',
      [],
      [
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      ],
    ],
    [
      'limitranges',
      'spec.limits.0.type',
      'Thing',
      ['spec.limits[0].type: Invalid value: "Thing": must be a standard limit type or fully qualified'],
    ],
    [
      'runtimeclasses',
      'scheduling.tolerations.0.operator',
      'X',
      ['scheduling.tolerations.tolerations[0].operator: Unsupported value: "X": supported values: "Equal", "Exists"'],
    ],
    [
      'storageclasses',
      'allowedTopologies.0.matchLabelExpressions.0.values',
      ['b', 'b'],
      ['allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "b"'],
    ],
    [
      'nodes',
      'spec.podCIDR',
      'x',
      ['spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ],
    ['basic', 'stringData', {}, ['data[username]: Required value', 'data[password]: Required value']],
  ])('%s: %s becomes %j', (name, path, value, want) => {
    const [identity, object] = VALID[name]!;
    expect(findings(identity, changed(object, path.split('.'), value) as Object)).toEqual(want);
  });
});

describe('lists that may repeat an item', () => {
  const container = { name: 'c', image: 'i' };
  it.each([
    ['/Pod', { spec: { containers: [container], imagePullSecrets: [{ name: 'a' }, { name: 'a' }] } }],
    ['/ConfigMap', { metadata: { finalizers: ['a.b/c', 'a.b/c'] } }],
    ['/ServiceAccount', { secrets: [{ name: 'a' }, { name: 'a' }] }],
    ['storage.k8s.io/CSIDriver', { spec: { volumeLifecycleModes: ['Persistent', 'Persistent'] } }],
  ])('%s', (identity, object) => {
    expect(validateAgainstSchema(BUILTIN_SCHEMAS[identity]!, object)).toEqual([]);
  });

  it('names of containers may not', () => {
    const pod = { spec: { containers: [container, container] } };
    expect(validateAgainstSchema(BUILTIN_SCHEMAS['/Pod']!, pod).map(formatFieldError)).toEqual([
      'spec.containers[1]: Duplicate value: {"name":"c"}',
    ]);
  });
});
