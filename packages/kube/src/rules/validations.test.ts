import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../objects/index.ts';
import { BUILTIN_DEFAULTS } from '../builtin/defaults/defaults.ts';
import { BUILTIN_VALIDATIONS } from './validations.ts';

type Json = Readonly<Record<string, unknown>>;

const complete = (kind: string, object: Json): Json => BUILTIN_DEFAULTS[kind]?.(deepFreeze(object)) ?? object;
const findings = (kind: string, object: Json, previous?: Json) =>
  BUILTIN_VALIDATIONS[kind]?.(complete(kind, object), previous && complete(kind, previous)).map(formatFieldError);

const aPod = (spec: Json = {}): Json => ({ spec: { containers: [{ name: 'a', image: 'a' }], ...spec } });
const aMirror = (of: string): Json => ({
  ...aPod({ nodeName: 'n' }),
  metadata: { annotations: { 'kubernetes.io/config.mirror': of } },
});
const aContainer = (part: Json): Json => aPod({ containers: [{ name: 'a', image: 'a', ...part }] });
const aDeployment = (spec: Json = {}): Json => ({
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, ...aPod() },
    ...spec,
  },
});
const aJob = (spec: Json = {}, pod: Json = { restartPolicy: 'Never' }): Json => ({
  metadata: {},
  spec: { template: aPod(pod), ...spec },
});
const aService = (spec: Json = {}): Json => ({ metadata: { name: 's' }, spec: { ports: [{ port: 80 }], ...spec } });

describe('BUILTIN_VALIDATIONS', () => {
  it.each<{ reason: string; kind: string; object: Json; previous?: Json; want: readonly string[] }>([
    { reason: 'a pod', kind: '/Pod', object: aPod(), previous: aPod(), want: [] },
    { reason: 'a mirror that stays one', kind: '/Pod', object: aMirror('x'), previous: aMirror('x'), want: [] },
    {
      reason: 'a pod that becomes a mirror',
      kind: '/Pod',
      object: aMirror('x'),
      previous: aPod({ nodeName: 'n' }),
      want: ['metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not add mirror pod annotation'],
    },
    ...[aMirror('y'), aPod({ nodeName: 'n' })].map((object) => ({
      reason: 'a mirror that becomes another pod',
      kind: '/Pod',
      object,
      previous: aMirror('x'),
      want: [
        'metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not remove or update mirror pod annotation',
      ],
    })),
    {
      reason: 'no containers',
      kind: '/Pod',
      object: aPod({ containers: [] }),
      want: ['spec.containers: Required value'],
    },
    {
      reason: 'names of containers',
      kind: '/Pod',
      object: aPod({ initContainers: [{ name: 'a', image: 'i' }] }),
      want: ['spec.initContainers[0].name: Duplicate value: "a"'],
    },
    {
      reason: 'ephemeral containers come later',
      kind: '/Pod',
      object: aPod({ ephemeralContainers: [{ name: 'e', image: 'e' }] }),
      want: ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
    },
    {
      reason: 'ephemeral containers come by their subresource',
      kind: '/Pod',
      object: aPod({ ephemeralContainers: [{ name: 'e', image: 'e' }] }),
      previous: aPod(),
      want: [expect.stringContaining('spec: Forbidden: pod updates may not change fields other than') as string],
    },
    {
      reason: 'templates have no ephemeral containers',
      kind: 'apps/Deployment',
      object: aDeployment({
        template: { metadata: { labels: { app: 'a' } }, ...aPod({ ephemeralContainers: [{ name: 'e', image: 'e' }] }) },
      }),
      want: ['spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template'],
    },
    {
      reason: 'no image',
      kind: '/Pod',
      object: aPod({ containers: [{ name: 'a' }] }),
      want: ['spec.containers[0].image: Required value'],
    },
    {
      reason: 'ports',
      kind: '/Pod',
      object: aContainer({ ports: [{ containerPort: 0, name: 'x--y' }] }),
      want: [
        'spec.containers[0].ports[0].name: Invalid value: "x--y": must not contain consecutive hyphens',
        'spec.containers[0].ports[0].containerPort: Required value',
      ],
    },
    {
      reason: 'mounts of a stateful set, which are judged with its pods',
      kind: 'apps/StatefulSet',
      object: aDeployment({
        serviceName: 's',
        template: {
          metadata: { labels: { app: 'a' } },
          ...aContainer({
            volumeMounts: [
              { name: 'data', mountPath: '/data' },
              { name: 'other', mountPath: '/other' },
            ],
          }),
        },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      }),
      want: [],
    },
    {
      reason: 'a mount without its volume',
      kind: '/Pod',
      object: aContainer({ volumeMounts: [{ name: 'v', mountPath: '/v', subPath: '../x' }] }),
      want: [
        'spec.containers[0].volumeMounts[0].name: Not found: "v"',
        `spec.containers[0].volumeMounts.subPath: Invalid value: "../x": must not contain '..'`,
      ],
    },
    {
      reason: 'requests over limits',
      kind: '/Pod',
      object: aContainer({ resources: { requests: { cpu: '2' }, limits: { cpu: '500m' } } }),
      want: [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 500m',
      ],
    },
    {
      reason: 'a probe without handler',
      kind: '/Pod',
      object: aContainer({ livenessProbe: {} }),
      want: ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    },
    {
      reason: 'restart policy',
      kind: '/Pod',
      object: aPod({ restartPolicy: 'Sometimes' }),
      want: ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    },
    {
      reason: 'two volume types',
      kind: '/Pod',
      object: aPod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
      want: ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    },
    {
      reason: 'the image of a pod may change',
      kind: '/Pod',
      object: aPod({ containers: [{ name: 'a', image: 'a:2', imagePullPolicy: 'Always' }] }),
      previous: aPod(),
      want: [],
    },
    {
      reason: 'a pod gets a node by a binding alone',
      kind: '/Pod',
      object: aPod({ nodeName: 'n' }),
      previous: aPod(),
      want: [expect.stringContaining('spec: Forbidden: pod updates may not change fields other than') as string],
    },
    {
      reason: 'a pod that should have ended before it began may end at once',
      kind: '/Pod',
      object: aPod({ terminationGracePeriodSeconds: 1 }),
      previous: aPod({ terminationGracePeriodSeconds: -1 }),
      want: [],
    },
    {
      reason: 'how long a pod has to end stays',
      kind: '/Pod',
      object: aPod({ terminationGracePeriodSeconds: 1 }),
      previous: aPod({ terminationGracePeriodSeconds: 30 }),
      want: [expect.stringContaining('spec: Forbidden: pod updates may not change fields other than') as string],
    },
    { reason: 'a deployment', kind: 'apps/Deployment', object: aDeployment(), want: [] },
    {
      reason: 'the selector must select the template',
      kind: 'apps/Deployment',
      object: aDeployment({ selector: { matchLabels: { app: 'b' } } }),
      want: [
        'spec.template.metadata.labels: Invalid value: map[string]string{"app":"a"}: `selector` does not match template `labels`',
      ],
    },
    {
      reason: 'the selector never changes',
      kind: 'apps/Deployment',
      object: aDeployment(),
      previous: aDeployment({ selector: { matchLabels: { app: 'x' } } }),
      want: [
        'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"a"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable',
      ],
    },
    {
      reason: 'a rolling update that stands still',
      kind: 'apps/Deployment',
      object: aDeployment({ replicas: -1, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }),
      want: [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"0%"}: may not be 0 when `maxSurge` is 0',
      ],
    },
    { reason: 'a job', kind: 'batch/Job', object: aJob(), previous: aJob(), want: [] },
    {
      reason: 'a job restarts no pods',
      kind: 'batch/Job',
      object: aJob({}, {}),
      want: ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    },
    {
      reason: 'completions never change',
      kind: 'batch/Job',
      object: aJob({ completions: 2 }),
      previous: aJob({ completions: 1 }),
      want: ['spec.completions: Invalid value: 2: field is immutable'],
    },
    {
      reason: 'a schedule',
      kind: 'batch/CronJob',
      object: { spec: { schedule: '* * *', jobTemplate: { spec: { template: aPod({ restartPolicy: 'Never' }) } } } },
      want: ['spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]'],
    },
    {
      reason: 'a replication controller selects its template',
      kind: '/ReplicationController',
      object: { spec: { selector: { app: 'b' }, template: { metadata: { labels: { app: 'a' } }, ...aPod() } } },
      want: [
        'spec.template.metadata.labels: Invalid value: map[string]string{"app":"a"}: `selector` does not match template `labels`',
      ],
    },
    {
      reason: 'a replication controller without labels selects nothing',
      kind: '/ReplicationController',
      object: { spec: {} },
      want: ['spec.selector: Required value', 'spec.template: Required value'],
    },
    { reason: 'a service', kind: '/Service', object: aService(), want: [] },
    {
      reason: 'several ports need names',
      kind: '/Service',
      object: aService({ ports: [{ port: 80 }, { port: 0, name: 'x', targetPort: 1 }] }),
      want: [
        'spec.ports[0].name: Required value',
        'spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      ],
    },
    {
      reason: 'the address of a service stays',
      kind: '/Service',
      object: aService({ clusterIP: '10.0.0.2' }),
      previous: aService({ clusterIP: '10.0.0.1' }),
      want: ['spec.clusterIPs[0]: Invalid value: "10.0.0.2": may not change once set'],
    },
    {
      reason: 'an immutable config map',
      kind: '/ConfigMap',
      object: { immutable: true, data: { a: '2' } },
      previous: { immutable: true, data: { a: '1' } },
      want: ['data: Forbidden: field is immutable when `immutable` is set'],
    },
    {
      reason: 'a key that is a path',
      kind: '/ConfigMap',
      object: { data: { '..': 'x' } },
      want: [`data[..]: Invalid value: "..": must not be '..'`],
    },
    {
      reason: 'a TLS secret without key',
      kind: '/Secret',
      object: { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
      want: ['data[tls.key]: Required value'],
    },
    {
      reason: 'a role reference stays',
      kind: 'rbac.authorization.k8s.io/RoleBinding',
      object: { roleRef: { kind: 'Role', name: 'a' } },
      previous: { roleRef: { kind: 'Role', name: 'b' } },
      want: [
        'roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"a"}: cannot change roleRef',
      ],
    },
  ])('$kind: $reason', ({ kind, object, previous, want }) => {
    expect(findings(kind, object, previous)).toEqual(want);
  });

  it('keeps the rest of a pod as it was created', () => {
    expect(findings('/Pod', aContainer({ command: ['x'] }), aPod())).toEqual([
      expect.stringContaining('spec: Forbidden: pod updates may not change fields other than'),
    ]);
  });

  it.each(Object.keys(BUILTIN_VALIDATIONS))('%s: never throws on parts of the wrong type', (kind) => {
    const odd = { metadata: 1, spec: [null], data: 'x', roleRef: null, subjects: [1] };
    expect(Array.isArray(BUILTIN_VALIDATIONS[kind]?.(odd, odd))).toBe(true);
    const deep = {
      spec: { template: { spec: { containers: [1, { env: 2, ports: [null] }] } }, ports: 1, containers: {} },
    };
    expect(Array.isArray(BUILTIN_VALIDATIONS[kind]?.(deep, deep))).toBe(true);
  });
});
