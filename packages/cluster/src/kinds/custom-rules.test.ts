/** What kube-apiserver 1.32 says of custom objects whose schema has rules. */
import type { FieldError, KubeObject, StructuralSchema } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { withCustomRules } from './custom-rules.ts';
import type { ServedKind } from './served-kind.ts';

const broken: FieldError = { reason: 'FieldValueInvalid', field: '', message: 'Invalid value: "object": no' };
const schemaWith = (rules: StructuralSchema): StructuralSchema => ({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: { size: { type: 'integer', maximum: 3, ...rules }, color: { type: 'string', enum: ['red'] } },
    },
  },
});
const RULED = schemaWith({ 'x-kubernetes-validations': [{ rule: 'self > 0' }] });
const said = (schema: StructuralSchema, spec: object): readonly string[] => {
  const kind = { group: 'a.b', version: 'v1', kind: 'K', schema, strategy: {} } as unknown as ServedKind;
  const { strategy } = withCustomRules(kind, { isDeclared: false, checkRules: () => [broken] });
  return (strategy.validate?.({ metadata: {}, spec } as unknown as KubeObject, undefined) ?? []).map(
    ({ field }) => field,
  );
};

describe('rules of a custom kind', () => {
  it.each([
    ['are asked of an object of the right shape', { size: 1 }, ['<nil>']],
    ['are asked of one that has a wrong value', { size: 5 }, ['spec.size', '<nil>']],
  ])('%s', (_reason, spec, want) => expect(said(RULED, spec)).toEqual(want));

  it.each([
    ['a type', { size: 'x' }, 'spec.size'],
    ['a field', {}, 'spec.size'],
    ['a choice', { size: 1, color: 'blue' }, 'spec.color'],
  ])('wait for %s, and say so', (_reason, spec, field) => {
    expect(said(RULED, spec)).toEqual([field, '<nil>']);
  });

  it('say nothing where there are none', () => {
    expect(said(schemaWith({}), { size: 'x' })).toEqual(['spec.size']);
    expect(said(schemaWith({}), { size: 1 })).toEqual([]);
  });
});
