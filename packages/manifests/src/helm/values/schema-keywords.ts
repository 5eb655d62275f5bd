/**
 * Keywords that JSON Schema does not have and the library acts on: `nullable` is OpenAPI's, and means nothing to Helm.
 * @spec https://json-schema.org/draft/2020-12/json-schema-core
 */
import { isObject } from '@argosy/base';

/** Hold schemas under names of the author's. */
const NAMED = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas', 'dependencies']);
/** Hold values, whatever they look like. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);

/** A schema without `nullable`. */
export const withoutForeignKeywords = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutForeignKeywords);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => keyword !== 'nullable')
      .map(([keyword, part]) => [keyword, withoutForeignKeywordsIn(keyword, part)] as const),
  );
};

const withoutForeignKeywordsIn = (keyword: string, part: unknown): unknown => {
  if (DATA.has(keyword)) return part;
  if (!NAMED.has(keyword) || !isObject(part)) return withoutForeignKeywords(part);
  return Object.fromEntries(
    Object.entries(part).map(([name, inner]) => [name, withoutForeignKeywords(inner)] as const),
  );
};
