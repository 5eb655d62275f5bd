import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { BUILTIN_DEFAULTS, BUILTIN_SCHEMAS } from '../../builtin/index.ts';
import { BUILTIN_VALIDATIONS } from '../validations.ts';
import { validateAgainstSchema } from '../../schemas/index.ts';

const findings = (identity: string, object: object, previous?: object): readonly string[] => {
  const complete = BUILTIN_DEFAULTS[identity]?.(object as never) ?? object;
  return [
    ...validateAgainstSchema(BUILTIN_SCHEMAS[identity]!, complete),
    ...(BUILTIN_VALIDATIONS[identity]?.(complete as never, previous as never) ?? []),
  ].map(formatFieldError);
};
const claim = (storage: string, extra: object = {}) => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...extra },
});

describe('rules of policies and volumes', () => {
  it.each([
    {
      reason: 'a role',
      kind: 'rbac.authorization.k8s.io/Role',
      object: { kind: 'Role', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] },
      want: [],
    },
    {
      reason: 'a role without groups',
      kind: 'rbac.authorization.k8s.io/Role',
      object: { kind: 'Role', rules: [{ verbs: ['get'], resources: ['pods'] }] },
      want: ['rules[0].apiGroups: Required value: resource rules must supply at least one api group'],
    },
    {
      reason: 'a budget with both',
      kind: 'policy/PodDisruptionBudget',
      object: { spec: { minAvailable: 1, maxUnavailable: '200%' } },
      want: [
        'spec: Invalid value: {"minAvailable":1,"maxUnavailable":"200%"}: minAvailable and maxUnavailable cannot be both set',
        'spec.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"200%"}: must not be greater than 100%',
      ],
    },
    {
      reason: 'a quota that is no quantity',
      kind: '/ResourceQuota',
      object: { spec: { hard: { pods: 'many' } } },
      want: [
        'spec.hard.pods: Invalid value: "many": spec.hard.pods in body must be of type quantity: "many"',
        `spec.hard[pods]: Invalid value: "many": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      ],
    },
    {
      reason: 'a default above the maximum',
      kind: '/LimitRange',
      object: { spec: { limits: [{ type: 'Container', max: { cpu: 1 }, default: { cpu: 2 } }] } },
      want: [
        'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than max value 1',
        'spec.limits[0].default[cpu]: Invalid value: "1": default value 2 is greater than max value 1',
      ],
    },
    {
      reason: 'a claim without a mode',
      kind: '/PersistentVolumeClaim',
      object: { spec: { resources: { requests: { storage: '1Gi' } } } },
      want: ['spec.accessModes: Required value: at least 1 access mode is required'],
    },
    {
      reason: 'a claim that shrinks',
      kind: '/PersistentVolumeClaim',
      object: claim('1Gi'),
      previous: claim('2Gi', { volumeMode: 'Filesystem' }),
      want: ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    },
    {
      reason: 'a claim that is bound',
      kind: '/PersistentVolumeClaim',
      object: claim('1Gi', { volumeName: 'v' }),
      previous: claim('1Gi', { volumeMode: 'Filesystem' }),
      want: [],
    },
    {
      reason: 'a volume of two sorts',
      kind: '/PersistentVolume',
      object: {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/a' },
          local: { path: '/b' },
        },
      },
      want: [
        'spec.local: Forbidden: may not specify more than 1 volume type',
        'spec.nodeAffinity: Required value: Local volume requires node affinity',
      ],
    },
    {
      reason: 'a priority that is too high',
      kind: 'scheduling.k8s.io/PriorityClass',
      object: { metadata: { name: 'x' }, value: 2_000_000_000 },
      want: ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    },
    {
      reason: 'an autoscaler upside down',
      kind: 'autoscaling/HorizontalPodAutoscaler',
      object: { spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, minReplicas: 3, maxReplicas: 2 } },
      want: ['spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`'],
    },
  ])('$reason', ({ kind, object, previous, want }) => expect(findings(kind, object, previous)).toEqual(want));
});
