/**
 * Members of untrusted objects as plain data: a member named `__proto__` is read and written like any other.
 */
import { cloneJson } from '@argosy/base';

/** An object under construction. */
export type MutableObject = Record<string, unknown>;

/** Tells whether an object itself has a member; inherited ones do not count. */
export const hasMember = (object: object, name: string): boolean => Object.hasOwn(object, name);

/** Sets a member without ever reaching the prototype. The object must be the caller's own. */
export const setMember = (object: MutableObject, name: string, value: unknown): void => {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  else object[name] = value;
};

/** Reads a member of the object itself. */
export const getMember = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  hasMember(object, name) ? object[name] : undefined;

/** Copies an object one level deep, keeping a `__proto__` member as data. */
export const copyMembers = (object: Readonly<Record<string, unknown>>): MutableObject => {
  const copy: MutableObject = {};
  for (const name of Object.keys(object)) setMember(copy, name, object[name]);
  return copy;
};

/** A copy the caller may change. */
export const ownCopy = (value: unknown): unknown => cloneJson(value);
