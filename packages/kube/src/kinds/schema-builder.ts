/**
 * Kinds are declared once, with TypeBox: the TypeScript type is read off the schema by the compiler, and the CRD's
 * structural schema is exported from it here.
 */
import { Type, type TSchema } from 'typebox';

import type { Json } from '@argosy/base';
import { Defect } from '@argosy/base';

import type { StructuralSchema } from './structural-schema.ts';

/** A number or a text such as `25%`. */
export const IntOrString = Type.Unsafe<number | string>({ 'x-kubernetes-int-or-string': true });

/** An object whose content belongs to another API (a pod spec, a raw resource): kept as it is, checked where it is used. */
export const AnyObject = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
});

/** Any JSON value at all. */
export const AnyValue = Type.Unsafe<Json>({ 'x-kubernetes-preserve-unknown-fields': true });

/** Pairs of text. */
export const StringRecord = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  additionalProperties: { type: 'string' },
});

/** An RFC 3339 time. */
export const Timestamp = Type.String({ format: 'date-time' });

/** Exports a TypeBox schema as the structural schema of a CRD. Throws a Defect for what CRDs cannot say. */
export const toStructuralSchema = (schema: TSchema): StructuralSchema => {
  const source = schema as unknown as Readonly<Record<string, unknown>>;
  const exported: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(source)) {
    if (value === undefined || keyword.startsWith('~')) continue;
    exported[keyword] = exportKeyword(keyword, value);
  }
  const patterns = source['patternProperties'] as Readonly<Record<string, TSchema>> | undefined;
  if (patterns) exported['additionalProperties'] = toStructuralSchema(Object.values(patterns)[0] ?? Type.String());
  if (exported['additionalProperties'] === false) delete exported['additionalProperties'];
  delete exported['patternProperties'];
  if (exported['enum'] !== undefined && exported['type'] === undefined) exported['type'] = 'string';
  return exported as StructuralSchema;
};

const exportKeyword = (keyword: string, value: unknown): unknown => {
  if (keyword === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Readonly<Record<string, TSchema>>).map(([name, part]) => [
        name,
        toStructuralSchema(part),
      ]),
    );
  }
  if (keyword === 'items' || keyword === 'not') return toStructuralSchema(value as TSchema);
  if (keyword === 'additionalProperties' && typeof value === 'object') return toStructuralSchema(value as TSchema);
  if (keyword === 'allOf' || keyword === 'anyOf' || keyword === 'oneOf')
    return (value as readonly TSchema[]).map(toStructuralSchema);
  if (keyword === 'const') throw new Defect('CRD schemas have no "const": declare the values with Type.Enum');
  return value;
};
