/**
 * JSON merge patches: applying and making them. @spec RFC 7386
 * @upstream evanphx/json-patch v5
 */
import { isEqual, isObject } from '@argosy/base';

import { copyMembers, getMember, hasMember, ownCopy, setMember, type MutableObject } from './data-properties.ts';

/** Applies a merge patch: members merge, null removes, anything else replaces. */
export const applyMergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return withoutListNulls(patch);
  const merged = isObject(target) ? copyMembers(target) : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (value === undefined) continue;
    if (value === null) delete merged[name];
    else setMember(merged, name, applyMergePatch(getMember(merged, name), value));
  }
  return merged;
};

/** Makes the merge patch that turns `from` into `to`. A null inside `to` cannot be said by a merge patch and removes. */
export const createMergePatch = (from: unknown, to: unknown): unknown => {
  if (!isObject(from) || !isObject(to)) return ownCopy(to);
  const patch: MutableObject = {};
  for (const name of Object.keys(to)) {
    const before = getMember(from, name);
    const after = to[name];
    if (hasMember(from, name) && isEqual(before, after)) continue;
    setMember(patch, name, isObject(before) && isObject(after) ? createMergePatch(before, after) : ownCopy(after));
  }
  for (const name of Object.keys(from)) if (!hasMember(to, name)) setMember(patch, name, null);
  return patch;
};

/** The library drops nulls that are items of lists a patch brings, and null members of those lists' objects. */
const withoutListNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutListNulls);
  if (!isObject(value)) return value;
  const kept: MutableObject = {};
  for (const name of Object.keys(value)) if (value[name] !== null) setMember(kept, name, withoutListNulls(value[name]));
  return kept;
};
