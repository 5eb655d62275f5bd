/**
 * The language of rules in CustomResourceDefinitions, policies and conditions: CEL. Here, as the cluster may not know the
 * expressions package.
 */
import type { ApiServerOptions } from '@argosy/cluster';
import {
  CEL_DYN,
  CelMap,
  checkSchemaRules,
  compileCel,
  compileSchemaRules,
  formatCelType,
  fromCelValue,
  judgeRuleCosts,
  runCel,
  toCelValue,
  type CelValue,
} from '@argosy/expressions';
import { forbiddenField } from '@argosy/kube';

/** CEL for the API server's definitions. */
export const CEL_RULES: NonNullable<ApiServerOptions['rules']> = {
  compile: (schema) => {
    const compiled = compileSchemaRules(schema, true);
    if (!compiled.ok) return compiled;
    const tree = compiled.value;
    return {
      ok: true,
      value: tree && {
        check: (object, before) => checkSchemaRules(tree, object, before).findings,
        judgeCosts: (of) => judgeRuleCosts(tree, of).map(({ field, message }) => forbiddenField(field, message)),
      },
    };
  },
};

type Conditions = NonNullable<ApiServerOptions['conditions']>;

/** CEL for policies and match conditions. Objects have no schema there: what they hold is known when it is looked at. */
export const CEL_CONDITIONS: Conditions = {
  compile: (source, variables) => {
    const types = Object.fromEntries(variables.map((name) => [name, CEL_DYN] as const));
    const compiled = compileCel(source, types);
    if (!compiled.ok) return { ok: false, error: compiled.error.message };
    const program = compiled.value;
    return {
      ok: true,
      value: {
        source,
        type: formatCelType(program.type),
        run: (values) => {
          const result = runCel(program, values as Readonly<Record<string, CelValue>>);
          return result.ok ? result : { ok: false, error: result.error.message };
        },
      },
    };
  },
  valueOf: toCelValue,
  recordOf: (values) => new CelMap(Object.entries(values as Readonly<Record<string, CelValue>>)),
  jsonOf: (value) => fromCelValue(value as CelValue),
};
