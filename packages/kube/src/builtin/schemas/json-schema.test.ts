/** What kube-apiserver 1.32 keeps of schemas in definitions, and tells strict clients of. */
import { deepFreeze } from '@argosy/base';
import { expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { pruneUnknown, unknownFields } from '../../schemas/prune-unknown.ts';
import { validateAgainstSchema } from '../../schemas/index.ts';
import { BUILTIN_DEFAULTS } from '../defaults/defaults.ts';
import { BUILTIN_SCHEMAS } from './schemas.ts';

const KIND = 'apiextensions.k8s.io/CustomResourceDefinition';
const SCHEMA = BUILTIN_SCHEMAS[KIND] ?? {};
const definition = (openAPIV3Schema: object) =>
  deepFreeze({
    metadata: { name: 'ws.fz.io' },
    spec: {
      group: 'fz.io',
      names: { plural: 'ws', kind: 'W' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', schema: { openAPIV3Schema } }],
    },
  });
const kept = (openAPIV3Schema: object): unknown => {
  const object = BUILTIN_DEFAULTS[KIND]!(pruneUnknown(SCHEMA, definition(openAPIV3Schema)));
  return (object as ReturnType<typeof definition>).spec.versions[0]?.schema.openAPIV3Schema;
};

const whole = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    metadata: { type: 'object' },
    list: { type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } },
    many: { items: [{ type: 'string' }, { type: 'integer' }], default: { any: ['thing'] }, enum: [null, 1, { a: 1 }] },
    open: { additionalProperties: true, 'x-kubernetes-preserve-unknown-fields': true },
    ruled: { 'x-kubernetes-validations': [{ rule: 'true', message: 'm' }], not: { oneOf: [{ required: ['a'] }] } },
  },
};

it('keeps every word', () => {
  expect(kept(whole)).toEqual(whole);
  expect(unknownFields(SCHEMA, definition(whole))).toEqual([]);
});

it('loses words nobody knows, wherever they are', () => {
  const odd = {
    typo: 1,
    properties: {
      a: { typo: 1, items: { typo: 1, properties: { typo: { typo: 1 } } }, additionalProperties: { typo: 1 } },
    },
  };
  expect(kept(odd)).toEqual({
    properties: { a: { items: { properties: { typo: {} } }, additionalProperties: {} } },
  });
});

it('tells of them but within what may be one of several things', () => {
  const odd = { typo: 1, properties: { a: { typo: 1, items: { typo: 1 }, additionalProperties: { typo: 1 } } } };
  const at = 'spec.versions[0].schema.openAPIV3Schema';
  expect(unknownFields(SCHEMA, definition(odd))).toEqual([`${at}.typo`, `${at}.properties.a.typo`]);
});

it('refuses words of another type', () => {
  expect(validateAgainstSchema(SCHEMA, definition({ properties: { a: { type: 1 } } })).map(formatFieldError)).toEqual([
    expect.stringContaining('openAPIV3Schema.properties.a.type in body must be of type string: "integer"'),
  ]);
});
