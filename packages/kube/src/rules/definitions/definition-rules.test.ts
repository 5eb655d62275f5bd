/** What kube-apiserver 1.32 answers to definitions with one mistake in them. */
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { validateDefinition } from './definition-rules.ts';

const SCHEMA = 'spec.validation.openAPIV3Schema';
const definition = (spec: object, version: object = {}, more: object = {}) => ({
  metadata: { name: 'ws.fz.io' },
  spec: {
    group: 'fz.io',
    scope: 'Namespaced',
    names: { plural: 'ws', singular: 'w', kind: 'W', listKind: 'WList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        ...version,
      },
    ],
    ...more,
  },
});
const findings = (object: object, previous?: object): readonly string[] =>
  validateDefinition(object as never, previous as never).map((found) =>
    formatFieldError(found).replaceAll(SCHEMA, 'S').replaceAll('spec.versions[0]', 'V'),
  );
const part = (schema: object): readonly string[] => findings(definition(schema));

describe('schemas', () => {
  it.each([
    ['no type', {}, ['S.properties[spec].type: Required value: must not be empty for specified object fields']],
    [
      'an unknown type',
      { type: 'text' },
      [
        'S.properties[spec].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"',
      ],
    ],
    ['a list of nothing', { type: 'array' }, ['S.properties[spec].items: Required value: must be specified']],
    [
      'a type in a restriction',
      { type: 'object', oneOf: [{ type: 'object' }] },
      ['S.properties[spec].oneOf[0].type: Forbidden: must be empty to be structural'],
    ],
    [
      'a default of another type',
      { type: 'integer', default: true },
      ['S.properties[spec].default: Invalid value: "boolean":  in body must be of type integer: "boolean"'],
    ],
    [
      'a map without keys',
      { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } },
      [
        'S.properties[spec].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map',
      ],
    ],
    [
      'a key that may be absent',
      {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', properties: { name: { type: 'string' } } },
      },
      [
        'S.properties[spec].items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ],
    ],
    ['a number or text', { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, []],
    ['anything', { 'x-kubernetes-preserve-unknown-fields': true }, []],
  ])('%s', (_, schema, want) => expect(part(schema)).toEqual(want));

  it('restrict what is there', () => {
    const openAPIV3Schema = { type: 'object', anyOf: [{ properties: { a: { minimum: 1 } } }] };
    expect(findings(definition({}, { schema: { openAPIV3Schema } }))).toEqual([
      'S.properties[a]: Required value: because it is defined in S.anyOf[0].properties[a]',
    ]);
  });

  it('are not judged again while they stay', () => {
    expect(findings(definition({}), definition({}))).toEqual([]);
  });
});

describe('versions and names', () => {
  const object = { type: 'object', properties: { colour: { type: 'string' } } };
  it.each([
    [
      'a warning without need',
      { deprecationWarning: 'old' },
      ['V.deprecationWarning: Invalid value: "old": can only be set for deprecated versions'],
    ],
    [
      'a scale elsewhere',
      { subresources: { scale: { specReplicasPath: '.status.n', statusReplicasPath: 'n' } } },
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".status.n": should be a json path under .spec',
        'spec.subresources.scale.statusReplicasPath: Invalid value: "n": must be a simple json path starting with .',
      ],
    ],
    [
      'a column',
      { additionalPrinterColumns: [{ name: 'a', type: 'text', jsonPath: '.a' }] },
      [
        'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      ],
    ],
    [
      'a field that is not there',
      { selectableFields: [{ jsonPath: '.spec.color' }] },
      [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.color": is an invalid path: does not refer to a valid field',
      ],
    ],
    ['a field', { selectableFields: [{ jsonPath: '.spec.colour' }] }, []],
  ])('%s', (_, version, want) => expect(findings(definition(object, version))).toEqual(want));

  it('what objects are does not change once there may be some, nor under which name they are kept', () => {
    const old = definition({ type: 'object' });
    const status = { conditions: [{ type: 'Established', status: 'True' }] };
    const other = definition({ type: 'object' }, {}, { scope: 'Cluster', names: { ...old.spec.names, kind: 'V' } });
    expect(findings(other, old)).toEqual([]);
    expect(findings(other, { ...old, status })).toEqual([
      'spec.scope: Invalid value: "Cluster": field is immutable',
      'spec.names.kind: Invalid value: "V": field is immutable',
    ]);
  });

  it('speaks of parts that all versions share where they are kept once', () => {
    const schema = { openAPIV3Schema: { type: 'object', properties: { a: { type: 'text' } } } };
    const other = { name: 'v2', served: true, storage: false, schema };
    const two = definition({}, { schema, subresources: { scale: {} } });
    const said = validateDefinition({
      ...two,
      spec: { ...two.spec, versions: [...two.spec.versions, other] },
    } as never);
    expect(said.map(({ field }) => field)).toEqual([
      'spec.validation.openAPIV3Schema.properties[a].type',
      'spec.versions[0].subresources.scale.specReplicasPath',
      'spec.versions[0].subresources.scale.statusReplicasPath',
    ]);
  });

  it('says of each version that it has no schema', () => {
    expect(findings(definition({}, { schema: undefined }))).toEqual([
      'V.schema.openAPIV3Schema: Required value: schemas are required',
    ]);
  });

  it('names are labels', () => {
    const names = { plural: 'ws', singular: 'W', kind: 'W', listKind: 'W' };
    expect(findings(definition(object, {}, { names })).map((found) => found.slice(0, 42))).toEqual([
      'spec.names.singular: Invalid value: "W": a',
      'spec.names.listKind: Invalid value: "W": k',
    ]);
  });
});
