/**
 * Schemas, and what the API server of Kubernetes 1.34 says of the costs of their rules.
 */
import { describe, expect, it } from 'vitest';

import { compileSchemaRules } from './compile-rules.ts';
import cases from './cost-cases.json' with { type: 'json' };
import { judgeRuleCosts } from './rule-costs.ts';
import type { RuleSchema } from './rule-schema.ts';

const REMEDY =
  ' (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

const judge = (schema: RuleSchema, isUnchanged = false): readonly string[] => {
  const compiled = compileSchemaRules(schema, true);
  if (!compiled.ok || !compiled.value) throw new Error(JSON.stringify(compiled));
  return judgeRuleCosts(compiled.value, { isUnchanged }).map(
    ({ field, reason, message }) => `${field}: ${reason.replace('FieldValue', '')}: ${message.replace(REMEDY, '')}`,
  );
};
const cubic: RuleSchema = {
  type: 'object',
  properties: {
    l: {
      type: 'array',
      items: { type: 'string' },
      'x-kubernetes-validations': [{ rule: 'self.all(x, self.exists(y, x == y))' }],
    },
  },
};

describe('judgeRuleCosts', () => {
  it.each(
    cases.map(({ schema, errors }, at) => [at, schema as unknown as RuleSchema, errors as readonly string[]] as const),
  )('of schema %s', (_at, schema, errors) => {
    expect([...judge(schema)].sort()).toEqual([...errors].sort());
  });

  it('tells the remedy', () => {
    const compiled = compileSchemaRules(cubic, true);
    const [first] = compiled.ok && compiled.value ? judgeRuleCosts(compiled.value, { isUnchanged: false }) : [];
    expect(first).toEqual({
      field: 'properties[l].x-kubernetes-validations[0].rule',
      reason: 'FieldValueForbidden',
      message: `estimated rule cost exceeds budget by factor of more than 100x${REMEDY}`,
    });
  });

  it('lets single rules of a schema be that was taken before, but not all together', () => {
    expect(judge(cubic, true)).toEqual([
      'properties[l].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      ': Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x',
    ]);
  });
});
