/**
 * The schema of the schemas in definitions: it holds itself, so whoever walks it goes along with a value.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/types_jsonschema.go
 */
import type { StructuralSchema } from '../../kinds/structural-schema.ts';
import { anything, flag, int64, listOf, mapOf, object, text, textList } from './fragments.ts';

const numeric: StructuralSchema = { type: 'number', format: 'double' };

const ruleOfSchema = object({
  rule: text,
  message: text,
  messageExpression: text,
  reason: text,
  fieldPath: text,
  optionalOldSelf: flag,
});

/** Words that say nothing of other schemas. */
const OWN_WORDS: Readonly<Record<string, StructuralSchema>> = {
  id: text,
  $schema: text,
  $ref: text,
  description: text,
  type: text,
  format: text,
  title: text,
  default: anything,
  maximum: numeric,
  exclusiveMaximum: flag,
  minimum: numeric,
  exclusiveMinimum: flag,
  maxLength: int64,
  minLength: int64,
  pattern: text,
  maxItems: int64,
  minItems: int64,
  uniqueItems: flag,
  multipleOf: numeric,
  enum: listOf(anything),
  maxProperties: int64,
  minProperties: int64,
  required: textList,
  externalDocs: object({ description: text, url: text }),
  example: anything,
  nullable: flag,
  'x-kubernetes-preserve-unknown-fields': flag,
  'x-kubernetes-embedded-resource': flag,
  'x-kubernetes-int-or-string': flag,
  'x-kubernetes-list-map-keys': textList,
  'x-kubernetes-list-type': text,
  'x-kubernetes-map-type': text,
  'x-kubernetes-validations': listOf(ruleOfSchema),
};

/** How the words are read whose values are one of several things. */
interface Choices {
  /** A schema, or a list of them. */
  readonly list: (schema: StructuralSchema) => StructuralSchema;
  /** A schema, or a flag. */
  readonly flag: (schema: StructuralSchema) => StructuralSchema;
}

const schemaOfSchemas = (choices: Choices): StructuralSchema => {
  const properties: Record<string, StructuralSchema> = { ...OWN_WORDS };
  const whole: StructuralSchema = { type: 'object', properties };
  Object.assign(properties, {
    items: choices.list(whole),
    allOf: listOf(whole),
    oneOf: listOf(whole),
    anyOf: listOf(whole),
    not: whole,
    properties: mapOf(whole),
    additionalProperties: choices.flag(whole),
    patternProperties: mapOf(whole),
    dependencies: mapOf(anything),
    additionalItems: choices.flag(whole),
    definitions: mapOf(whole),
  });
  return whole;
};

/** What strict clients are told of: upstream reads what may be one of several things by itself, and tells nothing of it. */
export const jsonSchema: StructuralSchema = schemaOfSchemas({ list: () => anything, flag: () => anything });

/** What is kept. */
export const wholeJsonSchema: StructuralSchema = schemaOfSchemas({
  // Objects are read by their properties, lists by their items.
  list: ({ properties = {} }) => ({ properties, items: { type: 'object', properties } }),
  flag: ({ properties = {} }) => ({ properties }),
});
