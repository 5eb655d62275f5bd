/**
 * Strategic merge patches: merge patches that know which lists are keyed. Where the schema says nothing, lists are
 * replaced and objects merged.
 * @spec https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 * @upstream k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
import { canonicalText, fail, isObject, ok, type Result } from '@argosy/base';

import { BUILTIN_SCHEMAS } from '../builtin/schemas/schemas.ts';
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { parseApiVersion } from '../objects/object.ts';
import { additionalOf, propertyOf } from '../schemas/schema-parts.ts';
import { copyMembers, getMember, hasMember, ownCopy, setMember, type MutableObject } from './data-properties.ts';
import { normalizeOrder, type Identity } from './element-order.ts';

type Members = Readonly<Record<string, unknown>>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const ELEMENT_ORDER = '$setElementOrder/';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';

class PatchError extends Error {}

/**
 * Applies a patch. Fails with a sentence when the patch contradicts itself or an item lacks its merge key; the inputs
 * are never changed. `patch` may be any untrusted value. Without a schema, the object's built-in kind gives it.
 */
export const applyStrategicMergePatch = (
  object: unknown,
  patch: unknown,
  schema: StructuralSchema = builtinSchemaOf(object),
): Result<unknown> => {
  if (!isObject(patch)) return fail('a strategic merge patch must be an object');
  try {
    return ok(mergeObjects(isObject(object) ? object : {}, patch, schema));
  } catch (thrown) {
    if (thrown instanceof PatchError) return fail(thrown.message);
    throw thrown;
  }
};

const builtinSchemaOf = (object: unknown): StructuralSchema => {
  if (!isObject(object) || typeof object['apiVersion'] !== 'string') return {};
  const name = `${parseApiVersion(object['apiVersion']).group}/${String(object['kind'])}`;
  return (Object.hasOwn(BUILTIN_SCHEMAS, name) ? BUILTIN_SCHEMAS[name] : undefined) ?? {};
};

const mergeObjects = (original: Members, patch: Members, schema: StructuralSchema): Members => {
  const directive = getMember(patch, DIRECTIVE);
  if (directive === 'replace') return withoutDirectives(patch) as Members;
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new PatchError(`unknown patch type found: ${JSON.stringify(directive)}`);
  const merged = retainKeys(original, patch);
  for (const name of Object.keys(patch)) {
    if (name.startsWith(DELETE_PRIMITIVES)) deletePrimitives(merged, name, patch[name]);
    if (isDirective(name)) continue;
    mergeMember(merged, name, patch[name], schemaOf(schema, name));
  }
  for (const name of Object.keys(patch)) {
    if (name.startsWith(ELEMENT_ORDER)) reorder(merged, original, name, patch[name], schema);
  }
  return merged;
};

const isDirective = (name: string): boolean =>
  name === DIRECTIVE || name === RETAIN_KEYS || name.startsWith(ELEMENT_ORDER) || name.startsWith(DELETE_PRIMITIVES);

const schemaOf = (schema: StructuralSchema, name: string): StructuralSchema =>
  propertyOf(schema, name) ?? additionalOf(schema) ?? {};

const strategiesOf = (schema: StructuralSchema): readonly string[] =>
  (schema['x-kubernetes-patch-strategy'] ?? '').split(',');

/** The members a merge begins with: all of them, or those a patch says to retain. */
const retainKeys = (original: Members, patch: Members): MutableObject => {
  const listed = getMember(patch, RETAIN_KEYS);
  const merged = copyMembers(original);
  if (listed === undefined) return merged;
  if (!Array.isArray(listed)) throw new PatchError(`${RETAIN_KEYS} must be a list of names`);
  const retained = new Set<unknown>(listed);
  const stray = Object.keys(patch).find((name) => !isDirective(name) && patch[name] !== null && !retained.has(name));
  if (stray !== undefined) throw new PatchError(`${RETAIN_KEYS} must list every field of the patch: ${stray}`);
  for (const name of Object.keys(merged)) if (!retained.has(name)) delete merged[name];
  return merged;
};

const mergeMember = (merged: MutableObject, name: string, value: unknown, schema: StructuralSchema): void => {
  if (value === undefined) return;
  if (value === null) {
    delete merged[name];
    return;
  }
  const before = getMember(merged, name);
  const strategies = strategiesOf(schema);
  if (isObject(value) && isObject(before) && !strategies.includes('replace'))
    return setMember(merged, name, mergeObjects(before, value, schema));
  if (Array.isArray(value) && Array.isArray(before) && strategies.includes('merge'))
    return setMember(merged, name, mergeLists(before, value, schema, name));
  setMember(merged, name, withoutDirectives(value));
};

const mergeLists = (
  before: readonly unknown[],
  patch: readonly unknown[],
  schema: StructuralSchema,
  name: string,
): readonly unknown[] => {
  const items = [...before, ...patch];
  if (!items.some(isObject)) return normalizeOrder(withoutRepeats(items), patch, before, canonicalText);
  const key = schema['x-kubernetes-patch-merge-key'];
  if (key === undefined) throw new PatchError(`${name}: cannot merge lists without merge key`);
  if (patch.some((item) => isObject(item) && getMember(item, DIRECTIVE) === 'replace'))
    return patch.filter((item) => isObject(item) && getMember(item, DIRECTIVE) === undefined).map(withoutDirectives);
  const identity = (item: unknown): string => canonicalText(keyOf(item, key, name));
  const additions = patch.filter((item) => !isObject(item) || getMember(item, DIRECTIVE) !== 'delete');
  const kept = deleteItems(before, patch, identity);
  const merged = mergeItems(kept, additions, schema.items ?? {}, identity);
  return normalizeOrder(merged, additions, kept, identity);
};

const withoutRepeats = (items: readonly unknown[]): readonly unknown[] => {
  const first = new Map<string, unknown>();
  for (const item of items) {
    const id = canonicalText(item);
    if (!first.has(id)) first.set(id, item);
  }
  return [...first.values()];
};

/** Lists may be long: items are found by what they are called, not by comparing each with each. */
const mergeItems = (
  kept: readonly unknown[],
  additions: readonly unknown[],
  schema: StructuralSchema,
  identity: Identity,
): readonly unknown[] => {
  const merged = [...kept];
  const places = new Map<string, number>();
  const place = (item: unknown, at: number): void => {
    const id = identity(item);
    if (!places.has(id)) places.set(id, at);
  };
  for (const [index, item] of kept.entries()) place(item, index);
  for (const addition of additions) {
    const at = places.get(identity(addition));
    const current = at === undefined ? undefined : merged[at];
    const members = withoutMergeDirective(addition as Members);
    if (at !== undefined && isObject(current)) merged[at] = mergeObjects(current, members, schema);
    else {
      place(addition, merged.length);
      merged.push(withoutDirectives(members));
    }
  }
  return merged;
};

const deleteItems = (before: readonly unknown[], patch: readonly unknown[], identity: Identity): readonly unknown[] => {
  const deleted = new Set(
    patch.filter((item) => isObject(item) && getMember(item, DIRECTIVE) === 'delete').map(identity),
  );
  return deleted.size === 0 ? before : before.filter((item) => !deleted.has(identity(item)));
};

/** Inside a list, `merge` says what happens anyway; anything else but `delete` and `replace` is a mistake. */
const withoutMergeDirective = (item: Members): Members => {
  const directive = getMember(item, DIRECTIVE);
  if (directive === undefined) return item;
  if (directive !== 'merge') throw new PatchError(`unknown patch type found: ${JSON.stringify(directive)}`);
  const { [DIRECTIVE]: _, ...rest } = item;
  return rest;
};

const keyOf = (item: unknown, key: string, name: string): unknown => {
  if (isObject(item) && hasMember(item, key)) return item[key];
  throw new PatchError(`${name}: map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
};

const deletePrimitives = (merged: MutableObject, directive: string, values: unknown): void => {
  const name = directive.slice(DELETE_PRIMITIVES.length);
  if (!Array.isArray(values)) throw new PatchError(`${directive} must be a list`);
  const before = getMember(merged, name);
  if (!Array.isArray(before)) return;
  const deleted = new Set((values as readonly unknown[]).map(canonicalText));
  setMember(
    merged,
    name,
    before.filter((item: unknown) => !deleted.has(canonicalText(item))),
  );
};

const reorder = (
  merged: MutableObject,
  original: Members,
  directive: string,
  order: unknown,
  schema: StructuralSchema,
): void => {
  const name = directive.slice(ELEMENT_ORDER.length);
  if (!Array.isArray(order)) throw new PatchError(`${directive} must be a list`);
  const list = getMember(merged, name);
  if (!Array.isArray(list)) return;
  const before = getMember(original, name);
  const key = schemaOf(schema, name)['x-kubernetes-patch-merge-key'];
  const identity = (item: unknown): string =>
    canonicalText(isObject(item) && key !== undefined ? keyOf(item, key, name) : item);
  setMember(merged, name, normalizeOrder(list, order, Array.isArray(before) ? before : [], identity));
};

/** A new value as it is stored: directives and nulls say nothing there. */
const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value
      .filter((item) => !isObject(item) || getMember(item, DIRECTIVE) !== 'delete')
      .map((item: unknown) => withoutDirectives(item));
  if (!isObject(value)) return ownCopy(value);
  const kept: MutableObject = {};
  for (const name of Object.keys(value))
    if (!isDirective(name) && value[name] !== null) setMember(kept, name, withoutDirectives(value[name]));
  return kept;
};
