/** What kube-apiserver 1.32 answers to names and amounts of resources. */
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { BUILTIN_VALIDATIONS } from '../validations.ts';

type Object = Readonly<Record<string, unknown>>;

const findings = (kind: string, object: Object): readonly string[] =>
  BUILTIN_VALIDATIONS[kind]!({ metadata: { name: 't' }, ...object }).map(formatFieldError);

const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

describe('quotas', () => {
  const hard = (name: string, amount: string, spec: Object = {}) =>
    findings('/ResourceQuota', { spec: { hard: { [name]: amount }, ...spec } });
  it.each([
    ['pods', '3', []],
    ['requests.hugepages-2Mi', '4Mi', []],
    ['count/deployments.apps', '1', []],
    ['requests.storage', '1Gi', []],
    ['storage', '1Gi', ['spec.hard[storage]: Invalid value: storage: must be a standard resource for quota']],
    ['pods', '1500m', ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
    [
      'a b',
      '1',
      [
        `spec.hard[a b]: Invalid value: a b: ${NAME_PART}`,
        'spec.hard[a b]: Invalid value: a b: must be a standard resource for quota',
      ],
    ],
    [
      'http',
      '-1',
      [
        'spec.hard[http]: Invalid value: http: must be a standard resource type or fully qualified',
        'spec.hard[http]: Invalid value: http: must be a standard resource for quota',
        'spec.hard[http]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
  ])('%s: %s', (name, amount, want) => expect(hard(name, amount)).toEqual(want));

  it('have scopes that can count', () => {
    expect(hard('cpu', '1', { scopes: ['BestEffort', 'X'] })).toEqual([
      'spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "X"}: unsupported scope applied to resource',
      'spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "X"}: unsupported scope',
    ]);
    const selector = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['a'] }] };
    expect(hard('secrets', '1', { scopeSelector: selector })).toEqual([
      'spec.scopeSelector.matchExpressions: Invalid value: core.ScopeSelector{MatchExpressions:[]core.ScopedResourceSelectorRequirement{core.ScopedResourceSelectorRequirement{ScopeName:"PriorityClass", Operator:"In", Values:[]string{"a"}}}}: unsupported scope applied to resource',
    ]);
  });
});

describe('limits', () => {
  const limit = (one: Object) => findings('/LimitRange', { spec: { limits: [one] } });
  it.each<readonly [reason: string, limit: Object, want: readonly string[]]>([
    [
      'in order',
      {
        type: 'Container',
        min: { cpu: '1' },
        defaultRequest: { cpu: '1' },
        default: { cpu: '2' },
        max: { cpu: '3' },
        maxLimitRequestRatio: { cpu: '3' },
      },
      [],
    ],
    [
      'of what containers do not use',
      { type: 'Container', max: { pods: '1' } },
      ['spec.limits[0].max[pods]: Invalid value: pods: must be a standard resource for containers'],
    ],
    [
      'of what nobody knows',
      { type: 'a.b/c', max: { x: '1' } },
      ['spec.limits[0].max[x]: Invalid value: x: must be a standard resource type or fully qualified'],
    ],
    [
      'out of order',
      { type: 'Container', min: { cpu: '3' }, max: { cpu: '1' } },
      ['spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than max value 1'],
    ],
    [
      'a request below the least',
      { type: 'Container', min: { cpu: '3' }, defaultRequest: { cpu: '1' } },
      ['spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 3 is greater than default request value 1'],
    ],
    [
      'a ratio that cannot be',
      { type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '4' } },
      ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "4": ratio 4 is greater than max/min = 2.000000'],
    ],
    [
      'a ratio below one',
      { type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } },
      ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    ],
    [
      'of pods',
      { type: 'Pod', default: { cpu: '1' } },
      ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
    ],
    [
      'of claims without a size',
      { type: 'PersistentVolumeClaim', max: { cpu: '1' } },
      [
        'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
      ],
    ],
    [
      'of what cannot be shared',
      { type: 'Container', default: { 'a.b/c': '2' }, defaultRequest: { 'a.b/c': '1' } },
      [
        'spec.limits[0].defaultRequest[a.b/c]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in a.b/c',
      ],
    ],
  ])('%s', (_reason, one, want) => expect(limit(one)).toEqual(want));
});

it('what runs beside containers asks for what they may ask for', () => {
  expect(
    findings('node.k8s.io/RuntimeClass', { handler: 'h', overhead: { podFixed: { cpu: '1m', pods: '1' } } }),
  ).toEqual(['overhead.limits[pods]: Invalid value: pods: must be a standard resource for containers']);
});

it('what is measured of containers is what they may ask for', () => {
  const metric = (name: string) => ({
    scaleTargetRef: { kind: 'Deployment', name: 'd' },
    maxReplicas: 2,
    metrics: [
      {
        type: 'ContainerResource',
        containerResource: { name, container: 'c', target: { type: 'Utilization', averageUtilization: 50 } },
      },
    ],
  });
  expect(findings('autoscaling/HorizontalPodAutoscaler', { spec: metric('cpu') })).toEqual([]);
  expect(findings('autoscaling/HorizontalPodAutoscaler', { spec: metric('pods') })).toEqual([
    'spec.metrics[0].containerResource.name: Invalid value: pods: must be a standard resource for containers',
  ]);
});
