/**
 * Schemas with rules, objects, and what the API server's own code found in them.
 */
import type { Json } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import cases from './cases.json' with { type: 'json' };
import { checkSchemaRules, type RuleFinding } from './check-rules.ts';
import { compileSchemaRules } from './compile-rules.ts';
import { escapeField } from './field-names.ts';
import type { RuleSchema, SchemaRule } from './rule-schema.ts';

interface Case {
  readonly name: string;
  readonly schema: RuleSchema;
  readonly root?: boolean;
  readonly value: Json;
  readonly old?: Json;
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
}

const show = ({ reason, field, message }: RuleFinding): string => `${reason}|${field}|${message}`;

const reportOf = (schema: RuleSchema, value: Json, before?: Json, isResource = false, cost?: number) => {
  const compiled = compileSchemaRules(schema, isResource);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  if (!compiled.value) return { findings: [], warnings: [] };
  return checkSchemaRules(compiled.value, value, before, cost === undefined ? {} : { cost });
};

describe('what the API server finds', () => {
  it.each(cases as unknown as readonly Case[])('$name', ({ schema, root, value, old, findings, warnings }) => {
    const report = reportOf(schema, value, old, root);
    expect(report.findings.map(show).sort()).toEqual(findings);
    expect(report.warnings.map(({ field, message }) => `${field}: ${message}`).sort()).toEqual(warnings);
  });
});

const withRule = (rule: SchemaRule, more: RuleSchema = {}): RuleSchema => ({
  type: 'object',
  properties: { a: { type: 'integer' } },
  ...more,
  'x-kubernetes-validations': [rule],
});

describe('rules that are refused', () => {
  it.each<[string, SchemaRule, string, string]>([
    ['of nothing', { rule: ' ' }, 'rule', 'rule is not specified'],
    ['of no bool', { rule: 'self.a + 1' }, 'rule', 'cel expression must evaluate to a bool'],
    [
      'of many lines without a message',
      { rule: 'self.a >\n1' },
      'message',
      'message must be specified if rule contains line breaks',
    ],
    ['with an empty message', { rule: 'true', message: ' ' }, 'message', 'must be non-empty if specified'],
    ['with a message of two lines', { rule: 'true', message: 'a\nb' }, 'message', 'must not contain line breaks'],
    ['with an unknown reason', { rule: 'true', reason: 'Odd' }, 'reason', 'Odd'],
    ['with a path to nowhere', { rule: 'true', fieldPath: '.b' }, 'fieldPath', 'must be a valid path'],
    [
      'with a needless old self',
      { rule: 'true', optionalOldSelf: true },
      'optionalOldSelf',
      'may not be set if oldSelf is not used in rule',
    ],
    [
      'with a made message of no text',
      { rule: 'true', messageExpression: '1' },
      'messageExpression',
      'messageExpression must evaluate to a string',
    ],
  ])('%s', (_, rule, part, message) => {
    const compiled = compileSchemaRules(withRule(rule), false);
    expect(compiled).toMatchObject({ ok: false, error: [{ field: `x-kubernetes-validations[0].${part}`, message }] });
  });

  it('that do not compile, with the place', () => {
    const compiled = compileSchemaRules(
      { type: 'object', properties: { spec: withRule({ rule: 'self.b > 0' }) } },
      true,
    );
    expect(compiled).toMatchObject({
      ok: false,
      error: [
        {
          field: 'properties[spec].x-kubernetes-validations[0].rule',
          message: "compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b > 0\n | ....^",
        },
      ],
    });
  });

  it('that compare items which have no partners before', () => {
    const items: RuleSchema = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] };
    const compiled = compileSchemaRules({ type: 'object', properties: { l: { type: 'array', items } } }, false);
    expect(compiled).toMatchObject({
      ok: false,
      error: [{ message: 'oldSelf cannot be used on the uncorrelatable portion of the schema within properties[l]' }],
    });
  });
});

describe('odd data', () => {
  it.each<[string, RuleSchema, Json]>([
    ['a null where none may be', { type: 'array', items: { type: 'integer' } }, [null]],
    ['a text for a number', { type: 'integer' }, 'x'],
    ['no date', { type: 'string', format: 'date' }, '2024-02-30'],
    ['no base64', { type: 'string', format: 'byte' }, '!'],
    ['a list for an object', { type: 'object', properties: {} }, []],
  ])('%s fails the rule, not the program', (_, schema, value) => {
    const rules = { ...schema, 'x-kubernetes-validations': [{ rule: 'true' }] };
    const report = reportOf({ type: 'object', properties: { x: rules } }, { x: value });
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]?.message).toContain('evaluating rule: true');
  });

  it('ends when all rules together cost too much', () => {
    const schema = withRule({ rule: 'self.a > 0 && self.a > 0 && self.a > 0' });
    expect(reportOf(schema, { a: 1 }, undefined, false, 3).findings.map(show)).toEqual([
      'FieldValueInvalid||Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run',
    ]);
  });

  it('a field named as a property of every object is no field', () => {
    expect(reportOf(withRule({ rule: '!has(self.a)' }), { toString: 1 }).findings).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['a', 'a'],
    ['a-b', 'a__dash__b'],
    ['a.b/c', 'a__dot__b__slash__c'],
    ['a__b', 'a__underscores__b'],
    ['in', '__in__'],
    ['1a', undefined],
    ['ä', undefined],
    ['', undefined],
  ])('%j is %j', (name, escaped) => {
    expect(escapeField(name)).toBe(escaped);
  });
});

describe('fields named by words of the language', () => {
  const schema = (rule: string): RuleSchema => ({
    type: 'object',
    properties: { namespace: { type: 'string' }, in: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule, message: 'refused' }],
  });
  it.each([
    ["!has(self.namespace) || self.namespace == 'a'", { namespace: 'b' }, 1],
    ["!has(self.namespace) || self.namespace == 'a'", { namespace: 'a' }, 0],
    ["!has(self.namespace) || self.namespace == 'a'", {}, 0],
    ['has(self.__namespace__) && self.__namespace__ == self.namespace', { namespace: 'a' }, 0],
    ['self.__in__ == 1', { in: 1 }, 0],
  ])('%s of %j', (rule, value, count) => expect(reportOf(schema(rule), value).findings).toHaveLength(count));
});
