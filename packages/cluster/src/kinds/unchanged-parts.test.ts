/** Faults an update leaves as they were. */
import type { FieldError, StructuralSchema } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { withCustomRules } from './custom-rules.ts';
import type { ServedKind } from './served-kind.ts';
import { ratchetedFindings } from './unchanged-parts.ts';

const named = { type: 'object', properties: { n: { type: 'string' }, v: { type: 'integer', maximum: 3 } } } as const;
const SCHEMA: StructuralSchema = {
  type: 'object',
  properties: {
    a: { type: 'integer', minimum: 10 },
    o: { type: 'object', required: ['y'], properties: { x: { type: 'string' }, y: { type: 'string' } } },
    m: { type: 'object', additionalProperties: { type: 'integer', maximum: 0 } },
    l: { type: 'array', items: { type: 'string', maxLength: 2 } },
    k: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['n'], items: named },
  },
};
const STORED = {
  a: 1,
  o: { x: 'x' },
  m: { 'b.c/d': 1 },
  l: ['abc'],
  k: [
    { n: 'p', v: 4 },
    { n: 'q', v: 5 },
  ],
};

const kind = withCustomRules({ schema: SCHEMA, strategy: {} } as unknown as ServedKind, {
  isDeclared: false,
  checkRules: () => [],
});
const findings = (changed: object, before: object | undefined = STORED): readonly string[] =>
  (kind.strategy.validate?.({ ...STORED, ...changed } as never, before as never) ?? []).map(({ field }) => field);

describe('a stored object that a stricter schema would refuse', () => {
  it.each([
    [{ label: 'x' }, []],
    [{ a: 2 }, ['a']],
    [{ a: 12 }, []],
    [{ o: { x: 'z' } }, ['o.y']],
    [{ o: { x: 'x', more: 1 } }, ['o.y']],
    [{ m: { 'b.c/d': 1, e: 0 } }, []],
    [{ m: { 'b.c/d': 2 } }, ['m.b.c/d']],
    [{ l: ['abc', 'ab'] }, ['l[0]']],
    [{ k: [STORED.k[1], { n: 'p', v: 9 }] }, ['k[1].v']],
  ])('changed to %o is refused for %o', (changed, want) => expect(findings(changed)).toEqual(want));

  it('is refused whole when it is new', () =>
    expect(
      kind.strategy
        .validate?.(STORED as never, undefined)
        .map(({ field }) => field)
        .sort(),
    ).toEqual(['a', 'k[0].v', 'k[1].v', 'l[0]', 'm.b.c/d', 'o.y']));
});

it('what stands twice is held against the list that changed', () => {
  const twice: FieldError = { reason: 'FieldValueDuplicate', field: 'k[1]', message: '' };
  const of = { schema: SCHEMA, object: { k: [STORED.k[0], STORED.k[0]] }, before: STORED };
  expect(ratchetedFindings([twice], of)).toEqual([twice]);
  expect(ratchetedFindings([twice], { ...of, before: of.object })).toEqual([]);
});

it('a status written by itself loses what nobody declares, and may be taken away', () => {
  const status = {
    type: 'object',
    properties: { p: { type: 'integer' }, q: { type: 'integer', default: 2 } },
  } as const;
  const { strategy } = withCustomRules(
    { schema: { type: 'object', properties: { status } }, strategy: {} } as unknown as ServedKind,
    { isDeclared: false, checkRules: () => [] },
  );
  const write = (given: unknown) =>
    strategy.prepareStatus?.({ metadata: {}, status: given } as never, { metadata: {} } as never, {
      subresource: 'status',
      now: '',
    });
  expect(write({ p: 1, zz: 1 })?.status).toEqual({ p: 1, q: 2 });
  expect(write(null)).toEqual({ metadata: {} });
});
