/**
 * Expressions, and the most that the API server of Kubernetes 1.34 says they cost.
 */
import { describe, expect, it } from 'vitest';

import { compileCel } from '../cel.ts';
import type { RuleSchema } from '../schema/rule-schema.ts';
import { typeOfSchema } from '../schema/schema-type.ts';
import { sizeSchema } from '../schema/sized-schema.ts';
import cases from './cases.json' with { type: 'json' };
import { estimateCost } from './estimate.ts';

const text = (maxLength?: number): RuleSchema => ({ type: 'string', ...(maxLength !== undefined && { maxLength }) });
const list = (items: RuleSchema, maxItems?: number): RuleSchema => ({
  type: 'array',
  items,
  ...(maxItems !== undefined && { maxItems }),
});
const map = (values: RuleSchema, maxProperties?: number): RuleSchema => ({
  type: 'object',
  additionalProperties: values,
  ...(maxProperties !== undefined && { maxProperties }),
});
const named = (name: RuleSchema, more: Readonly<Record<string, RuleSchema>> = {}): RuleSchema => ({
  type: 'object',
  required: ['name'],
  properties: { name, ...more },
});
const INTEGER: RuleSchema = { type: 'integer' };

const SCHEMA: RuleSchema = {
  type: 'object',
  properties: {
    s: text(),
    t: text(10),
    e: { type: 'string', enum: ['abc', 'defghi'] },
    i: INTEGER,
    j: INTEGER,
    d: { type: 'number' },
    b: { type: 'boolean' },
    by: { ...text(40), format: 'byte' },
    du: { type: 'string', format: 'duration' },
    ti: { type: 'string', format: 'date-time' },
    l: list(text()),
    lm: list(text(20), 10),
    li: list(INTEGER, 5),
    m: map(text()),
    mm: map(text(3), 7),
    mi: map(INTEGER),
    o: {
      type: 'object',
      required: ['a'],
      properties: { a: text(5), n: { type: 'object', properties: { x: text(6) } } },
    },
    lo: list(named(text(63), { v: INTEGER, tags: list(text(9), 4) }), 8),
    lou: list(named(text())),
    ll: list(list(text(2), 4), 3),
    x: { 'x-kubernetes-int-or-string': true },
    'a-b': text(4),
  },
};

describe('estimateCost', () => {
  const type = typeOfSchema(SCHEMA, false)!;
  const size = sizeSchema(SCHEMA, false)!;

  it.each(cases.map(({ rule, cost }) => [rule, cost] as const))('%s', (rule, cost) => {
    const compiled = compileCel(rule, { self: type, oldSelf: type });
    expect(compiled.ok && String(estimateCost(compiled.value, size))).toBe(cost);
  });
});
