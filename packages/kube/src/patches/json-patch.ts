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

class PatchError extends Error {}

/** How a patch is applied. */
export interface JsonPatchOptions {
  /** Whether `replace` puts a member where there is none, as v4 does, or fails, as the RFC has it; default: fails. */
  readonly replacesMissing?: boolean;
}

interface Draft {
  root: unknown;
  copiedLength: number;
  readonly replacesMissing: boolean;
}

/** Applies a patch. Fails with a sentence naming the operation when it cannot; `operations` may be any untrusted value. */
export const applyJsonPatch = (
  object: unknown,
  operations: unknown,
  { replacesMissing = false }: JsonPatchOptions = {},
): Result<unknown> => {
  if (!Array.isArray(operations)) return fail('a JSON patch must be a list of operations');
  if (operations.length > MAX_JSON_PATCH_OPERATIONS)
    return fail(
      `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${operations.length}`,
    );
  const draft: Draft = { root: ownCopy(object), copiedLength: 0, replacesMissing };
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
  const path = readPointer(operation, 'path');
  switch (operation['op']) {
    case 'add':
      return add(draft, path, readValue(operation));
    case 'remove':
      return remove(draft, path);
    case 'replace':
      return replace(draft, path, readValue(operation));
    case 'move':
      return move(draft, readPointer(operation, 'from'), path);
    case 'copy':
      return copy(draft, readPointer(operation, 'from'), path);
    case 'test':
      return test(draft, path, getMember(operation, 'value') ?? null);
    default:
      throw new PatchError(`unknown operation ${JSON.stringify(operation['op'])}`);
  }
};

const readPointer = (operation: Readonly<Record<string, unknown>>, name: string): readonly string[] => {
  const pointer = getMember(operation, name);
  if (typeof pointer !== 'string') throw new PatchError(`"${name}" must be a JSON pointer`);
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchError(`"${name}" must begin with "/": ${pointer}`);
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const readValue = (operation: Readonly<Record<string, unknown>>): unknown => {
  if (!hasMember(operation, 'value')) throw new PatchError(`"value" is missing`);
  return ownCopy(operation['value']);
};

const find = (root: unknown, path: readonly string[]): unknown => {
  let current = root;
  for (const part of path) {
    if (Array.isArray(current)) current = current[readIndex(part, current.length - 1)];
    else if (isObject(current) && hasMember(current, part)) current = current[part];
    else throw new PatchError(`missing path ${show(path)}`);
  }
  return current;
};

const readIndex = (part: string, last: number): number => {
  // Deviates from RFC 6901 as upstream does: `01` is read as 1.
  const index = /^\d+$/.test(part) ? Number(part) : -1;
  if (index < 0 || index > last) throw new PatchError(`invalid list index ${JSON.stringify(part)}`);
  return index;
};

const parentOf = (
  draft: Draft,
  path: readonly string[],
): { readonly parent: MutableObject | unknown[]; readonly last: string } => {
  const parent = find(draft.root, path.slice(0, -1));
  if (!Array.isArray(parent) && !isObject(parent)) throw new PatchError(`missing path ${show(path)}`);
  return { parent, last: path.at(-1) ?? '' };
};

const add = (draft: Draft, path: readonly string[], value: unknown): void => {
  if (path.length === 0) {
    draft.root = value;
    return;
  }
  const { parent, last } = parentOf(draft, path);
  if (!Array.isArray(parent)) setMember(parent, last, value);
  else parent.splice(last === '-' ? parent.length : readIndex(last, parent.length), 0, value);
};

const remove = (draft: Draft, path: readonly string[]): void => {
  if (path.length === 0) throw new PatchError('the whole document cannot be removed');
  const { parent, last } = parentOf(draft, path);
  if (Array.isArray(parent)) parent.splice(readIndex(last, parent.length - 1), 1);
  else if (hasMember(parent, last)) delete parent[last];
  else throw new PatchError(`unable to remove nonexistent key: ${last}: missing value`);
};

const replace = (draft: Draft, path: readonly string[], value: unknown): void => {
  if (!draft.replacesMissing) find(draft.root, path);
  if (path.length === 0) {
    draft.root = value;
    return;
  }
  const { parent, last } = parentOf(draft, path);
  if (Array.isArray(parent)) parent[readIndex(last, parent.length - 1)] = value;
  else setMember(parent, last, value);
};

const move = (draft: Draft, from: readonly string[], path: readonly string[]): void => {
  const isInside = path.length > from.length && from.every((part, index) => part === path[index]);
  if (isInside) throw new PatchError(`cannot move ${show(from)} into itself`);
  const value = find(draft.root, from);
  if (isEqual(from, path)) return;
  remove(draft, from);
  add(draft, path, value);
};

const copy = (draft: Draft, from: readonly string[], path: readonly string[]): void => {
  const value = find(draft.root, from);
  draft.copiedLength += JSON.stringify(value).length;
  if (draft.copiedLength > MAX_COPIED_LENGTH) throw new PatchError('copies would make the object too large');
  add(draft, path, ownCopy(value));
};

const test = (draft: Draft, path: readonly string[], expected: unknown): void => {
  // evanphx/json-patch lets a missing member equal null.
  let actual: unknown;
  try {
    actual = find(draft.root, path);
  } catch (thrown) {
    if (!(thrown instanceof PatchError) || expected !== null) throw thrown;
    actual = null;
  }
  if (!isEqual(actual, expected)) throw new PatchError(`testing value ${show(path)} failed`);
};

const show = (path: readonly string[]): string =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || '(document)';
