/**
 * The language of rules in CustomResourceDefinitions: CEL. Here, as the cluster may not know the expressions package.
 */
import type { ApiServerOptions } from '@argosy/cluster';
import { checkSchemaRules, compileSchemaRules } from '@argosy/expressions';

/** CEL for the API server's definitions. */
export const CEL_RULES: NonNullable<ApiServerOptions['rules']> = {
  compile: (schema) => {
    const compiled = compileSchemaRules(schema, true);
    if (!compiled.ok) return compiled;
    const tree = compiled.value;
    return {
      ok: true,
      value: tree && { check: (object, before) => checkSchemaRules(tree, object, before).findings },
    };
  },
};
