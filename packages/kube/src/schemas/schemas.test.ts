import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatFieldError, invalidObject, type ApiStatusError } from '../objects/index.ts';
import type { StructuralSchema } from '../kinds/index.ts';
import {
  applyDefaults,
  pruneUnknown,
  unknownFields,
  subjectOf,
  unsupportedFields,
  validateAgainstSchema,
} from './index.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['replicas'],
      properties: {
        replicas: { type: 'integer', minimum: 0, maximum: 10, format: 'int32' },
        mode: { type: 'string', enum: ['a', 'b'], default: 'a' },
        name: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
        port: { 'x-kubernetes-int-or-string': true },
        at: { type: 'string', format: 'date-time' },
        maybe: { type: 'string', nullable: true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        any: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { known: { type: 'object' } },
        },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
        containers: {
          type: 'array',
          maxItems: 3,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' }, pull: { type: 'string', default: 'Always' } },
          },
        },
        nested: {
          type: 'object',
          default: {},
          properties: { x: { type: 'integer', default: 1 } },
        },
      },
    },
    status: { type: 'object', properties: {} },
  },
};

const object = (spec: unknown) =>
  deepFreeze({ apiVersion: 'v1', kind: 'X', metadata: { name: 'n', odd: 1 }, spec, status: { q: 1 } });

describe('unknown fields', () => {
  const value = object({
    replicas: 1,
    x: 1,
    constructor: 1,
    labels: { a: 'b' },
    any: { free: { y: 1 }, known: { gone: 1 } },
    template: { apiVersion: 'v1', kind: 'P', metadata: { name: 'p' }, extra: 1, spec: {} },
    containers: [{ name: 'a' }, { name: 'b', y: 1 }],
  });

  it('are named', () => {
    expect(unknownFields(schema, value)).toEqual([
      'spec.x',
      'spec.constructor',
      'spec.any.known.gone',
      'spec.template.extra',
      'spec.containers[1].y',
      'status.q',
    ]);
    expect(unsupportedFields(schema, value).map(formatFieldError)).toEqual([
      'spec.x: Forbidden: not supported yet; remove it',
      'spec.constructor: Forbidden: not supported yet; remove it',
      'spec.any.known.gone: Forbidden: not supported yet; remove it',
      'spec.template.extra: Forbidden: not supported yet; remove it',
      'spec.containers[1].y: Forbidden: not supported yet; remove it',
    ]);
  });

  it('are pruned, and the rest is shared', () => {
    const pruned = pruneUnknown(schema, value);
    expect(pruned).toEqual({
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'n', odd: 1 },
      status: {},
      spec: {
        replicas: 1,
        labels: { a: 'b' },
        any: { free: { y: 1 }, known: {} },
        template: { apiVersion: 'v1', kind: 'P', metadata: { name: 'p' }, spec: {} },
        containers: [{ name: 'a' }, { name: 'b' }],
      },
    });
    expect(pruneUnknown(schema, pruned)).toBe(pruned);
    expect(pruned.metadata).toBe(value.metadata);
  });

  it('named like the prototype are pruned without touching it', () => {
    const hostile = { apiVersion: 'v1', kind: 'X', metadata: {}, ...(JSON.parse('{"__proto__":{"p":1}}') as object) };
    Object.defineProperty(hostile, '__proto__', { value: { p: 1 }, enumerable: true });
    expect(unknownFields(schema, hostile)).toEqual(['__proto__']);
    expect(Object.keys(pruneUnknown(schema, hostile))).toEqual(['apiVersion', 'kind', 'metadata']);
  });
});

describe('applyDefaults', () => {
  it.each([
    { reason: 'missing', spec: { replicas: 1 }, want: { replicas: 1, mode: 'a', nested: { x: 1 } } },
    {
      reason: 'null is missing unless nullable',
      spec: { mode: null, maybe: null, replicas: null, nested: { x: 2 } },
      want: { mode: 'a', maybe: null, nested: { x: 2 } },
    },
    {
      reason: 'inside lists',
      spec: { mode: 'b', nested: { x: 3 }, containers: [{ name: 'a', pull: 'Never' }, { name: 'b' }] },
      want: {
        mode: 'b',
        nested: { x: 3 },
        containers: [
          { name: 'a', pull: 'Never' },
          { name: 'b', pull: 'Always' },
        ],
      },
    },
  ])('$reason', ({ spec, want }) => {
    const given = object(spec);
    const filled = applyDefaults(schema, given);
    expect(filled).toEqual({ ...given, spec: want });
    expect(applyDefaults(schema, deepFreeze(filled))).toBe(filled);
  });
});

describe('validateAgainstSchema', () => {
  it.each([
    { reason: 'valid', spec: { replicas: 1, mode: 'b', port: '25%', labels: { a: 'b' }, maybe: null }, want: [] },
    {
      reason: 'type',
      spec: { replicas: 'x' },
      want: ['spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
    },
    { reason: 'required', spec: {}, want: ['spec.replicas: Required value'] },
    {
      reason: 'null',
      spec: { replicas: null },
      want: ['spec.replicas: Invalid value: "null": spec.replicas in body must be of type integer: "null"'],
    },
    {
      reason: 'enum',
      spec: { replicas: 1, mode: 'c' },
      want: ['spec.mode: Unsupported value: "c": supported values: "a", "b"'],
    },
    {
      reason: 'minimum',
      spec: { replicas: -1 },
      want: ['spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0'],
    },
    {
      reason: 'maximum and format',
      spec: { replicas: 5e9 },
      want: [
        'spec.replicas: Invalid value: 5000000000: spec.replicas in body should be less than or equal to 10',
        'spec.replicas: Invalid value: 5000000000: spec.replicas in body must be of type int32: "5000000000"',
      ],
    },
    {
      reason: 'length and pattern',
      spec: { replicas: 1, name: 'A' },
      want: [
        'spec.name: Invalid value: "A": spec.name in body should be at least 2 chars long',
        `spec.name: Invalid value: "A": spec.name in body should match '^[a-z]+$'`,
      ],
    },
    {
      reason: 'too long',
      spec: { replicas: 1, name: 'abcde' },
      want: ['spec.name: Too long: may not be more than 4 bytes'],
    },
    {
      reason: 'int or string',
      spec: { replicas: 1, port: {} },
      want: ['spec.port: Invalid value: "object": spec.port in body must be of type integer,string: "object"'],
    },
    {
      reason: 'format',
      spec: { replicas: 1, at: 'soon' },
      want: ['spec.at: Invalid value: "soon": spec.at in body must be of type date-time: "soon"'],
    },
    {
      reason: 'map values',
      spec: { replicas: 1, labels: { a: 1 } },
      want: ['spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer"'],
    },
    { reason: 'set', spec: { replicas: 1, tags: ['a', 'b', 'a'] }, want: ['spec.tags[2]: Duplicate value: "a"'] },
    {
      reason: 'list map',
      spec: { replicas: 1, containers: [{ name: 'a' }, { name: 'a', pull: 'x' }, {}] },
      want: ['spec.containers[2].name: Required value', 'spec.containers[1]: Duplicate value: {"name":"a"}'],
    },
    {
      reason: 'too many',
      spec: { replicas: 1, containers: ['a', 'b', 'c', 'd'].map((name) => ({ name })) },
      want: ['spec.containers: Too many: 4: must have at most 3 items'],
    },
    {
      reason: 'embedded',
      spec: { replicas: 1, template: { kind: 'P' } },
      want: ['spec.template.apiVersion: Required value: must not be empty'],
    },
  ])('$reason', ({ spec, want }) => {
    expect(validateAgainstSchema(schema, object(spec)).map(formatFieldError)).toEqual(want);
  });

  it('combines schemas', () => {
    const either: StructuralSchema = { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] };
    expect(validateAgainstSchema(either, { a: 1 }, 'spec')).toEqual([]);
    expect(validateAgainstSchema(either, {}, 'spec').map(formatFieldError)).toEqual([
      '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
      'spec.a: Required value',
    ]);
  });

  it.each<readonly [name: string, schema: StructuralSchema, want: readonly string[]]>([
    [
      'one of several',
      { anyOf: [{ minimum: 9 }, { maximum: 1 }] },
      [
        '<nil>: Invalid value: "": "n" must validate at least one schema (anyOf)',
        'n: Invalid value: 5: n in body should be greater than or equal to 9',
      ],
    ],
    [
      'one alone',
      { oneOf: [{ minimum: 1 }, { maximum: 9 }] },
      ['<nil>: Invalid value: "": "n" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      'all',
      { allOf: [{ minimum: 9 }, { maximum: 9 }] },
      [
        'n: Invalid value: 5: n in body should be greater than or equal to 9',
        '<nil>: Invalid value: "": "n" must validate all the schemas (allOf)',
      ],
    ],
    [
      'all, of which it is none',
      { allOf: [{ minimum: 9 }] },
      [
        'n: Invalid value: 5: n in body should be greater than or equal to 9',
        '<nil>: Invalid value: "": "n" must validate all the schemas (allOf). None validated',
      ],
    ],
    ['another', { not: { minimum: 1 } }, ['<nil>: Invalid value: "": "n" must not validate the schema (not)']],
  ])('says what a value must be: %s', (_name, schema, want) => {
    const found = validateAgainstSchema(schema, 5, 'n');
    expect(found.map(formatFieldError)).toEqual(want);
    expect(new Set(found.map(subjectOf))).toEqual(new Set(['n']));
  });
});

describe('values with a mistake in each of their parts', () => {
  const many = (part: unknown): readonly unknown[] => Array.from({ length: 5_000 }, () => part);
  const refused = (value: unknown): ApiStatusError =>
    invalidObject({ group: '', version: 'v1', kind: 'A' }, 'a', validateAgainstSchema(schema, value));

  it('are told of a thousand times', () => {
    const { message, details } = refused({ spec: { containers: many({}) } });
    expect(details?.causes).toHaveLength(1_000);
    expect(message).toMatch(/, and more\]$/);
    expect(unknownFields(schema, { spec: { containers: many({ y: 1 }) } })).toHaveLength(100);
  });

  it('are not repeated where they are large', () => {
    const tooLarge = validateAgainstSchema({ type: 'array', uniqueItems: true }, many(many(1)));
    expect(tooLarge.map(({ message }) => message)).toEqual([
      "Invalid value: (too large to be shown): in body shouldn't contain duplicates",
    ]);
  });
});
