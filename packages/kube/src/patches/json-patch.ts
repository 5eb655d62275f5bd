/**
 * JSON Patch. All operations apply or none does; the input is never changed.
 * @spec RFC 6902; RFC 6901 for pointers
 * @upstream evanphx/json-patch v5; where v4 differs, which the API server and kustomize link, it is asked for
 */
import { fail, isEqual, isObject, ok, type Result } from '@argosy/base';

import { getMember, hasMember, ownCopy, setMember, type MutableObject } from './data-properties.ts';

/** One operation of a patch. */
export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** Most operations of one patch. @spec k8s.io/apiserver/pkg/endpoints/handlers/patch.go#maxJSONPatchOperations */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;

/** Most bytes that copies may add, so that a short patch cannot grow an object without bound. */
const MAX_COPIED_LENGTH = 3 * 1024 * 1024;

/**
 * Most items of lists that may change their place. Deviates: upstream has no such limit; ten thousand operations at the
 * front of a list of a million would take minutes.
 */
const MOST_MOVED_ITEMS = 100_000_000;

class PatchError extends Error {}

/** How a patch is applied. */
export interface JsonPatchOptions {
  /**
   * Whether to be as lenient as v4: members that are not there are null to whoever reads or replaces them, values may be
   * left out, lists are also counted from their end (-1), and what stands before the first slash of a pointer is nothing.
   * The whole document can be replaced and no more. Default: as the RFC has it.
   */
  readonly asV4?: boolean;
}

interface Draft {
  root: unknown;
  copiedLength: number;
  movedItems: number;
  readonly asV4: boolean;
}

/** Applies a patch. Fails with a sentence naming the operation when it cannot; `operations` may be any untrusted value. */
export const applyJsonPatch = (
  object: unknown,
  operations: unknown,
  { asV4 = false }: JsonPatchOptions = {},
): Result<unknown> => {
  if (!Array.isArray(operations)) return fail('a JSON patch must be a list of operations');
  if (operations.length > MAX_JSON_PATCH_OPERATIONS)
    return fail(
      `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${operations.length}`,
    );
  const draft: Draft = { root: ownCopy(object), copiedLength: 0, movedItems: 0, asV4 };
  for (const [index, operation] of operations.entries()) {
    try {
      applyOperation(draft, operation);
    } catch (thrown) {
      if (!(thrown instanceof PatchError)) throw thrown;
      return fail(`operation ${index}: ${thrown.message}`);
    }
  }
  return ok(draft.root);
};

const applyOperation = (draft: Draft, operation: unknown): void => {
  if (!isObject(operation)) throw new PatchError('must be an object with "op" and "path"');
  const path = readPointer(draft, operation, 'path');
  switch (operation['op']) {
    case 'add':
      return add(draft, path, readValue(draft, operation));
    case 'remove':
      return remove(draft, path);
    case 'replace':
      return replace(draft, path, readValue(draft, operation));
    case 'move':
      return move(draft, readPointer(draft, operation, 'from'), path);
    case 'copy':
      return copy(draft, readPointer(draft, operation, 'from'), path);
    case 'test':
      return test(draft, path, getMember(operation, 'value') ?? null);
    default:
      throw new PatchError(`unknown operation ${JSON.stringify(operation['op'])}`);
  }
};

const readPointer = (
  { asV4 }: Draft,
  operation: Readonly<Record<string, unknown>>,
  name: string,
): readonly string[] => {
  const pointer = getMember(operation, name);
  if (typeof pointer !== 'string') throw new PatchError(`"${name}" must be a JSON pointer`);
  if (pointer === '') {
    if (asV4 && operation['op'] !== 'replace') throw new PatchError(`"${name}" names the whole document`);
    return [];
  }
  if (!asV4 && !pointer.startsWith('/')) throw new PatchError(`"${name}" must begin with "/": ${pointer}`);
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const readValue = ({ asV4 }: Draft, operation: Readonly<Record<string, unknown>>): unknown => {
  if (asV4 || hasMember(operation, 'value')) return ownCopy(getMember(operation, 'value') ?? null);
  throw new PatchError(`"value" is missing`);
};

/** What a path leads to; throws when a step of it leads nowhere. */
const find = (draft: Draft, path: readonly string[]): unknown =>
  path.reduce<unknown>((current, part) => {
    if (Array.isArray(current)) return current[readIndex(draft, part, current.length)];
    if (isObject(current) && hasMember(current, part)) return current[part];
    throw new PatchError(`missing path ${show(path)}`);
  }, draft.root);

/** A place in a list of this size. */
const readIndex = ({ asV4 }: Draft, part: string, size: number): number => {
  // Deviates from RFC 6901 as upstream does: `01` is read as 1.
  const isIndex = (asV4 ? /^[+-]?\d+$/ : /^\d+$/).test(part);
  const given = isIndex ? Number(part) : -size - 1;
  const index = given < 0 ? given + size : given;
  if (index < 0 || index >= size) throw new PatchError(`invalid list index ${JSON.stringify(part)}`);
  return index;
};

const parentOf = (
  draft: Draft,
  path: readonly string[],
): { readonly parent: MutableObject | unknown[]; readonly last: string } => {
  const parent = path.length === 0 ? undefined : find(draft, path.slice(0, -1));
  if (!Array.isArray(parent) && !isObject(parent)) throw new PatchError(`missing path ${show(path)}`);
  return { parent, last: path.at(-1) ?? '' };
};

/** The value at a path; v4 takes a member that is not there for null. */
const read = (draft: Draft, path: readonly string[]): unknown => {
  if (!draft.asV4) return find(draft, path);
  const { parent, last } = parentOf(draft, path);
  if (Array.isArray(parent)) return parent[readIndex(draft, last, parent.length)];
  return getMember(parent, last) ?? null;
};

const add = (draft: Draft, path: readonly string[], value: unknown): void => {
  if (path.length === 0) {
    draft.root = value;
    return;
  }
  const { parent, last } = parentOf(draft, path);
  if (!Array.isArray(parent)) setMember(parent, last, value);
  else splice(draft, parent, last === '-' ? parent.length : readIndex(draft, last, parent.length + 1), [value]);
};

/** Puts an item in front of another, or takes that one out. Everything behind it moves. */
const splice = (draft: Draft, list: unknown[], at: number, added: readonly unknown[]): void => {
  draft.movedItems += list.length - at;
  if (draft.movedItems > MOST_MOVED_ITEMS) throw new PatchError('the patch moves too many items of lists');
  list.splice(at, added.length === 0 ? 1 : 0, ...added);
};

const remove = (draft: Draft, path: readonly string[]): void => {
  if (path.length === 0) throw new PatchError('the whole document cannot be removed');
  const { parent, last } = parentOf(draft, path);
  if (Array.isArray(parent)) splice(draft, parent, readIndex(draft, last, parent.length), []);
  else if (hasMember(parent, last)) delete parent[last];
  else throw new PatchError(`unable to remove nonexistent key: ${last}: missing value`);
};

const replace = (draft: Draft, path: readonly string[], value: unknown): void => {
  if (path.length === 0) {
    // What is no document takes no document's place.
    if (!draft.asV4 || isObject(value) || Array.isArray(value)) draft.root = value;
    return;
  }
  if (!draft.asV4) find(draft, path);
  const { parent, last } = parentOf(draft, path);
  if (Array.isArray(parent)) parent[readIndex(draft, last, parent.length)] = value;
  else setMember(parent, last, value);
};

const move = (draft: Draft, from: readonly string[], path: readonly string[]): void => {
  const isInside = path.length > from.length && from.every((part, index) => part === path[index]);
  if (isInside) throw new PatchError(`cannot move ${show(from)} into itself`);
  const value = find(draft, from);
  if (isEqual(from, path)) return;
  remove(draft, from);
  add(draft, path, value);
};

const copy = (draft: Draft, from: readonly string[], path: readonly string[]): void => {
  const value = read(draft, from);
  draft.copiedLength += JSON.stringify(value).length;
  if (draft.copiedLength > MAX_COPIED_LENGTH) throw new PatchError('copies would make the object too large');
  add(draft, path, ownCopy(value));
};

const test = (draft: Draft, path: readonly string[], expected: unknown): void => {
  if (!isEqual(tested(draft, path, expected), expected)) throw new PatchError(`testing value ${show(path)} failed`);
};

const tested = (draft: Draft, path: readonly string[], expected: unknown): unknown => {
  try {
    return read(draft, path);
  } catch (thrown) {
    // v5 lets whatever is not there equal null, v4 only a member of what is there.
    if (draft.asV4 || !(thrown instanceof PatchError) || expected !== null) throw thrown;
    return null;
  }
};

const show = (path: readonly string[]): string =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || '(document)';
