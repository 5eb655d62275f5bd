import { expect, it } from 'vitest';

import type { StructuralSchema } from '../kinds/index.ts';
import { withoutNulls } from './without-nulls.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    at: { type: 'string' },
    data: { type: 'object', additionalProperties: { type: 'string' } },
    raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    list: { type: 'array', items: { type: 'object', properties: { at: { type: 'string' } } } },
  },
};

it.each([
  { reason: 'a member', object: { at: null }, want: {} },
  { reason: 'a member of an item', object: { list: [{ at: null }] }, want: { list: [{}] } },
  { reason: 'a value of a map of texts', object: { data: { a: null } }, want: { data: { a: '' } } },
  { reason: 'content that is not ours: kept', object: { raw: { a: null } }, want: { raw: { a: null } } },
  { reason: 'an unknown member: kept', object: { other: null }, want: { other: null } },
])('nulls: $reason', ({ object, want }) => expect(withoutNulls(schema, object)).toEqual(want));

it('shares what has none', () => {
  const object = { at: 'x', list: [{ at: 'y' }] };
  expect(withoutNulls(schema, object)).toBe(object);
});
