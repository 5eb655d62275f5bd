/** What kube-apiserver 1.32 answers to objects within custom objects. */
import { deepFreeze } from '@argosy/base';
import { formatFieldError, type StructuralSchema } from '@argosy/kube';
import { expect, it } from 'vitest';

import { holdsResources, resourceFindings, withKnownMetadata } from './embedded-resources.ts';

const EMBEDDED: StructuralSchema = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
};
const SCHEMA: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: { one: EMBEDDED, many: { type: 'array', items: EMBEDDED }, text: { type: 'string' } },
      additionalProperties: EMBEDDED,
    },
  },
};
const said = (one: object): readonly string[] =>
  resourceFindings(SCHEMA, deepFreeze({ spec: { one: { apiVersion: 'v1', kind: 'Pod', ...one } } })).map(
    formatFieldError,
  );

it.each<readonly [reason: string, one: object, want: readonly unknown[]]>([
  ['nothing odd', { metadata: { name: 'a', labels: { a: 'b' } } }, []],
  [
    'a version of too many parts',
    { apiVersion: 'a/b/c' },
    ['spec.one.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
  ],
  [
    'a kind that is no word',
    { kind: 'p od' },
    [
      expect.stringContaining(
        'spec.one.kind: Invalid value: "p od": may have mixed case, but should otherwise match: a DNS-1035 label',
      ),
    ],
  ],
  [
    'a label of another type',
    { metadata: { labels: { a: 1 } } },
    [
      'spec.one.metadata: Invalid value: {"labels":{"a":1}}: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    ],
  ],
  [
    'a name that leads elsewhere',
    { metadata: { name: 'a/b' } },
    [`spec.one.metadata.name: Invalid value: "a/b": may not contain '/'`],
  ],
  [
    'a namespace that is none',
    { metadata: { namespace: 'A' } },
    [expect.stringContaining('spec.one.metadata.namespace: Invalid value: "A": a lowercase RFC 1123 label')],
  ],
  [
    'a label that is none',
    { metadata: { labels: { 'a b': '' } } },
    [expect.stringContaining('spec.one.metadata.labels: Invalid value: "a b": name part must consist of')],
  ],
])('%s', (_reason, one, want) => expect(said(one)).toEqual(want));

it('are found in lists and under names nobody declared', () => {
  const odd = { apiVersion: 'v1', kind: '-' };
  const fields = resourceFindings(SCHEMA, { spec: { many: [odd], other: odd, text: 'x' } }).map(({ field }) => field);
  expect(fields).toEqual(['spec.many[0].kind', 'spec.other.kind']);
});

it('lose what metadata does not have', () => {
  const resource = (metadata: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata, more: { metadata: { foo: 1 } } });
  const object = (metadata: object) => ({ spec: { one: resource(metadata), many: [resource(metadata)], text: 'x' } });
  const clean = deepFreeze(object({ name: 'a', labels: { a: 'b' } }));
  expect(withKnownMetadata(SCHEMA, deepFreeze(object({ name: 'a', labels: { a: 'b' }, foo: 1 })))).toEqual(clean);
  expect(withKnownMetadata(SCHEMA, clean)).toBe(clean);
});

it('are looked for only where there may be some', () => {
  expect(holdsResources(SCHEMA)).toBe(true);
  expect(holdsResources({ type: 'object', properties: { spec: { type: 'array', items: { type: 'string' } } } })).toBe(
    false,
  );
});
