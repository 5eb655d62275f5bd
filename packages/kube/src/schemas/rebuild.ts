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
  const names = Object.keys(object);
  let built: MutableObject | undefined;
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? '';
    const mapped = next(object[name], name);
    if (!built) {
      if (mapped === object[name]) continue;
      built = copyOf(object, names, at);
    }
    if (mapped !== ABSENT) setMember(built, name, mapped);
  }
  return built ?? object;
};

/** Most objects do not change: a copy begins at the first member that does. */
const copyOf = (object: Readonly<Record<string, unknown>>, names: readonly string[], end: number): MutableObject => {
  const copy: MutableObject = {};
  for (let at = 0; at < end; at += 1) setMember(copy, names[at] ?? '', object[names[at] ?? '']);
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
