/**
 * What a strategic merge knows of types: which fields lead to lists that are merged, and by which keys.
 * @upstream sigs.k8s.io/kustomize/kyaml/openapi/openapi.go
 */
import { Failure, isObject, messageOf } from '@argosy/base';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import { KIND_TYPES, MERGE_TYPES, type MergeField } from './merge-types.ts';

/** Types with the fields merges care for, and the types of kinds (`apps/v1 Deployment`). */
export interface MergeSchema {
  readonly types: Readonly<Record<string, Readonly<Record<string, MergeField>>>>;
  readonly kinds: Readonly<Record<string, string>>;
}

/** Kubernetes' own kinds. */
export const BUILTIN_MERGE_SCHEMA: MergeSchema = { types: MERGE_TYPES, kinds: KIND_TYPES };

/** Two descriptions in one; where both have a type, the first one's counts. */
export const joinSchemas = (first: MergeSchema, second: MergeSchema): MergeSchema => ({
  types: { ...second.types, ...first.types },
  kinds: { ...second.kinds, ...first.kinds },
});

/** The type of a kind; `undefined` when nothing of it is known. */
export const typeOfKind = (schema: MergeSchema, apiVersion: string, kind: string): string | undefined => {
  const key = `${apiVersion} ${kind}`;
  return Object.hasOwn(schema.kinds, key) ? schema.kinds[key] : undefined;
};

/** A field of a type; `undefined` when merges need not know it. */
export const fieldOfType = (schema: MergeSchema, type: string | undefined, name: string): MergeField | undefined => {
  if (type === undefined || !Object.hasOwn(schema.types, type)) return undefined;
  const fields = schema.types[type] ?? {};
  return Object.hasOwn(fields, name) ? fields[name] : fields['*'];
};

/** Reads an OpenAPI description given by a kustomization. Throws Failure `InvalidOpenAPI`. */
export const parseMergeSchema = (text: string, file: string): MergeSchema => {
  try {
    const [root] = parseYamlDocuments(text, file);
    const definitions = isObject(root) && isObject(root['definitions']) ? root['definitions'] : {};
    return readDefinitions(definitions);
  } catch (thrown) {
    throw new Failure(`openapi: invalid schema file ${file}: ${messageOf(thrown)}`, {
      code: 'InvalidOpenAPI',
      cause: thrown,
    });
  }
};

type Definitions = Readonly<Record<string, unknown>>;

const readDefinitions = (definitions: Definitions): MergeSchema => {
  const types: Record<string, Record<string, MergeField>> = {};
  const kinds: Record<string, string> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    if (!isObject(definition)) continue;
    const type = shortName(name);
    addType(types, type, definition);
    const identities = definition['x-kubernetes-group-version-kind'];
    for (const identity of Array.isArray(identities) ? identities : []) kinds[kindKey(identity)] = type;
  }
  return { types, kinds };
};

/** The name the built-in table has for a type of Kubernetes. */
const shortName = (name: string): string =>
  name.replace(/^io\.k8s\.(api|(apimachinery|kube-aggregator|apiextensions-apiserver)\.pkg\.apis)\./, '');

const kindKey = (identity: unknown): string => {
  const { group, version, kind } = isObject(identity) ? identity : {};
  const prefix = typeof group === 'string' && group !== '' ? `${group}/` : '';
  return `${prefix}${String(version)} ${String(kind)}`;
};

/** Adds a type and those written out below it, which are named after their place. */
const addType = (types: Record<string, Record<string, MergeField>>, name: string, schema: Definitions): void => {
  const fields: Record<string, MergeField> = {};
  types[name] = fields;
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const additional = isObject(schema['additionalProperties']) ? [['*', schema['additionalProperties']] as const] : [];
  for (const [field, property] of [...properties, ...additional]) {
    if (!isObject(property)) continue;
    const read = readProperty(types, `${name}.${field}`, property);
    if (read !== undefined) fields[field] = read;
  }
};

const readProperty = (
  types: Record<string, Record<string, MergeField>>,
  name: string,
  property: Definitions,
): MergeField | undefined => {
  if (property['type'] !== 'array') return typeOfSchema(types, name, property);
  const strategy = property['x-kubernetes-patch-strategy'];
  if (typeof strategy !== 'string' || !strategy.split(',').includes('merge')) return undefined;
  const listed = property['x-kubernetes-list-map-keys'];
  const single = property['x-kubernetes-patch-merge-key'];
  const keys = Array.isArray(listed) ? listed.map(String) : typeof single === 'string' ? [single] : [];
  const items = isObject(property['items']) ? typeOfSchema(types, `${name}[]`, property['items']) : undefined;
  return [items ?? '', ...keys];
};

const typeOfSchema = (
  types: Record<string, Record<string, MergeField>>,
  name: string,
  schema: Definitions,
): string | undefined => {
  const reference = schema['$ref'];
  if (typeof reference === 'string') return shortName(reference.replace('#/definitions/', ''));
  if (!isObject(schema['properties']) && !isObject(schema['additionalProperties'])) return undefined;
  addType(types, name, schema);
  return name;
};
