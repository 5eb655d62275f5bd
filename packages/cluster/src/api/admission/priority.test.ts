import type { Pod, PriorityClass } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { secondDefaultRefusal, withKeptPriority, withPriority } from './priority.ts';

const aClass = (name: string, value: number, more: Partial<PriorityClass> = {}): PriorityClass => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  ...more,
});
const aPod = (spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [], ...spec },
});
const USUAL = { preemptionPolicy: 'PreemptLowerPriority' };
const CLASSES = [aClass('high', 100, { preemptionPolicy: 'Never' }), aClass('low', 1)];
const BY_DEFAULT = [...CLASSES, aClass('usual', 20, { globalDefault: true })];
const admit = (spec: object, classes: readonly PriorityClass[] = CLASSES) => {
  const verdict = withPriority(aPod(spec), classes);
  return verdict.kind === 'refused' ? verdict.message : verdict.pod.spec;
};

describe('the priority of a pod', () => {
  it.each([
    ['is 0 without a class', {}, CLASSES, { priority: 0, ...USUAL }],
    ['is that of its class', { priorityClassName: 'low' }, CLASSES, { priority: 1, ...USUAL }],
    ['comes with its policy', { priorityClassName: 'high' }, CLASSES, { priority: 100, preemptionPolicy: 'Never' }],
    ['is that of the default class', {}, BY_DEFAULT, { priority: 20, priorityClassName: 'usual', ...USUAL }],
    [
      'is that of the lower of two default classes',
      {},
      [...BY_DEFAULT, aClass('less', 10, { globalDefault: true })],
      { priority: 10, priorityClassName: 'less' },
    ],
    ['may be given when it is right', { priorityClassName: 'low', priority: 1 }, CLASSES, { priority: 1 }],
    ['is high for the system', { priorityClassName: 'system-node-critical' }, [], { priority: 2_000_001_000 }],
  ])('%s', (_case, spec, classes, want) => expect(admit(spec, classes)).toMatchObject(want));

  it('names no class where there is none', () => expect(admit({})).not.toHaveProperty('priorityClassName'));

  it.each([
    ['a class nobody knows', { priorityClassName: 'x' }, 'no PriorityClass with name x was found'],
    [
      'a value without a class',
      { priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      'another value than its class',
      { priorityClassName: 'low', priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 1 from the given PriorityClass name',
    ],
    [
      'another policy than its class',
      { priorityClassName: 'low', preemptionPolicy: 'Never' },
      'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
  ])('is refused with %s', (_case, spec, message) => expect(admit(spec)).toBe(message));

  it('stays when the pod is replaced', () => {
    const former = aPod({ priority: 7, preemptionPolicy: 'Never' });
    expect(withKeptPriority(aPod({}), former).spec).toMatchObject({ priority: 7, preemptionPolicy: 'Never' });
    const other = aPod({ priority: 8, preemptionPolicy: 'Never' });
    expect(withKeptPriority(other, former)).toBe(other);
  });
});

describe('a default class', () => {
  it('is the only one', () => {
    const second = aClass('second', 5, { globalDefault: true });
    expect(secondDefaultRefusal(second, BY_DEFAULT)).toBe(
      'PriorityClass usual is already marked as default. Only one default can exist',
    );
    expect(secondDefaultRefusal(second, CLASSES)).toBeUndefined();
    expect(secondDefaultRefusal(aClass('third', 5), BY_DEFAULT)).toBeUndefined();
    expect(secondDefaultRefusal(aClass('usual', 20, { globalDefault: true }), BY_DEFAULT)).toBeUndefined();
  });
});
