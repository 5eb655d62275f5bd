/**
 * Schemas as Kubernetes' types have them, for what no more need be said of.
 */
import type { StructuralSchema } from '../../kinds/structural-schema.ts';
import { MESSAGES } from '../../messages/message-table.ts';
import { schemaOfKind, schemaOfMessage } from '../../messages/schema-of-message.ts';
import { open } from './fragments.ts';

type Properties = Readonly<Record<string, StructuralSchema>>;

/** The schema of a kind, by the name of its message: `core/v1.PersistentVolume`. */
export const fromMessage = (name: string): StructuralSchema => schemaOfKind(MESSAGES, name) ?? open;

/** The schema of a kind whose rules say themselves what must be there, as Go's types do not. */
export const ruled = (name: string): StructuralSchema => withoutRequired(fromMessage(name));

/** The fields of a message, of which none must be there. */
export const fieldsOfMessage = (name: string): Properties =>
  withoutRequired(schemaOfMessage(MESSAGES, name) ?? open).properties ?? {};

const withoutRequired = (schema: StructuralSchema): StructuralSchema => {
  const { required: _, ...rest } = schema;
  const { properties, items, additionalProperties: values } = rest;
  return {
    ...rest,
    ...(properties ? { properties: mapValues(properties, withoutRequired) } : {}),
    ...(items ? { items: withoutRequired(items) } : {}),
    ...(typeof values === 'object' ? { additionalProperties: withoutRequired(values) } : {}),
  };
};

const mapValues = <T>(values: Readonly<Record<string, T>>, next: (value: T) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, next(value)]));
