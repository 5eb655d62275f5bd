/** Schemas that say what an object's fields are and leave to its kind's rules what they must be. */
import type { StructuralSchema } from '../../kinds/structural-schema.ts';

/** A schema of which no part must be there, nor be there once. */
export const askingNothing = (schema: StructuralSchema): StructuralSchema => {
  const { required: _, ...rest } = schema;
  const { properties, items, additionalProperties: values } = rest;
  const isKeyed = ['map', 'set'].includes(String(rest['x-kubernetes-list-type']));
  return {
    ...rest,
    ...(isKeyed ? { 'x-argosy-tolerates-duplicates': true } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, value]) => [name, askingNothing(value)]),
          ),
        }
      : {}),
    ...(items ? { items: askingNothing(items) } : {}),
    ...(typeof values === 'object' ? { additionalProperties: askingNothing(values) } : {}),
  };
};
