import { describe, expect, it } from 'vitest';

import type { CustomResourceDefinition, FieldError, StructuralSchema } from '@argosy/kube';

import { ruleFindings, type ValidationRules } from './validation-rules.ts';

const schemaOf = (description: string): StructuralSchema => ({ type: 'object', description });
const aDefinition = (versions: Readonly<Record<string, StructuralSchema>>): CustomResourceDefinition =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'as.x.io' },
    spec: {
      group: 'x.io',
      scope: 'Namespaced',
      names: { plural: 'as', kind: 'A' },
      versions: Object.entries(versions).map(([name, openAPIV3Schema]) => ({ name, schema: { openAPIV3Schema } })),
    },
  }) as unknown as CustomResourceDefinition;

/** A language whose rules are always too dear, unless they were taken before. */
const rules: ValidationRules = {
  compile: () => ({
    ok: true,
    value: {
      check: () => [],
      judgeCosts: ({ isUnchanged }): readonly FieldError[] =>
        isUnchanged
          ? []
          : ['', 'properties[a]'].map((field) => ({ field, reason: 'FieldValueForbidden', message: 'x' })),
    },
  }),
};
const fieldsOf = (crd: CustomResourceDefinition, before?: CustomResourceDefinition): readonly string[] =>
  ruleFindings(rules, crd, before).map(({ field }) => field);

describe('ruleFindings', () => {
  const dear = aDefinition({ v1: schemaOf('a'), v2: schemaOf('b') });

  it('tells where in the definition, of the whole schema too', () => {
    expect(fieldsOf(aDefinition({ v1: schemaOf('a') }))).toEqual([
      'spec.validation.openAPIV3Schema',
      'spec.validation.openAPIV3Schema.properties[a]',
    ]);
  });

  it('lets versions be whose schemas are what they were, wherever they stood', () => {
    expect(fieldsOf(dear, dear)).toEqual([]);
    expect(fieldsOf(dear, aDefinition({ v2: schemaOf('b') }))).toHaveLength(2);
    expect(fieldsOf(dear, aDefinition({ v1: schemaOf('b'), v2: schemaOf('b') }))[0]).toContain('versions[0]');
    expect(fieldsOf(dear, aDefinition({ v2: schemaOf('a'), v1: schemaOf('b') }))).toHaveLength(4);
  });
});
