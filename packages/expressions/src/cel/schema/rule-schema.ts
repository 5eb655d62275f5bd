/**
 * Schemas as far as rules are concerned. Structural schemas of CustomResourceDefinitions are such schemas.
 * @spec https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */

import type { Json } from '@argosy/base';

/** A rule of a schema. */
export interface SchemaRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** What rules need to know of a schema. */
export interface RuleSchema {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly required?: readonly string[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, RuleSchema>>;
  readonly additionalProperties?: boolean | RuleSchema;
  readonly items?: RuleSchema;
  readonly allOf?: readonly RuleSchema[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly SchemaRule[];
}

const TEXT: RuleSchema = { type: 'string' };
const META: Readonly<Record<string, RuleSchema>> = {
  apiVersion: TEXT,
  kind: TEXT,
  metadata: { type: 'object', properties: { name: TEXT, generateName: TEXT } },
};

/** The schema of a whole resource: its kind and name can always be read, and nothing else of its metadata. */
export const withObjectMeta = (schema: RuleSchema, isResource: boolean): RuleSchema =>
  isResource ? { ...schema, properties: { ...schema.properties, ...META } } : schema;

/** The schema of a map's values. */
export const valuesOf = (schema: RuleSchema): RuleSchema | undefined =>
  typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
