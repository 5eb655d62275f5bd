import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BUILTIN_SCHEMAS, emptyObjectOf, withEmptyMembers } from '../builtin/index.ts';
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { createdFields } from './created-fields.ts';
import { toFieldsV1, unite } from './field-set.ts';
import { compareTyped } from './typed-compare.ts';

/** What comparing says of the same. */
const comparedFields = (schema: StructuralSchema, empty: object, object: object) => {
  const { added, modified } = compareTyped(schema, empty, withEmptyMembers(empty as never, object));
  return toFieldsV1(unite(added, modified));
};

const SCHEMA: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        selector: { type: 'object', 'x-kubernetes-map-type': 'atomic' },
        template: { type: 'object', properties: { containers: { type: 'array', items: {} } } },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: { type: 'object', properties: { port: {}, protocol: { default: 'TCP' }, name: {} } },
        },
        names: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        loose: {},
      },
    },
    data: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

const small = fc.constantFrom<unknown>(0, 1, 'a', '', null, true, {}, [], { x: 1 }, [1, 2], { '': { y: null } });
const port = fc.record(
  { port: fc.constantFrom(80, 81), protocol: fc.constantFrom('UDP', 'TCP'), name: small },
  { requiredKeys: ['port'] },
);
const spec = fc.record(
  {
    replicas: small,
    selector: small,
    template: fc.oneof(small, fc.record({ containers: small })),
    ports: fc.oneof(fc.constantFrom(null, []), fc.array(port, { maxLength: 4 })),
    names: fc.oneof(fc.constant(null), fc.array(fc.constantFrom('b', 'a', 'B', '10'), { maxLength: 4 })),
    loose: small,
  },
  { requiredKeys: [] },
);
const object = fc.record(
  { spec: fc.oneof(spec, small), data: fc.dictionary(fc.string(), small), other: small },
  { requiredKeys: [] },
);
const empties = [
  {},
  { spec: {} },
  { spec: { replicas: 0, selector: null, template: { containers: null }, ports: null, names: null }, data: null },
];

describe('what the author of a new object owns', () => {
  it('is what comparing it with the empty object finds, whatever its form', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(...empties), (given, empty) => {
        const fields = createdFields(SCHEMA, empty as never, given);
        expect(JSON.stringify(fields)).toBe(JSON.stringify(comparedFields(SCHEMA, empty, given)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('has of a deployment neither its spec nor its containers as such, but what is in them', () => {
    const schema = BUILTIN_SCHEMAS['apps/Deployment'] ?? {};
    const container = { name: 'web', image: 'web:1' };
    const deployment = {
      spec: { replicas: 2, template: { spec: { containers: [container] } }, selector: { matchLabels: {} } },
    };
    expect(
      createdFields(schema, emptyObjectOf({ group: 'apps', version: 'v1', kind: 'Deployment' }), deployment),
    ).toEqual({
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
        },
      },
    });
  });
});
