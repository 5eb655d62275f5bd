/**
 * Rules in the schemas of CustomResourceDefinitions (`x-kubernetes-validations`). The language they are written in is a port:
 * who starts the server brings it. @spec https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import { isEqual, type Json, type Result } from '@argosy/base';
import {
  atSharedParts,
  type CustomResourceDefinition,
  type FieldError,
  type KubeObject,
  type StructuralSchema,
} from '@argosy/kube';

/** Rules that were understood. */
export interface CompiledRules {
  /** Findings of an object; `before` is present on updates, for rules that compare. Bounded in time. */
  check(object: Json, before: Json | undefined): readonly FieldError[];
  /**
   * What is wrong with what the rules may cost, with paths below the schema; the empty path is the schema itself.
   * `isUnchanged`: the same schema was taken before.
   */
  judgeCosts(of: { readonly isUnchanged: boolean }): readonly FieldError[];
}

/** The language of rules. */
export interface ValidationRules {
  /** Reads the rules of a whole object's schema; `undefined` when it has none. Fails with paths below the schema. */
  compile(schema: StructuralSchema): Result<CompiledRules | undefined, readonly FieldError[]>;
}

/** Checks objects of a schema; compiled once per schema. */
export type CheckRules = (
  schema: StructuralSchema,
  object: KubeObject,
  before: KubeObject | undefined,
) => readonly FieldError[];

/** Creates the check. Rules that are not understood were refused with their definition; here they say nothing. */
export const createCheckRules = (rules: ValidationRules | undefined): CheckRules => {
  const compiled = new WeakMap<StructuralSchema, { readonly rules: CompiledRules | undefined }>();
  return (schema, object, before) => {
    if (!rules) return [];
    let known = compiled.get(schema);
    if (!known) {
      const read = rules.compile(schema);
      known = { rules: read.ok ? read.value : undefined };
      compiled.set(schema, known);
    }
    // Objects of the API are JSON; their types do not say so.
    return known.rules?.check(object as unknown as Json, before as unknown as Json | undefined) ?? [];
  };
};

/** What is wrong with the rules of a definition; `before` is the one it takes the place of. */
export const ruleFindings = (
  rules: ValidationRules | undefined,
  crd: CustomResourceDefinition,
  before: CustomResourceDefinition | undefined,
): readonly FieldError[] =>
  // A definition is JSON; its type does not say so.
  atSharedParts(crd as unknown as Readonly<Record<string, unknown>>, versionFindings(rules, crd, before));

const versionFindings = (
  rules: ValidationRules | undefined,
  crd: CustomResourceDefinition,
  before: CustomResourceDefinition | undefined,
): readonly FieldError[] =>
  schemasOf(crd).flatMap(([path, schema, version]) => {
    const read = rules?.compile(schema);
    if (!read) return [];
    const isUnchanged = schemasOf(before).some(([, old, name]) => name === version && isEqual(old, schema));
    const findings = read.ok ? (read.value?.judgeCosts({ isUnchanged }) ?? []) : read.error;
    return findings.map((finding) => ({
      ...finding,
      field: finding.field === '' ? path : `${path}.${finding.field}`,
    }));
  });

/** What to tell the author of a definition whose rules nobody evaluates. */
export const ruleWarnings = (rules: ValidationRules | undefined, crd: CustomResourceDefinition): readonly string[] =>
  rules
    ? []
    : schemasOf(crd).flatMap(([path, schema]) =>
        JSON.stringify(schema).includes('"x-kubernetes-validations"')
          ? [
              `${path}: x-kubernetes-validations are not evaluated: this server was started without a language for rules`,
            ]
          : [],
      );

const schemasOf = (
  crd: CustomResourceDefinition | undefined,
): readonly (readonly [path: string, schema: StructuralSchema, version: string])[] =>
  (crd?.spec?.versions ?? []).flatMap((version, at) => {
    const schema = version.schema?.openAPIV3Schema;
    return schema ? [[`spec.versions[${at}].schema.openAPIV3Schema`, schema, version.name] as const] : [];
  });
