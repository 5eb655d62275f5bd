/** Parts of an object that are the stored one's own were judged when they were stored. */
import { describe, expect, it, vi } from 'vitest';

import type { KubeObject, Pod } from '@argosy/kube';

import { withBuiltinRules } from './schema-rules.ts';
import type { ServedKind } from './served-kind.ts';

const { strategy } = withBuiltinRules({ group: '', version: 'v1', kind: 'Pod', strategy: {} } as unknown as ServedKind);
const findings = (object: Pod, previous?: Pod): readonly string[] =>
  (strategy.validate?.(object as KubeObject, previous) ?? []).map(({ field }) => field);

const aPod = (spec: object, status: object = {}): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec, status }) as unknown as Pod;
const wrong = { containers: [{ name: 'UPPER', image: 3 }] };

describe('a write of a pod', () => {
  it('is judged whole when there was none', () => {
    expect(findings(aPod(wrong))).not.toEqual([]);
  });
  it('is not judged by a spec that is the stored one itself', () => {
    expect(findings(aPod(wrong, { phase: 'Running' }), aPod(wrong))).toEqual([]);
  });
  it('is judged by a spec that is written anew, be it equal', () => {
    expect(findings(aPod(structuredClone(wrong)), aPod(wrong))).not.toEqual([]);
  });
  it('is judged by its status', () => {
    expect(findings(aPod(wrong, { conditions: 'none' }), aPod(wrong, { conditions: [] }))).toEqual([
      'status.conditions',
    ]);
  });
});

it('a pod with a mistake in each of its containers is judged in as many steps as it has', () => {
  const comparesOf = (length: number): number => {
    const startsWith = vi.spyOn(String.prototype, 'startsWith');
    const named = findings(aPod({ containers: Array.from({ length }, () => ({ name: 'a', image: 'a' })) }));
    const { length: compares } = startsWith.mock.calls;
    startsWith.mockRestore();
    expect(named.filter((field) => field === `spec.containers[${length - 1}].name`)).toHaveLength(1);
    return compares;
  };
  expect(comparesOf(400)).toBeLessThan(400 * 20);
});

it('a pod with more mistakes than are told is not judged by rules', () => {
  const judged = findings(aPod({ containers: Array.from({ length: 5_000 }, () => ({})) }));
  expect(judged).toHaveLength(1_001);
});
