import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../../tree/memory-tree.ts';
import { renderHelmChart } from '../render-helm-chart.ts';

const DRAFT = 'http://json-schema.org/draft-0';
const render = (schema: unknown, values: unknown, extra: Record<string, string> = {}) =>
  renderHelmChart(
    createMemoryTree({
      'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'values.schema.json': typeof schema === 'string' ? schema : JSON.stringify(schema),
      'values.yaml': JSON.stringify(values),
      ...extra,
    }),
  );
const problemsOf = async (schema: unknown, values: unknown, extra?: Record<string, string>): Promise<string> => {
  try {
    return (await render(schema, values, extra)).warnings.join('\n');
  } catch (thrown) {
    return (thrown as Error).message
      .replace("values don't meet the specifications of the schema(s) in the following chart(s):\n", '')
      .replace(/^web:\n/, '');
  }
};

describe('values.schema.json', () => {
  it.each<readonly [string, unknown, unknown, string]>([
    ['types', { properties: { a: { type: 'integer' } } }, { a: 'x' }, "- at '/a': got string, want integer"],
    ['whole numbers', { properties: { a: { type: 'integer' } } }, { a: 1 }, ''],
    ['what is missing', { required: ['a'] }, {}, "- at '': missing property 'a'"],
    [
      'several properties on one line',
      { required: ['z', 'y', 'x'], properties: { x: {} }, additionalProperties: false },
      { x: 1, c: 1, b: 1 },
      "- at '': additional properties 'b', 'c' not allowed\n- at '': missing properties 'z', 'y'",
    ],
    [
      'nullable as no keyword',
      { properties: { a: { type: 'string', nullable: true }, b: { nullable: true }, nullable: { type: 'null' } } },
      { a: null, b: null, nullable: 1 },
      "- at '/a': got null, want string\n- at '/nullable': got number, want null",
    ],
    [
      'no more of a value of the wrong type',
      { properties: { a: { type: 'string', enum: ['x'], pattern: '^x$' }, b: { enum: ['x'], pattern: '^x$' } } },
      { a: null, b: 'y' },
      "- at '/a': got null, want string\n- at '/b': value must be 'x'",
    ],
    ['enumerations', { properties: { a: { enum: ['x', 1] } } }, { a: 2 }, "- at '/a': value must be one of 'x', 1"],
    [
      'Go patterns',
      { properties: { a: { pattern: '(?i)^\\Qa.b\\E$' } } },
      { a: 'aXb' },
      "- at '/a': 'aXb' does not match pattern '(?i)^\\Qa.b\\E$'",
    ],
    [
      'items that stand twice',
      { properties: { a: { uniqueItems: true } } },
      { a: [{ x: 1, y: 2 }, 3, 1, { y: 2, x: 1 }, 3] },
      "- at '/a': items at 0 and 3 are equal",
    ],
    [
      'thousands of items that all differ',
      { properties: { a: { uniqueItems: true } } },
      { a: Array.from({ length: 100_000 }, (_, x) => ({ x })) },
      '',
    ],
    ['two patterns apart', { properties: { a: { pattern: '^x$' }, b: { pattern: '^y$' } } }, { a: 'x', b: 'y' }, ''],
    [
      'patterns that would take for ever',
      { properties: { a: { pattern: '^(a+)+$' } } },
      { a: `${'a'.repeat(60)}!` },
      `- at '/a': '${'a'.repeat(60)}!' does not match pattern '^(a+)+$'`,
    ],
    [
      'exclusive limits of draft 4',
      { $schema: `${DRAFT}4/schema#`, properties: { a: { minimum: 3, exclusiveMinimum: true } } },
      { a: 3 },
      "- at '/a': exclusiveMinimum: got 3, want 3",
    ],
    [
      'definitions',
      {
        $schema: `${DRAFT}7/schema#`,
        properties: { a: { $ref: '#/definitions/n' } },
        definitions: { n: { type: 'null' } },
      },
      { a: 1 },
      "- at '/a': got number, want null",
    ],
    [
      'formats of draft 7',
      { $schema: `${DRAFT}7/schema#`, properties: { a: { format: 'ipv4' } } },
      { a: 'x' },
      "- at '/a': 'x' is not valid ipv4",
    ],
    ['formats of later drafts as remarks', { properties: { a: { format: 'ipv4' } } }, { a: 'x' }, ''],
    [
      'lists of draft 2020-12',
      { properties: { a: { prefixItems: [{ type: 'string' }], items: false } } },
      { a: ['x', 1] },
      "- at '/a': items: must NOT have more than 1 items",
    ],
    [
      'other places, not at all',
      { properties: { a: { $ref: 'https://schemas.test/x.json#/definitions/a' } } },
      { a: 1 },
      'WARNING: chart "web": values.schema.json: https://schemas.test/x.json#/definitions/a is not fetched and allows everything',
    ],
    [
      'its own address',
      {
        $id: 'https://schemas.test/own',
        properties: { a: { $ref: 'https://schemas.test/own#/$defs/n' } },
        $defs: { n: { type: 'null' } },
      },
      { a: 1 },
      "- at '/a': got number, want null",
    ],
    [
      'other places named from its own address',
      {
        $id: 'https://schemas.test/own/values.json',
        properties: { a: { $ref: 'parts/a.json#/labels' }, b: { $ref: 'b.json' } },
        $defs: { b: { $id: 'b.json', type: 'null' } },
      },
      { a: 1, b: null },
      'WARNING: chart "web": values.schema.json: parts/a.json#/labels is not fetched and allows everything',
    ],
    ['text that is no schema', '[]', {}, 'chart "web": values.schema.json: is neither an object nor a truth value'],
    [
      'a schema that is none',
      { type: 'spoon' },
      {},
      'chart "web": values.schema.json: type must be JSONType or JSONType[]: spoon',
    ],
  ])('judges %s', async (_reason, schema, values, expected) => {
    expect(await problemsOf(schema, values)).toBe(expected);
  });

  it('judges the charts inside too', async () => {
    const inner = {
      'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
      'charts/db/values.schema.json': '{"required":["size"]}',
    };
    expect(await problemsOf({}, { db: { a: 1 } }, inner)).toBe("db:\n- at '': missing property 'size'");
    expect(await problemsOf({}, { db: { size: 1 } }, inner)).toBe('');
  });
});
