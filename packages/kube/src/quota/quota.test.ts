import { describe, expect, it } from 'vitest';

import type { LimitRange, LimitRangeItem, Pod, ResourceQuota } from '../core/index.ts';
import {
  addAmounts,
  podAmounts,
  podLimitRefusals,
  quotaRefusal,
  quotaSelects,
  usageOf,
  withContainerDefaults,
} from './index.ts';

const aPod = (resources: object = {}, spec: object = {}, status: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', resources }], ...spec },
  status,
});
const aQuota = (hard: object, more: object = {}): ResourceQuota =>
  ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...more } }) as ResourceQuota;
const counted = (object: Pod) => ({ group: '', plural: 'pods', object });
const refusal = (quota: ResourceQuota, pods: readonly Pod[], wanted: Pod) =>
  quotaRefusal(quota, addAmounts(...pods.map((pod) => usageOf(counted(pod)))), counted(wanted));
const asking = aPod({ requests: { cpu: '500m', memory: '1Gi' } });

describe('quotas', () => {
  it.each([
    { reason: 'room', quota: aQuota({ pods: '2' }), pods: [asking], says: undefined },
    {
      reason: 'no room',
      quota: aQuota({ pods: '1' }),
      pods: [asking],
      says: 'exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    },
    {
      reason: 'no room for what it asks',
      quota: aQuota({ 'requests.cpu': '700m', 'requests.memory': '3Gi' }),
      pods: [asking],
      says: 'exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=500m, limited: requests.cpu=700m',
    },
    {
      reason: 'ended pods use nothing',
      quota: aQuota({ pods: '1' }),
      pods: [aPod({}, {}, { phase: 'Failed' })],
      says: undefined,
    },
    {
      reason: 'but count',
      quota: aQuota({ 'count/pods': '1' }),
      pods: [aPod({}, {}, { phase: 'Failed' })],
      says: 'exceeded quota: q, requested: count/pods=1, used: count/pods=1, limited: count/pods=1',
    },
  ])('$reason', ({ quota, pods, says }) => expect(refusal(quota, pods, asking)).toBe(says));
  it('wants to know what is limited', () =>
    expect(refusal(aQuota({ 'limits.cpu': '1', 'requests.cpu': '1' }), [], aPod())).toBe(
      'failed quota: q: must specify limits.cpu for: c; requests.cpu for: c',
    ));
  it.each([
    { scope: 'BestEffort', selected: [false, true] },
    { scope: 'NotBestEffort', selected: [true, false] },
    { scope: 'Terminating', selected: [false, false] },
    { scope: 'NotTerminating', selected: [true, true] },
  ])('scope $scope', ({ scope, selected }) =>
    expect([asking, aPod()].map((pod) => quotaSelects(aQuota({}, { scopes: [scope] }), counted(pod)))).toEqual(
      selected,
    ),
  );
  it('counts init containers by the highest, sidecars beside all', () => {
    const cpu = (value: string) => ({ resources: { requests: { cpu: value } } });
    const initContainers = [
      { name: 'i', ...cpu('3') },
      { name: 's', restartPolicy: 'Always', ...cpu('1') },
      { name: 'j', ...cpu('1') },
    ];
    const used = usageOf(counted(aPod({ requests: { cpu: '1500m' } }, { initContainers })));
    expect(used.get('requests.cpu')).toBe(3_000_000_000n);
  });
});

const aRange = (item: Partial<LimitRangeItem>): readonly LimitRange[] => [
  {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l' },
    spec: { limits: [{ type: 'Container', ...item }] },
  },
];
const resourcesOf = (pod: Pod) => pod.spec?.containers[0]?.resources;

describe('limit ranges', () => {
  const defaults = aRange({ default: { cpu: '1' }, defaultRequest: { cpu: '100m' } });
  it.each([
    { reason: 'fill in what is not said', given: {}, want: { limits: { cpu: '1' }, requests: { cpu: '100m' } } },
    {
      reason: 'leave what is',
      given: { requests: { cpu: '2m' } },
      want: { limits: { cpu: '1' }, requests: { cpu: '2m' } },
    },
    {
      reason: 'take a limit for the request',
      given: { limits: { cpu: '3' } },
      want: { limits: { cpu: '3' }, requests: { cpu: '3' } },
    },
  ])('$reason', ({ given, want }) => expect(resourcesOf(withContainerDefaults(aPod(given), defaults))).toEqual(want));
  it.each([
    {
      reason: 'too much',
      range: { max: { cpu: '1' } },
      given: { limits: { cpu: '2' } },
      says: ['maximum cpu usage per Container is 1, but limit is 2'],
    },
    {
      reason: 'too little',
      range: { min: { cpu: '1' } },
      given: { requests: { cpu: '10m' } },
      says: ['minimum cpu usage per Container is 1, but request is 10m'],
    },
    {
      reason: 'nothing said',
      range: { max: { cpu: '1' } },
      given: {},
      says: ['maximum cpu usage per Container is 1.  No limit is specified'],
    },
    {
      reason: 'too far apart',
      range: { maxLimitRequestRatio: { cpu: '2' } },
      given: { limits: { cpu: '3' }, requests: { cpu: '1' } },
      says: ['cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000'],
    },
    {
      reason: 'a pod in all',
      range: { type: 'Pod', max: { cpu: '1' } },
      given: { limits: { cpu: '2' } },
      says: ['maximum cpu usage per Pod is 1, but limit is 2'],
    },
  ])('refuse $reason', ({ range, given, says }) => expect(podLimitRefusals(aPod(given), aRange(range))).toEqual(says));
});

it('a pod without containers asks for nothing: validation says the rest', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {} } as unknown as Pod;
  expect([podAmounts(pod, 'requests').size, podAmounts(pod, 'limits').size]).toEqual([0, 0]);
});
