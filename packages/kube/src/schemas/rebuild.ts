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
  let built: MutableObject | undefined;
  // Every write of every object comes by here: this makes no list of names.
  for (const name in object) {
    if (!Object.hasOwn(object, name)) continue;
    const mapped = next(object[name], name);
    if (!built) {
      if (mapped === object[name]) continue;
      built = copyBefore(object, name);
    }
    if (mapped !== ABSENT) setMember(built, name, mapped);
  }
  return built ?? object;
};

/** Most objects do not change: a copy begins at the first member that does. */
const copyBefore = (object: Readonly<Record<string, unknown>>, end: string): MutableObject => {
  const copy: MutableObject = {};
  for (const name of Object.keys(object)) {
    if (name === end) break;
    setMember(copy, name, object[name]);
  }
  return copy;
};

/** Maps a list's items; the same list comes back when nothing changed. */
export const mapItems = (
  list: readonly unknown[],
  next: (value: unknown, index: number) => unknown,
): readonly unknown[] => {
  let built: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const mapped = next(list[index], index);
    if (!built && mapped !== list[index]) built = list.slice(0, index);
    built?.push(mapped);
  }
  return built ?? list;
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
