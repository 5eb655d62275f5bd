/** Work is counted, not timed: of a list twice as long it may be twice as much. */
import { expect, it } from 'vitest';

import { BUILTIN_VALIDATIONS } from '../validations.ts';

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
