/**
 * Definitions in the words of OpenAPI v2, which has no alternatives and no null.
 * @upstream k8s.io/apiextensions-apiserver pkg/controller/openapi/v2
 */
import type { Definition } from './definitions.ts';

/** A schema of OpenAPI v2. Extensions (`x-…`) stay as they are. */
export interface SwaggerSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly additionalProperties?: SwaggerSchema | boolean;
  readonly items?: SwaggerSchema;
}

/** What v2 can say of a definition; what it cannot is left out, so that nothing valid is called wrong. */
export const toSwaggerSchema = (definition: Definition): SwaggerSchema => {
  const extensions = Object.fromEntries(Object.entries(definition).filter(([name]) => name.startsWith('x-')));
  const { description } = definition;
  // Where v3 wraps a reference to say more about it, v2 says it beside the reference.
  const reference = definition.$ref ?? definition.allOf?.map((part: Definition) => part.$ref).find(Boolean);
  if (reference !== undefined) return { $ref: reference, ...(description ? { description } : {}), ...extensions };
  if (definition.nullable) return { ...(description ? { description } : {}), ...extensions };
  // Numbers or texts: v2 calls them texts with a format, which clients know to accept both of.
  if (definition['x-kubernetes-int-or-string'] || definition.oneOf)
    return {
      ...(description ? { description } : {}),
      type: 'string',
      ...(definition.oneOf && !definition.format ? {} : { format: 'int-or-string' }),
    };
  const { properties, additionalProperties, items } = definition;
  return {
    ...Object.fromEntries(
      KEPT.map((name) => [name, definition[name]] as const).filter(([, value]) => value !== undefined),
    ),
    ...(properties ? { properties: mapValues(properties) } : {}),
    ...(additionalProperties === undefined ? {} : { additionalProperties: toAdditional(additionalProperties) }),
    ...(items ? { items: toSwaggerSchema(items as Definition) } : {}),
    ...extensions,
  };
};

const KEPT = [
  'type',
  'format',
  'description',
  'default',
  'maximum',
  'minimum',
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'uniqueItems',
  'pattern',
  'enum',
  'required',
] as const;

const mapValues = (properties: Readonly<Record<string, unknown>>): Readonly<Record<string, SwaggerSchema>> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, of]) => [name, toSwaggerSchema(of as Definition)] as const),
  );

const toAdditional = (of: unknown): SwaggerSchema | boolean =>
  typeof of === 'boolean' ? of : toSwaggerSchema(of as Definition);
