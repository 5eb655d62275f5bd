import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { BUILTIN_DEFAULTS } from '../../builtin/defaults/defaults.ts';
import { BUILTIN_VALIDATIONS } from '../validations.ts';

type Json = Readonly<Record<string, unknown>>;

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const complete = (spec: Json): Json =>
  BUILTIN_DEFAULTS['/Pod']!(deepFreeze({ metadata: {}, spec: { containers: [{ name: 'a', image: 'a' }], ...spec } }));
/** Findings of a pod, each as `field: sentence` without `spec.`. */
const findings = (spec: Json, previous?: Json): readonly string[] =>
  BUILTIN_VALIDATIONS['/Pod']!(complete(spec), previous && complete(previous))
    .map(formatFieldError)
    .map((finding) => finding.replace(/^spec\./, ''));
const container = (part: Json): Json => ({ containers: [{ name: 'a', image: 'a', ...part }] });
const nodeTerm = (part: Json): Json => ({
  affinity: { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [part] } } },
});
const podTerm = (part: Json): Json => ({ affinity: { podAffinity: { [REQUIRED]: [part] } } });
const spread = (...parts: readonly Json[]): Json => ({
  topologySpreadConstraints: parts.map((part) => ({
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    ...part,
  })),
});

interface Case {
  readonly reason: string;
  readonly spec: Json;
  readonly previous?: Json;
  readonly want: readonly string[];
}

const check = (cases: readonly Case[]): void => {
  it.each(cases)('$reason', ({ spec, previous, want }) => {
    const found = findings(spec, previous);
    expect(found).toHaveLength(want.length);
    want.forEach((text, at) => expect(found[at]).toContain(text));
  });
};

describe('where pods run', () => {
  check([
    { reason: 'a constraint', spec: spread({ labelSelector: { matchLabels: { a: 'b' } } }), want: [] },
    {
      reason: 'skew, topology and action',
      spec: spread({ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Maybe' }),
      want: [
        'topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
        'topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"',
      ],
    },
    {
      reason: 'one constraint of a sort',
      spec: spread({}, { maxSkew: 2 }, { whenUnsatisfiable: 'ScheduleAnyway' }),
      want: ['topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"'],
    },
    {
      reason: 'domains and policies',
      spec: spread({ whenUnsatisfiable: 'ScheduleAnyway', minDomains: 0, nodeTaintsPolicy: 'X' }),
      want: [
        'minDomains: Invalid value: 0: must be greater than zero',
        'minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
        'nodeTaintsPolicy: Unsupported value: "X": supported values: "Honor", "Ignore"',
      ],
    },
    {
      reason: 'matched keys',
      spec: spread(
        { matchLabelKeys: ['a'] },
        { topologyKey: 'host', matchLabelKeys: ['a'], labelSelector: { matchLabels: { a: 'b' } } },
      ),
      want: [
        'topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
        'topologySpreadConstraints[1].matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and labelSelector',
      ],
    },
    {
      reason: 'selectors',
      spec: spread({
        labelSelector: {
          matchExpressions: [
            { key: 'x', operator: 'Foo' },
            { key: 'x', operator: 'In', values: ['a b'] },
          ],
        },
      }),
      want: [
        'labelSelector.matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator',
        'labelSelector.matchExpressions[1].values[0]: Invalid value: "a b": a valid label must be',
      ],
    },
    {
      reason: 'tolerations',
      spec: {
        tolerations: [
          { value: 'x' },
          { key: 'a', operator: 'Exists', value: 'x' },
          { key: 'a', operator: 'Foo' },
          { key: 'a', operator: 'Exists', effect: 'Bad' },
          { key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 1 },
        ],
      },
      want: [
        'tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty',
        `tolerations[1].operator: Invalid value: "x": value must be empty when \`operator\` is 'Exists'`,
        'tolerations[2].operator: Unsupported value: "Foo": supported values: "Equal", "Exists"',
        'tolerations[3].effect: Unsupported value: "Bad": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
        `tolerations[4].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
      ],
    },
    {
      reason: 'no terms for nodes',
      spec: { affinity: { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [] } } } },
      want: [
        `affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms: Required value: must have at least one node selector`,
      ],
    },
    {
      reason: 'requirements of nodes',
      spec: nodeTerm({
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'a', operator: 'Gt', values: ['1', '2'] },
          { key: 'a', operator: 'Gt', values: ['1'] },
        ],
        matchFields: [{ key: 'metadata.namespace', operator: 'Exists' }],
      }),
      want: [
        "matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or",
        'matchExpressions[1].values: Required value: must be specified single value',
        'matchFields[0].operator: Invalid value: "Exists": not a valid',
        'matchFields[0].key: Invalid value: "metadata.namespace": not a valid f',
      ],
    },
    {
      reason: 'weights',
      spec: {
        affinity: {
          nodeAffinity: { [PREFERRED]: [{ weight: 0, preference: {} }] },
          podAntiAffinity: { [PREFERRED]: [{ weight: 101, podAffinityTerm: { topologyKey: 'zone' } }] },
        },
      },
      want: [
        `nodeAffinity.${PREFERRED}[0].weight: Invalid value: 0: must be in the range 1-100`,
        `podAntiAffinity.${PREFERRED}[0].weight: Invalid value: 101: must be in the range 1-100`,
      ],
    },
    {
      reason: 'terms for pods',
      spec: podTerm({
        namespaces: ['A_B'],
        matchLabelKeys: ['a'],
        namespaceSelector: { matchExpressions: [{ key: 'x', operator: 'In' }] },
      }),
      want: [
        'namespaceSelector.matchExpressions[0].values: Required',
        '[0].namespace: Invalid value: "A_B": a lowercase RFC 1123 label',
        '[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not',
        '[0].topologyKey: Required value: can not be empty',
        '[0].topologyKey: Invalid value: "": name part must be non-empty',
        '[0].topologyKey: Invalid value: "": name part must consist of',
      ],
    },
    {
      reason: 'keys matched twice',
      spec: podTerm({
        topologyKey: 'zone',
        labelSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
        matchLabelKeys: ['a', 'c'],
        mismatchLabelKeys: ['c'],
      }),
      want: [
        `${REQUIRED}[0][0]: Invalid value: "a": exists in both matchLabelKeys and labelSelector`,
        `${REQUIRED}[0].matchLabelKeys[1]: Invalid value: "c": exists in both matchLabelKeys and mismatch`,
      ],
    },
  ]);
});

describe('what containers are', () => {
  check([
    {
      reason: 'only containers that come first may be restarted on their own',
      spec: {
        ...container({ restartPolicy: 'Always' }),
        initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Never' }],
      },
      want: [
        'containers[0].restartPolicy: Forbidden: may not be set for non-init containers',
        'initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"',
      ],
    },
    {
      reason: 'ports of the host',
      spec: {
        containers: [
          { name: 'a', image: 'a', ports: [{ containerPort: 1, hostPort: 80 }] },
          {
            name: 'b',
            image: 'b',
            ports: [
              { containerPort: 2, hostPort: 80 },
              { containerPort: 3, hostPort: 80, protocol: 'UDP' },
            ],
          },
        ],
      },
      want: ['containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    },
    {
      reason: 'ports on the network of the host',
      spec: { ...container({ ports: [{ containerPort: 1, hostPort: 2 }] }), hostNetwork: true },
      want: ['hostPort: Invalid value: 2: must match `containerPort` when `hostNetwork` is true'],
    },
    {
      reason: 'variables of fields',
      spec: container({
        env: [
          { name: 'a', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } },
          { name: 'b', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } },
          { name: 'c', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'd', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } },
          { name: 'e', valueFrom: { secretKeyRef: { name: '', key: 'a b' } } },
        ],
      }),
      want: [
        'fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
        'fieldPath: Unsupported value: "status.phase": supported values: "metadata.name",',
        `divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported`,
        'secretKeyRef.name: Invalid value: "": a lowercase RFC 1123 subdomain',
        'secretKeyRef.key: Invalid value: "a b": a valid config key',
      ],
    },
    {
      reason: 'variables of whole objects',
      spec: container({ envFrom: [{}, { prefix: 'a=', configMapRef: { name: 'c' } }, { secretRef: {} }] }),
      want: [
        'envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
        'envFrom[1].prefix: Invalid value: "a=": a valid environment variable name',
        'envFrom[2].secretRef.name: Required value',
      ],
    },
    {
      reason: 'mounts',
      spec: {
        ...container({
          volumeMounts: [
            { name: 'v', mountPath: '/a' },
            { name: 'v', mountPath: '/a', mountPropagation: 'Bidirectional' },
            { name: 'v', mountPath: '/b', recursiveReadOnly: 'Enabled' },
          ],
          volumeDevices: [{ name: 'w', devicePath: '../x' }],
        }),
        volumes: [{ name: 'v', emptyDir: {} }],
      },
      want: [
        'volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
        'volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to',
        'volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
        'volumeDevices[0].name: Not found: "w"',
        `volumeDevices[0].devicePath: Invalid value: "../x": can not contain backsteps ('..')`,
      ],
    },
    {
      reason: 'names of resources',
      spec: container({
        resources: {
          limits: { foo: '1', storage: '1', 'example.com/x': '500m', 'hugepages-2Mi': '3Mi' },
          requests: { 'example.com/y': '1' },
        },
      }),
      want: [
        'limits[foo]: Invalid value: foo: must be a standard resource type or fully qualified',
        'limits[foo]: Invalid value: foo: must be a standard resource for containers',
        'limits[storage]: Invalid value: storage: must be a standard resource for containers',
        'limits[example.com/x]: Invalid value: "500m": must be an integer',
        'limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
        'requests[foo]',
        'requests[foo]',
        'requests[storage]',
        'requests[example.com/x]',
        'requests[hugepages-2Mi]',
        'limits: Required value: Limit must be set for non overcommitable resources',
        'resources: Forbidden: HugePages require cpu or memory',
      ],
    },
    {
      reason: 'what cannot be shared is asked for as it is limited',
      spec: container({ resources: { limits: { 'example.com/x': '2' }, requests: { 'example.com/x': '1' } } }),
      want: ['requests: Invalid value: "1": must be equal to example.com/x limit of 2'],
    },
    {
      reason: 'probes',
      spec: container({
        livenessProbe: { exec: {}, successThreshold: 2, terminationGracePeriodSeconds: 0 },
        readinessProbe: { httpGet: { port: 'UP', scheme: 'FTP', httpHeaders: [{ name: 'a b', value: 'c' }] } },
      }),
      want: [
        'livenessProbe.exec.command: Required value',
        'livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
        'livenessProbe.successThreshold: Invalid value: 2: must be 1',
        'httpGet.port: Invalid value: "UP": must contain only alpha-numeric',
        'httpGet.port: Invalid value: "UP": must contain at least one letter',
        'httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
        'httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header',
      ],
    },
    {
      reason: 'hooks',
      spec: container({ lifecycle: { postStart: {}, preStop: { sleep: { seconds: 100 } } } }),
      want: [
        'lifecycle.postStart: Required value: must specify a handler type',
        'lifecycle.preStop.sleep: Invalid value: 100: must be greater than 0 and less than terminationGracePeriodSeconds (30)',
      ],
    },
    {
      reason: 'security',
      spec: container({
        securityContext: {
          runAsUser: -1,
          privileged: true,
          allowPrivilegeEscalation: false,
          seccompProfile: { type: 'Localhost' },
          appArmorProfile: { type: 'X' },
        },
      }),
      want: [
        'runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'cannot set `allowPrivilegeEscalation` to fal',
        'seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
        'appArmorProfile.type: Unsupported value: "X": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
      ],
    },
  ]);
});

describe('what pods are', () => {
  check([
    {
      reason: 'volumes',
      spec: {
        volumes: [
          { name: 'A_B', emptyDir: {} },
          { name: 'a', hostPath: { path: '/a', type: 'X' } },
          { name: 'a', secret: { secretName: 's', defaultMode: 512, items: [{ key: '', path: '/x' }] } },
          { name: 'c', downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'spec.nodeName' } }] } },
          { name: 'd', csi: { driver: 'd', nodePublishSecretRef: {} } },
          { name: 'e', iscsi: {} },
        ],
      },
      want: [
        'volumes[0].name: Invalid value: "A_B": a lowercase RFC 1123 label',
        'volumes[1].hostPath.type: Unsupported value: "X"',
        'volumes[2].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
        'volumes[2].secret.items[0].key: Required value',
        'volumes[2].secret.items[0].path: Invalid value: "/x": must be a relative path',
        'volumes[2].name: Duplicate value: "a"',
        'volumes[3].downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName"',
        'volumes[4].csi.nodePublishSecretRef.name: Required value',
        'volumes[5].iscsi.targetPortal: Required value',
        'volumes[5].iscsi.iqn: Required value',
      ],
    },
    {
      reason: 'volumes of several sources',
      spec: {
        volumes: [
          {
            name: 'p',
            projected: {
              sources: [
                { secret: { name: 's', items: [{ key: 'k', path: 'x' }] } },
                {
                  configMap: { name: 'c', items: [{ key: 'k', path: 'x' }] },
                  serviceAccountToken: { path: 't', expirationSeconds: 10 },
                },
              ],
            },
          },
        ],
      },
      want: [
        'serviceAccountToken.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
        'projected.sources[1]: Forbidden: may not specify more than 1 volume type per source',
        'projected: Invalid value: "c": conflicting duplicate paths',
      ],
    },
    {
      reason: 'security of all containers',
      spec: {
        hostPID: true,
        hostIPC: true,
        shareProcessNamespace: true,
        securityContext: {
          fsGroup: -1,
          sysctls: [
            { name: 'a b', value: '1' },
            { name: 'kernel.shmmax', value: '1' },
          ],
        },
      },
      want: [
        'securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
        'sysctls[0].name: Invalid value: "a b": must have at most 253 characters',
        `sysctls[1].name: Invalid value: "kernel.shmmax": may not be specified when 'hostIPC' is true`,
      ],
    },
    {
      reason: 'operating systems',
      spec: { os: { name: 'windows' }, securityContext: { runAsUser: 1 } },
      want: ['securityContext.runAsUser: Forbidden: cannot be set for a windows pod'],
    },
    {
      reason: 'no name servers',
      spec: { dnsPolicy: 'None' },
      want: ['dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    },
    {
      reason: 'names',
      spec: {
        dnsConfig: { nameservers: ['x', '::1'], searches: ['a_b'], options: [{}] },
        hostAliases: [{ ip: '1.2.3', hostnames: ['A_B'] }],
        subdomain: 'a.b',
      },
      want: [
        'dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address',
        'dnsConfig.searches[0]: Invalid value: "a_b": a lowercase RFC 1123 subdomain',
        'dnsConfig.options[0]: Required value: must not be empty',
        'subdomain: Invalid value: "a.b": must not contain dots',
        'hostAliases[0].ip: Invalid value: "1.2.3": must be a valid IP address',
        'hostAliases[0].hostnames[0]: Invalid value: "A_B": a lowercase RFC 1123 subdomain',
      ],
    },
    {
      reason: 'gates',
      spec: {
        nodeName: 'n',
        schedulingGates: [{ name: 'x' }, { name: 'x' }],
        readinessGates: [{ conditionType: 'a b' }],
      },
      want: [
        'readinessGates[0].conditionType: Invalid value: "a b"',
        'schedulingGates[1]: Duplicate value: "x"',
        'nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
      ],
    },
  ]);
});

describe('what may change in pods', () => {
  const gated = { schedulingGates: [{ name: 'g' }] };
  check([
    { reason: 'tolerations are added', spec: { tolerations: [{ operator: 'Exists' }] }, previous: {}, want: [] },
    {
      reason: 'tolerations stay',
      spec: {},
      previous: { tolerations: [{ operator: 'Exists' }] },
      want: ['tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
    },
    {
      reason: 'deadlines come closer',
      spec: { activeDeadlineSeconds: 20 },
      previous: { activeDeadlineSeconds: 10 },
      want: ['activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value'],
    },
    {
      reason: 'containers stay',
      spec: {
        containers: [
          { name: 'a', image: 'a' },
          { name: 'b', image: 'b' },
        ],
      },
      previous: {},
      want: ['containers: Forbidden: pod updates may not add or remove containers'],
    },
    {
      reason: 'gates are only opened',
      spec: gated,
      previous: {},
      want: [`schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'`],
    },
    { reason: 'behind a gate, nodes are narrowed', spec: { nodeSelector: { a: 'b' } }, previous: gated, want: [] },
    {
      reason: 'behind a gate, nodes are not widened',
      spec: { ...gated, nodeSelector: { a: 'c' } },
      previous: { ...gated, nodeSelector: { a: 'b' } },
      want: ['nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed'],
    },
    {
      reason: 'without a gate, nodes are settled',
      spec: { nodeSelector: { a: 'b' } },
      previous: {},
      want: ['spec: Forbidden: pod updates may not change fields other than'],
    },
    {
      reason: 'behind a gate, terms grow at their end',
      spec: {
        ...gated,
        ...nodeTerm({
          matchExpressions: [
            { key: 'b', operator: 'Exists' },
            { key: 'a', operator: 'Exists' },
          ],
        }),
      },
      previous: { ...gated, ...nodeTerm({ matchExpressions: [{ key: 'a', operator: 'Exists' }] }) },
      want: ['nodeSelectorTerms[0]: Invalid value'],
    },
  ]);
});
