/**
 * Rebuilding JSON values part by part. What did not change is shared: a value without changes comes back itself.
 */
import { setMember, type MutableObject } from '../patches/data-properties.ts';

/** Said by a callback to leave a member out. */
export const ABSENT = Symbol('absent');

/** Maps an object's members; `ABSENT` leaves one out. The same object comes back when nothing changed. */
export const mapMembers = (
  object: Readonly<Record<string, unknown>>,
  next: (value: unknown, name: string) => unknown,
): Readonly<Record<string, unknown>> => {
  const built: MutableObject = {};
  let isChanged = false;
  for (const name of Object.keys(object)) {
    const mapped = next(object[name], name);
    if (mapped !== object[name]) isChanged = true;
    if (mapped !== ABSENT) setMember(built, name, mapped);
  }
  return isChanged ? built : object;
};

/** Maps a list's items; the same list comes back when nothing changed. */
export const mapItems = (
  list: readonly unknown[],
  next: (value: unknown, index: number) => unknown,
): readonly unknown[] => {
  const built = list.map(next);
  return built.some((value, index) => value !== list[index]) ? built : list;
};

/** Adds members an object lacks; the same object comes back when there is none to add. */
export const withMissing = (
  object: Readonly<Record<string, unknown>>,
  missing: readonly (readonly [string, unknown])[],
): Readonly<Record<string, unknown>> => {
  const toAdd = missing.filter(([name, value]) => value !== undefined && object[name] === undefined);
  if (toAdd.length === 0) return object;
  const built: MutableObject = {};
  for (const name of Object.keys(object)) setMember(built, name, object[name]);
  for (const [name, value] of toAdd) setMember(built, name, value);
  return built;
};
