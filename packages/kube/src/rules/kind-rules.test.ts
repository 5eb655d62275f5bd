import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../objects/index.ts';
import { BUILTIN_DEFAULTS } from '../builtin/defaults/defaults.ts';
import { isIpAddress, isIpBlock, isStrictlyWithin } from './network/ip-address.ts';
import { BUILTIN_VALIDATIONS } from './validations.ts';

type Json = Readonly<Record<string, unknown>>;

interface Case {
  readonly reason: string;
  readonly spec: Json;
  /** The spec it takes the place of. */
  readonly previous?: Json;
  readonly want: readonly string[];
}

/** Cases of one kind; each finding must contain the words wanted, `spec.` left out. */
const check = (kind: string, whole: (spec: Json) => Json, cases: readonly Case[]): void => {
  const complete = (spec: Json): Json => {
    const object = deepFreeze(whole(spec));
    return BUILTIN_DEFAULTS[kind]?.(object) ?? object;
  };
  it.each(cases)(`${kind}: $reason`, ({ spec, previous, want }) => {
    const found = BUILTIN_VALIDATIONS[kind]!(complete(spec), previous && complete(previous))
      .map(formatFieldError)
      .map((finding) => finding.replace(/^spec\./, ''));
    expect(found).toHaveLength(want.length);
    want.forEach((text, at) => expect(found[at]).toContain(text));
  });
};

const pod = { containers: [{ name: 'a', image: 'a' }] };
const template = (spec: Json = {}): Json => ({ metadata: { labels: { app: 'a' } }, spec: { ...pod, ...spec } });
const set = (spec: Json): Json => ({
  metadata: { name: 's' },
  spec: { selector: { matchLabels: { app: 'a' } }, template: template(), ...spec },
});
const job = (spec: Json): Json => ({
  metadata: { name: 'j' },
  spec: { template: template({ restartPolicy: 'Never' }), ...spec },
});
const failing = (...rules: readonly Json[]): Json => ({ podFailurePolicy: { rules } });
const ofSpec = (spec: Json): Json => ({ metadata: { name: 'x' }, spec });

describe('rules of services', () => {
  const service = (spec: Json): Json => ofSpec({ ports: [{ port: 80 }], ...spec });
  check('/Service', service, [
    { reason: 'a service', spec: {}, want: [] },
    {
      reason: 'ports',
      spec: {
        ports: [
          { port: 1, name: 'a' },
          { port: 1, name: 'b', appProtocol: 'a b' },
        ],
      },
      want: ['ports[1].appProtocol: Invalid value: "a b"', 'ports[1]: Duplicate value: {"port":1,"protocol":"TCP"}'],
    },
    {
      reason: 'what only some types have',
      spec: {
        ports: [{ port: 80, nodePort: 30_000 }],
        loadBalancerClass: 'x/y',
        allocateLoadBalancerNodePorts: false,
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30_010,
      },
      want: [
        `ports[0].nodePort: Forbidden: may not be used when \`type\` is 'ClusterIP'`,
        `allocateLoadBalancerNodePorts: Forbidden: may only be used when \`type\` is 'LoadBalancer'`,
        `loadBalancerClass: Forbidden: may only be used when \`type\` is 'LoadBalancer'`,
        'externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
        'healthCheckNodePort: Invalid value: 30010: may only be set when',
      ],
    },
    {
      reason: 'what goes with another type is refused, whatever the type was before',
      spec: { externalTrafficPolicy: 'Cluster' },
      previous: { type: 'LoadBalancer' },
      want: ['externalTrafficPolicy: Invalid value: "Cluster": may only be set for externally-accessible services'],
    },
    {
      reason: 'aliases',
      spec: { type: 'ExternalName', externalName: 'A_B', clusterIP: 'None', ipFamilies: ['IPv4'] },
      want: [
        'clusterIPs: Forbidden: may not be set for ExternalName services',
        'ipFamilies: Forbidden: may not be set for ExternalName services',
        'externalName: Invalid value: "A_B": a lowercase RFC 1123 subdomain',
      ],
    },
    {
      reason: 'affinity',
      spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 90_000 } } },
      want: ['clientIP.timeoutSeconds: Invalid value: 90000: must be greater than 0 and less than 86400'],
    },
    {
      reason: 'affinity nobody asked for is forgotten',
      spec: { sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
      want: [],
    },
    {
      reason: 'addresses from outside',
      spec: { externalIPs: ['x', '127.0.0.1', '0.0.0.0', '169.254.1.1', '8.8.8.8'] },
      want: [
        'externalIPs[0]: Invalid value: "x": must be a valid IP address',
        'externalIPs[1]: Invalid value: "127.0.0.1": may not be in the loopback range',
        'externalIPs[2]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
        'externalIPs[3]: Invalid value: "169.254.1.1": may not be in the link-local range',
      ],
    },
    {
      reason: 'families',
      spec: { ipFamilies: ['IPv4', 'IPv4', 'X'], ipFamilyPolicy: 'Y' },
      want: [
        'ipFamilies[1]: Duplicate value: "IPv4"',
        'ipFamilies[2]: Unsupported value: "X": supported values: "IPv4", "IPv6"',
        'ipFamilyPolicy: Unsupported value: "Y"',
      ],
    },
    {
      reason: 'who may send to a balancer',
      spec: { type: 'LoadBalancer', clusterIP: 'None', loadBalancerSourceRanges: ['1.2.3.4/33', ' 10.0.0.0/8 '] },
      want: [
        `clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services`,
        'LoadBalancerSourceRanges[0]: Invalid value: "1.2.3.4/33": must be a valid CIDR value',
      ],
    },
  ]);
});

describe('rules of jobs', () => {
  check('batch/Job', job, [
    { reason: 'a job', spec: {}, want: [] },
    {
      reason: 'many indexes',
      spec: { completionMode: 'Indexed', completions: 200_000, parallelism: 20_000, backoffLimitPerIndex: 1 },
      want: [
        'maxFailedIndexes: Required value: must be specified when completions is above 100000',
        'parallelism: Invalid value: 20000: must be less than or equal to 10000 when completions are above 100000',
      ],
    },
    {
      reason: 'failures without indexes',
      spec: { maxFailedIndexes: 1 },
      want: [
        'backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
        'maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
      ],
    },
    {
      reason: 'which failures count',
      spec: failing(
        { action: 'X', onExitCodes: { operator: 'In', values: [0, 2, 1, 1] } },
        { action: 'FailIndex', onExitCodes: { operator: 'X', values: [], containerName: 'z' } },
        { action: 'Ignore' },
        { action: 'Ignore', onPodConditions: [{ type: 'a b', status: 'X' }] },
      ),
      want: [
        'rules[0].action: Unsupported value: "X": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
        'rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
        'rules[0].onExitCodes.values[3]: Duplicate value: 1',
        'rules[0].onExitCodes.values: Invalid value: [0,2,1,1]: must be ordered',
        'rules[1].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
        'rules[1].onExitCodes.operator: Unsupported value: "X": supported values: "In", "NotIn"',
        'rules[1].onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names',
        'rules[1].onExitCodes.values: Invalid value: []: at least one value is required',
        'rules[2]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
        'rules[3].onPodConditions[0].type: Invalid value: "a b"',
        'rules[3].onPodConditions[0].status: Unsupported value: "X"',
      ],
    },
    {
      reason: 'failures are judged of pods that do not come back',
      spec: {
        ...failing({ action: 'Count', onExitCodes: { operator: 'In', values: [1] } }),
        podReplacementPolicy: 'TerminatingOrFailed',
        template: template({ restartPolicy: 'OnFailure' }),
      },
      want: [
        'podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
        'restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
      ],
    },
    {
      reason: 'successes',
      spec: {
        completionMode: 'Indexed',
        completions: 3,
        successPolicy: {
          rules: [
            {},
            { succeededIndexes: 'x' },
            { succeededIndexes: '0-1', succeededCount: 3 },
            { succeededIndexes: '0-9' },
          ],
        },
      },
      want: [
        'rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
        'rules[1].succeededIndexes: Invalid value: "x": error parsing succeededIndexes: cannot convert string to integer for index: "x"',
        'rules[2].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes',
        'rules[3].succeededIndexes: Invalid value: "0-9": error parsing succeededIndexes: too large index: "9"',
      ],
    },
    {
      reason: 'who looks after it',
      spec: { managedBy: 'me' },
      want: ['managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
    },
    {
      reason: 'what is settled',
      spec: { ...failing({ action: 'Count', onExitCodes: { operator: 'In', values: [1] } }), managedBy: 'a.io/b' },
      previous: {},
      want: ['podFailurePolicy: Invalid value', 'managedBy: Invalid value: "a.io/b": field is immutable'],
    },
    {
      reason: 'indexes grow with what runs at once',
      spec: { completionMode: 'Indexed', completions: 5, parallelism: 5 },
      previous: { completionMode: 'Indexed', completions: 3, parallelism: 3 },
      want: [],
    },
    {
      reason: 'indexes do not grow by themselves',
      spec: { completionMode: 'Indexed', completions: 5, parallelism: 3 },
      previous: { completionMode: 'Indexed', completions: 3, parallelism: 3 },
      want: ['completions: Invalid value: 5: field is immutable'],
    },
    {
      reason: 'while it waits it may be told where to run',
      spec: { suspend: true, template: template({ restartPolicy: 'Never', nodeSelector: { a: 'b' } }) },
      previous: { suspend: true },
      want: [],
    },
    {
      reason: 'but not what',
      spec: { suspend: true, template: template({ restartPolicy: 'Never', containers: [{ name: 'a', image: 'z' }] }) },
      previous: { suspend: true },
      want: ['template: Invalid value'],
    },
  ]);
  check('batch/CronJob', (spec) => ofSpec({ schedule: '* * * * *', jobTemplate: { spec: job({})['spec'] }, ...spec }), [
    { reason: 'a schedule with names', spec: { schedule: '0 0 * JAN MON-FRI', timeZone: 'Europe/Berlin' }, want: [] },
    { reason: 'beyond the hour', spec: { schedule: '60 * * * *' }, want: ['schedule: Invalid value: "60 * * * *"'] },
    { reason: 'words', spec: { schedule: '@fortnightly' }, want: ['schedule: Invalid value: "@fortnightly"'] },
    {
      reason: 'no such zone',
      spec: { timeZone: 'Foo/Bar' },
      want: ['timeZone: Invalid value: "Foo/Bar": unknown time zone Foo/Bar'],
    },
    {
      reason: 'here',
      spec: { timeZone: 'Local' },
      want: ['timeZone: Invalid value: "Local": timeZone must be an explicit time zone'],
    },
  ]);
});

describe('rules of sets', () => {
  check('apps/Deployment', set, [
    {
      reason: 'nothing',
      spec: { selector: undefined, template: undefined },
      want: [
        'selector: Required value',
        'template.spec.containers: Required value',
        'template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
      ],
    },
  ]);
  check('apps/StatefulSet', set, [
    {
      reason: 'how it works',
      spec: {
        podManagementPolicy: 'X',
        ordinals: { start: -1 },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'X' },
        updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } },
      },
      want: [
        `updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy 'RollingUpdate'`,
        `podManagementPolicy: Invalid value: "X": must be 'OrderedReady' or 'Parallel'`,
        'ordinals.start: Invalid value: -1: must be greater than or equal to 0',
        'whenDeleted: Unsupported value: "X": supported values: "Retain", "Delete"',
      ],
    },
  ]);
  check('apps/DaemonSet', set, [
    {
      reason: 'two ways to roll',
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } } },
      want: [
        'rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:0, IntVal:1, StrVal:""}: may not be set when maxUnavailable is non-zero',
      ],
    },
  ]);
});

describe('rules of autoscalers', () => {
  const scaler = (spec: Json): Json =>
    ofSpec({ scaleTargetRef: { kind: 'Deployment', name: 'd' }, maxReplicas: 3, ...spec });
  const metric = (part: Json): Json => ({ metrics: [part] });
  check('autoscaling/HorizontalPodAutoscaler', scaler, [
    {
      reason: 'a share of a resource',
      spec: metric({
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
      }),
      want: [],
    },
    { reason: 'no such metric', spec: metric({ type: 'X' }), want: ['metrics[0].type: Unsupported value: "X"'] },
    {
      reason: 'another metric than it says',
      spec: metric({ type: 'Resource', pods: {} }),
      want: ['metrics[0].resource: Required value: must populate information for the given metric source'],
    },
    {
      reason: 'no target',
      spec: metric({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }),
      want: ['averageUtilization: Required value: must set either a target raw value or a target utilization'],
    },
    {
      reason: 'a metric of pods',
      spec: metric({ type: 'Pods', pods: { metric: { name: 'a/b' }, target: { type: 'X', averageValue: '0' } } }),
      want: [
        `pods.metric.name: Invalid value: "a/b": may not contain '/'`,
        'pods.target.type: Invalid value: "X": must be either Utilization, Value, or AverageValue',
        'pods.target.averageValue: Invalid value: "0": must be positive',
      ],
    },
    {
      reason: 'behaviour',
      spec: {
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 3601, policies: [] },
          scaleDown: { policies: [{ type: 'X', value: 0, periodSeconds: 1801 }] },
        },
      },
      want: [
        'scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
        'scaleUp.policies: Required value: must specify at least one Policy',
        'scaleDown.policies[0].type: Unsupported value: "X": supported values: "Percent", "Pods"',
        'scaleDown.policies[0].value: Invalid value: 0: must be greater than zero',
        'scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
      ],
    },
  ]);
});

describe('rules of networks', () => {
  const allow = (rule: Json): Json => ({ podSelector: {}, ingress: [rule] });
  check('networking.k8s.io/NetworkPolicy', ofSpec, [
    { reason: 'everybody', spec: allow({}), want: [] },
    {
      reason: 'nobody in particular',
      spec: allow({ from: [{}] }),
      want: ['from[0]: Required value: must specify a peer'],
    },
    {
      reason: 'blocks',
      spec: allow({
        from: [
          { podSelector: {}, ipBlock: { cidr: '1.2.3.0/24', except: ['1.2.3.0/25', '1.2.4.0/25', '1.2.3.0/24'] } },
          { ipBlock: { cidr: 'x' } },
        ],
      }),
      want: [
        'from[0].ipBlock.except[1]: Invalid value: "1.2.4.0/25": must be a strict subset of `cidr`',
        'from[0].ipBlock.except[2]: Invalid value: "1.2.3.0/24": must be a strict subset of `cidr`',
        'from[0]: Forbidden: may not specify both ipBlock and another peer',
        'from[1].ipBlock.cidr: Invalid value: "x": must be a valid CIDR value',
      ],
    },
    {
      reason: 'ports',
      spec: allow({ ports: [{ port: 0 }, { port: 'a', endPort: 5 }, { port: 5, endPort: 4 }, { endPort: 4 }] }),
      want: [
        'ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'ports[1].endPort: Invalid value: 5: may not be specified when `port` is non-numeric',
        'ports[2].endPort: Invalid value: 5: must be greater than or equal to `port`',
        'ports[3].endPort: Invalid value: 4: may not be specified when `port` is not specified',
      ],
    },
    {
      reason: 'ways',
      spec: { policyTypes: ['X'] },
      want: ['policyTypes[0]: Unsupported value: "X": supported values: "Ingress", "Egress"'],
    },
  ]);
  const backend = { service: { name: 's', port: { number: 80 } } };
  check('networking.k8s.io/Ingress', ofSpec, [
    {
      reason: 'hosts and secrets',
      spec: {
        defaultBackend: backend,
        ingressClassName: 'A_B',
        tls: [{ hosts: ['*.a.test', '*a'], secretName: 'A_B' }],
      },
      want: [
        'tls[0].hosts[1]: Invalid value: "*a": a wildcard DNS-1123 subdomain must start with',
        'tls[0].secretName: Invalid value: "A_B"',
        'ingressClassName: Invalid value: "A_B"',
      ],
    },
    {
      reason: 'backends that are no services',
      spec: { defaultBackend: { resource: { kind: '', name: 'x', apiGroup: 'A_B' } } },
      want: ['resource.apiGroup: Invalid value: "A_B"', 'resource.kind: Required value: kind is required'],
    },
  ]);
  check('networking.k8s.io/IngressClass', ofSpec, [
    {
      reason: 'who serves it',
      spec: { controller: 'nope' },
      want: ['controller: Invalid value: "nope": must be a domain-prefixed path'],
    },
    {
      reason: 'who serves it stays',
      spec: { controller: 'a.io/c' },
      previous: { controller: 'a.io/b' },
      want: ['controller: Invalid value: "a.io/c": field is immutable'],
    },
  ]);
});

describe('rules of storage', () => {
  const volume = (spec: Json): Json =>
    ofSpec({ capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' }, ...spec });
  check('/PersistentVolume', volume, [
    { reason: 'a volume', spec: {}, want: [] },
    {
      reason: 'sizes, modes and policies',
      spec: {
        capacity: { storage: '0' },
        accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'X',
        volumeMode: 'Y',
      },
      want: [
        'accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
        'capacity[storage]: Invalid value: "0": must be greater than zero',
        'persistentVolumeReclaimPolicy: Unsupported value: "X"',
        'volumeMode: Unsupported value: "Y": supported values: "Block", "Filesystem"',
      ],
    },
    {
      reason: 'disks have a place',
      spec: { hostPath: undefined, local: { path: '/a' } },
      want: ['nodeAffinity: Required value: Local volume requires node affinity'],
    },
    {
      reason: 'drivers have no slash',
      spec: { hostPath: undefined, csi: { driver: 'a.io/b', volumeHandle: 'v' } },
      want: ['csi.driver: Invalid value: "a.io/b"'],
    },
    {
      reason: 'a driver of before that was a rule',
      spec: { hostPath: undefined, csi: { driver: 'a.io/b', volumeHandle: 'v' }, claimRef: { name: 'c' } },
      previous: { hostPath: undefined, csi: { driver: 'a.io/b', volumeHandle: 'v' } },
      want: [],
    },
    {
      reason: 'where it is stays',
      spec: { hostPath: { path: '/b' } },
      previous: {},
      want: ['persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation'],
    },
  ]);
  check(
    '/PersistentVolumeClaim',
    (spec) => ofSpec({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec }),
    [
      {
        reason: 'nothing',
        spec: { resources: { requests: { storage: '0' } } },
        want: ['resources[storage]: Invalid value: "0": must be greater than zero'],
      },
      {
        reason: 'selectors',
        spec: { selector: { matchExpressions: [{ key: 'a', operator: 'X' }] } },
        want: ['selector.matchExpressions[0].operator: Invalid value: "X"'],
      },
    ],
  );
  check('storage.k8s.io/StorageClass', (part) => ({ metadata: { name: 'c' }, provisioner: 'a.io/b', ...part }), [
    { reason: 'no provisioner', spec: { provisioner: '' }, want: ['provisioner: Required value'] },
    {
      reason: 'when volumes are bound',
      spec: { volumeBindingMode: 'X' },
      want: ['volumeBindingMode: Unsupported value: "X"'],
    },
    {
      reason: 'what stays',
      spec: { parameters: { a: 'c' }, volumeBindingMode: 'WaitForFirstConsumer' },
      previous: { parameters: { a: 'b' } },
      want: [
        'parameters: Forbidden: updates to parameters are forbidden.',
        'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
      ],
    },
  ]);
});

describe('rules of nodes', () => {
  check('/Node', ofSpec, [
    {
      reason: 'who it is to others is decided once',
      spec: { podCIDR: '10.1.1.0/24', podCIDRs: ['10.1.1.0/24'], externalID: 'x' },
      previous: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'], providerID: 'p://1' },
      want: [
        'podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
        'providerID: Forbidden: node updates may not change providerID except from "" to valid',
        'externalID: Forbidden: may not be updated',
      ],
    },
    {
      reason: 'what was not decided may be',
      spec: { podCIDR: '10.1.1.0/24', podCIDRs: ['10.1.1.0/24'], providerID: 'p://1' },
      previous: {},
      want: [],
    },
    {
      reason: 'taints',
      spec: {
        taints: [
          { key: 'a', effect: 'X' },
          { key: 'b', effect: 'NoSchedule' },
          { key: 'b', effect: 'NoSchedule' },
        ],
        podCIDRs: ['x'],
      },
      want: [
        'metadata.taints[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
        'metadata.taints[2]: Duplicate value',
        'podCIDRs[0]: Invalid value: "x": must be a valid CIDR value',
      ],
    },
  ]);
});

describe('addresses', () => {
  it.each(['1.2.3.4', '::', '::1', 'fe80::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4'])('%s is one', (text) =>
    expect(isIpAddress(text)).toBe(true),
  );
  it.each(['', '1.2.3', '1.2.3.256', ':::', '1::2::3', '1:2:3', 'g::1', '1:2:3:4:5:6:7::8', 'fe80::1%eth0'])(
    '%s is none',
    (text) => expect(isIpAddress(text)).toBe(false),
  );
  it('blocks have a length', () => {
    expect([isIpBlock('10.0.0.0/8'), isIpBlock('::/128'), isIpBlock('10.0.0.0/33'), isIpBlock('10.0.0.0')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([
      isStrictlyWithin('fd00:1::/32', 'fd00::/16'),
      isStrictlyWithin('fe00::/32', 'fd00::/16'),
      isStrictlyWithin('10.0.0.0/9', '::/8'),
    ]).toEqual([true, false, false]);
  });
});
