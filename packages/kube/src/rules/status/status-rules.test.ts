/** What kube-apiserver 1.32 answers to statuses. */
import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { BUILTIN_VALIDATIONS } from '../validations.ts';

type Status = Readonly<Record<string, unknown>>;
/** Kind, reason, status, findings, and the status before. */
type Row = readonly [kind: string, reason: string, status: Status, want: readonly string[], before?: Status];
const rows = (given: readonly Row[]) =>
  given.map(([kind, reason, status, want, before]) => [kind, reason, status, want, before ?? {}] as const);

const findings = (kind: string, spec: Status, [status, before]: readonly [Status, Status]): readonly string[] => {
  const previous = deepFreeze({ metadata: { name: 't' }, spec, status: before });
  return BUILTIN_VALIDATIONS[kind]!({ ...previous, status }, previous).map(formatFieldError);
};

describe('counters', () => {
  it.each(
    rows([
      [
        'apps/Deployment',
        'a negative counter',
        { replicas: -1 },
        [
          'status.replicas: Invalid value: -1: must be greater than or equal to 0',
          'status.updatedReplicas: Invalid value: 0: cannot be greater than status.replicas',
          'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
          'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
        ],
      ],
      [
        'apps/Deployment',
        'a negative generation',
        { observedGeneration: -1 },
        ['status.observedGeneration: Invalid value: -1: must be greater than or equal to 0'],
      ],
      [
        'apps/Deployment',
        'more ready than there are',
        { replicas: 1, readyReplicas: 2 },
        ['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas'],
      ],
      [
        'apps/Deployment',
        'more available than ready',
        { replicas: 2, availableReplicas: 1 },
        ['status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas'],
      ],
      [
        'apps/Deployment',
        'forgotten collisions',
        {},
        ['status.collisionCount: Invalid value: 0: cannot be decremented'],
        { collisionCount: 2 },
      ],
      [
        'apps/Deployment',
        'counters that agree',
        { replicas: 3, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1, collisionCount: 2 },
        [],
        { collisionCount: 2 },
      ],
      [
        'apps/ReplicaSet',
        'more labelled than there are',
        { fullyLabeledReplicas: 1 },
        ['status.fullyLabeledReplicas: Invalid value: 1: cannot be greater than status.replicas'],
      ],
      [
        'apps/StatefulSet',
        'more available than ready',
        { replicas: 2, availableReplicas: 1 },
        ['status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas'],
      ],
      [
        'apps/StatefulSet',
        'more current than there are',
        { currentReplicas: 1 },
        ['status.currentReplicas: Invalid value: 1: cannot be greater than status.replicas'],
      ],
      [
        'apps/DaemonSet',
        'a negative counter',
        { numberMisscheduled: -1 },
        ['status.numberMisscheduled: Invalid value: -1: must be greater than or equal to 0'],
      ],
      [
        'autoscaling/HorizontalPodAutoscaler',
        'a negative counter',
        { desiredReplicas: -1 },
        ['status.desiredReplicas: Invalid value: -1: must be greater than or equal to 0'],
      ],
      [
        'policy/PodDisruptionBudget',
        'a negative counter',
        { expectedPods: -1 },
        ['status.expectedPods: Invalid value: -1: must be greater than or equal to 0'],
      ],
      [
        '/ResourceQuota',
        'a resource nobody knows',
        { used: { http: '1' } },
        [
          'status.used[http]: Invalid value: http: must be a standard resource type or fully qualified',
          'status.used[http]: Invalid value: http: must be a standard resource for quota',
        ],
      ],
    ]),
  )('%s: %s', (kind, _reason, status, want, before) => {
    expect(findings(kind, {}, [status, before])).toEqual(want);
  });

  it('are not looked at when the status stays', () => {
    const spec = { replicas: -1 };
    const status = deepFreeze({ replicas: -1 });
    const previous = { spec: { replicas: 0 }, status };
    expect(BUILTIN_VALIDATIONS['apps/ReplicaSet']!({ spec, status }, previous).map(({ field }) => field)).not.toContain(
      'status.replicas',
    );
  });
});

describe('conditions of a budget', () => {
  const whole = { type: 'A', status: 'True', reason: 'R', message: '', lastTransitionTime: '2024-01-01T00:00:00Z' };
  it.each<readonly [reason: string, condition: Status, want: readonly string[]]>([
    ['say all', {}, []],
    [
      'have a status',
      { status: 'Yes' },
      ['status.conditions[0].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"'],
    ],
    [
      'say since when',
      { lastTransitionTime: undefined },
      ['status.conditions[0].lastTransitionTime: Required value: must be set'],
    ],
    ['say why', { reason: '' }, ['status.conditions[0].reason: Required value: must be set']],
  ])('%s', (_reason, change, want) => {
    expect(findings('policy/PodDisruptionBudget', {}, [{ conditions: [{ ...whole, ...change }] }, {}])).toEqual(want);
  });

  it('are there once', () => {
    expect(findings('policy/PodDisruptionBudget', {}, [{ conditions: [whole, whole] }, {}])).toEqual([
      'status.conditions[1].type: Duplicate value: "A"',
    ]);
  });
});

describe('load balancers', () => {
  const at = (kind: string, point: Status, spec: Status = { type: 'LoadBalancer' }) =>
    findings(kind, spec, [{ loadBalancer: { ingress: [point] } }, {}]);
  it.each<readonly [kind: string, point: Status, want: readonly string[]]>([
    ['/Service', { ip: '1.2.3.4', ipMode: 'VIP' }, []],
    [
      '/Service',
      { ip: '1.2.3.4', ipMode: 'X' },
      ['status.loadBalancer.ingress[0].ipMode: Unsupported value: "X": supported values: "Proxy", "VIP"'],
    ],
    [
      '/Service',
      { ip: '1.2.3.4' },
      ['status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set'],
    ],
    [
      '/Service',
      { hostname: 'a.b', ipMode: 'VIP' },
      ['status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` is not set'],
    ],
    [
      'networking.k8s.io/Ingress',
      { ip: '1.2.3.4x' },
      [
        'status.loadBalancer.ingress[0].ip: Invalid value: "1.2.3.4x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      'networking.k8s.io/Ingress',
      { hostname: '1.2.3.4' },
      ['status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
    ],
  ])('%s at %j', (kind, point, want) => {
    expect(at(kind, point)).toEqual(want);
  });

  it('are of services that ask for one', () => {
    expect(at('/Service', { hostname: 'a.b' }, { type: 'NodePort' })).toEqual([
      "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
    ]);
  });
});

describe('jobs', () => {
  const START = '2024-01-01T00:00:00Z';
  const holds = (...types: readonly string[]) => ({ conditions: types.map((type) => ({ type, status: 'True' })) });
  const done = { ...holds('SuccessCriteriaMet', 'Complete'), startTime: START, completionTime: START };
  const row = (
    reason: string,
    status: Status,
    want: readonly string[],
    more: { readonly before?: Status; readonly spec?: Status } = {},
  ) => ({ reason, status, want, ...more });
  it.each<ReturnType<typeof row>>([
    row('ends as jobs end', done, []),
    row('a negative counter', { failed: -1 }, [
      'status.failed: Invalid value: -1: must be greater than or equal to 0',
      'status.failed: Invalid value: -1: cannot decrease the failed counter',
    ]),
    row('more ready than active', { ready: 2, active: 1 }, [
      'status.ready: Invalid value: 2: cannot set more ready pods than active',
    ]),
    row('fewer failures', { failed: 1 }, ['status.failed: Invalid value: 1: cannot decrease the failed counter'], {
      before: { failed: 2 },
    }),
    row('fewer successes', {}, ['status.succeeded: Invalid value: 0: cannot decrease the succeeded counter'], {
      before: { succeeded: 2 },
    }),
    row('fewer indexes', { succeeded: 1 }, [], {
      before: { succeeded: 2 },
      spec: { completionMode: 'Indexed', completions: 1, parallelism: 1 },
    }),
    row('both ends', { ...done, ...holds('SuccessCriteriaMet', 'Complete', 'Failed', 'FailureTarget') }, [
      'status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set Complete=True and FailureTarget=true conditions',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ]),
    row('an end without a start', holds('Failed', 'FailureTarget'), [
      'status.startTime: Required value: startTime is required for finished job',
    ]),
    row(
      'no longer over',
      { startTime: START },
      ['status.conditions: Invalid value: cannot disable the terminal Failed=True condition'],
      { before: { ...holds('Failed'), startTime: START } },
    ),
    row('running beyond its end', { ...done, active: 1 }, [
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
    ]),
    row(
      'indexes that are none',
      { completedIndexes: 'x' },
      [
        'status.completedIndexes: Invalid value: "x": error parsing completedIndexes: cannot convert string to integer for index: "x"',
      ],
      { spec: { completions: 3, completionMode: 'Indexed' } },
    ),
    row(
      'indexes beyond the last',
      { completedIndexes: '0,2-4' },
      ['status.completedIndexes: Invalid value: "0,2-4": error parsing completedIndexes: too large index: "4"'],
      { spec: { completions: 3, completionMode: 'Indexed' } },
    ),
    row(
      'indexes that fall',
      { completedIndexes: '1,0' },
      [
        'status.completedIndexes: Invalid value: "1,0": error parsing completedIndexes: non-increasing order, previous: 1, current: 0',
      ],
      { spec: { completions: 3, completionMode: 'Indexed' } },
    ),
    row(
      'indexes of both sorts',
      { completedIndexes: '0-1', failedIndexes: '1' },
      ['status.failedIndexes: Invalid value: "1": failedIndexes and completedIndexes overlap at index: 1'],
      { spec: { completions: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1 } },
    ),
    row(
      'indexes of a job without',
      { completedIndexes: '0' },
      [
        'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
      ],
      { spec: { completions: 3 } },
    ),
    row('a pod counted twice', { uncountedTerminatedPods: { succeeded: ['a'], failed: ['a', ''] } }, [
      'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
      'status.uncountedTerminatedPods.failed[1]: Invalid value: "": must not be empty',
    ]),
  ])('$reason', ({ status, want, before = {}, spec = {} }) => {
    expect(findings('batch/Job', spec, [status, before])).toEqual(want);
  });
});
