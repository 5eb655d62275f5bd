/** Work is counted, not timed: of a list twice as long it may be twice as much. */
import { expect, it } from 'vitest';

import { BUILTIN_VALIDATIONS } from '../validations.ts';
import { validateResources } from './resource-rules.ts';

type Json = Readonly<Record<string, unknown>>;

/** Items that count how often one of their members is read. */
const counted = (length: number, name: string, rest: (at: number) => Json) => {
  let reads = 0;
  const items = Array.from({ length }, (_, at) =>
    Object.defineProperty({ ...rest(at) }, name, {
      get: () => {
        reads += 1;
        return `n${at}`;
      },
      enumerable: true,
    }),
  );
  return { items, reads: () => reads };
};

const CASES: readonly {
  readonly what: string;
  readonly member: string;
  readonly spec: (items: readonly unknown[]) => Json;
}[] = [
  {
    what: 'devices beside mounts',
    member: 'name',
    spec: (items) => ({ containers: [{ name: 'a', image: 'a', volumeMounts: items, volumeDevices: items }] }),
  },
  {
    what: 'constraints of spread',
    member: 'topologyKey',
    spec: (items) => ({ containers: [{ name: 'a', image: 'a' }], topologySpreadConstraints: items }),
  },
];

it.each(CASES)('$what are judged in as many steps as there are', ({ member, spec }) => {
  const readsOf = (length: number): number => {
    const { items, reads } = counted(length, member, (at) => ({ mountPath: `/m${at}`, devicePath: `/d${at}` }));
    BUILTIN_VALIDATIONS['/Pod']?.({ metadata: {}, spec: spec(items) });
    return reads();
  };
  const few = readsOf(100);
  expect(few).toBeGreaterThan(99);
  expect(readsOf(200)).toBeLessThanOrEqual(few * 2 + 20);
});

it('a claim that is not there is told some of those that are, without a look at all', () => {
  let steps = 0;
  class CountedSet extends Set<string> {
    override *[Symbol.iterator]() {
      for (const name of super.values()) {
        steps += 1;
        yield name;
      }
      return undefined;
    }
  }
  const claims = new CountedSet(Array.from({ length: 5_000 }, (_, at) => `claim-${at}`));
  const judge = (names: readonly string[]) =>
    validateResources({ resources: { claims: names.map((name) => ({ name })) } }, 'at', claims);
  expect(judge(['claim-1', 'claim-4999'])).toEqual([]);
  expect(steps).toBe(0);
  const [finding] = judge(['other']);
  expect(finding?.message).toContain('must be one of the names in pod.spec.resourceClaims: claim-0, claim-1, claim-10');
  expect(steps).toBeLessThanOrEqual(101);
});
