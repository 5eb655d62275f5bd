/**
 * SJSON paths: changing one place of a JSON value. The value given is never touched; a changed copy is returned.
 * @spec https://github.com/tidwall/sjson#path-syntax
 */
import { fail, isObject, ok, type Json, type Result } from '@argosy/base';

import { matchesGlob } from '../glob.ts';

interface Component {
  readonly name: string;
  /** `:1`: a key even though it looks like an index. */
  readonly isKey: boolean;
  readonly isPattern: boolean;
}

const MAX_INDEX = 100_000;

/**
 * Sets the value at a path: missing objects and lists are made, `-1` appends, an index beyond the end fills with null.
 * A path with `#` or `@` names nothing that can be set and changes nothing, as in SJSON.
 */
export const setPath = (document: Json, path: string, value: Json): Result<Json> => {
  const components = parseSjsonPath(path);
  if (!components.ok) return components;
  if (components.value.length > MOST_COMPONENTS) return tooDeep();
  if (isComplex(path)) return ok(document);
  return setAt(document, components.value, value);
};

/** Removes the value at a path; removing what is not there changes nothing. */
export const deletePath = (document: Json, path: string): Result<Json> => {
  const components = parseSjsonPath(path);
  if (!components.ok) return components;
  if (components.value.length > MOST_COMPONENTS) return tooDeep();
  if (isComplex(path) || components.value.some((component) => component.isPattern))
    return fail(`path ${JSON.stringify(path)}: cannot delete value from a complex path`);
  return ok(deleteAt(document, components.value));
};

/** No value is deeper; a longer path would be deeper than the stack. */
const MOST_COMPONENTS = 1000;
const tooDeep = (): Result<Json> => fail(`the path has more than ${MOST_COMPONENTS} parts`);

const isComplex = (path: string): boolean => /(^|\.)[#@]/.test(path);

const parseSjsonPath = (path: string): Result<readonly Component[]> => {
  if (path === '') return fail('path cannot be empty');
  const components: Component[] = [];
  let name = '';
  let [isPattern, isEscaped] = [false, false];
  const finish = (): void => {
    const isKey = name.startsWith(':') && !isEscaped;
    components.push({ name: isKey ? name.slice(1) : name, isKey, isPattern });
    name = '';
    [isPattern, isEscaped] = [false, false];
  };
  for (let index = 0; index < path.length; index += 1) {
    const character = path[index] ?? '';
    if (character === '.') finish();
    else if (character === '\\') {
      index += 1;
      if (name === '') isEscaped = true;
      name += path[index] ?? '';
    } else {
      isPattern ||= character === '*' || character === '?';
      name += character;
    }
  }
  finish();
  return ok(components);
};

const isIndex = (component: Component): boolean => !component.isKey && /^(\d+|-1)$/.test(component.name);

const setAt = (target: Json | undefined, path: readonly Component[], value: Json): Result<Json> => {
  const [component, ...rest] = path;
  if (!component) return ok(value);
  if (Array.isArray(target)) return setInList(target as readonly Json[], component, { rest, value });
  if (!isObject(target) && isIndex(component) && target === undefined) return setInList([], component, { rest, value });
  const object = isObject(target) ? (target as Readonly<Record<string, Json | undefined>>) : {};
  const key = component.isPattern
    ? Object.keys(object).find((name) => matchesGlob(component.name, name))
    : component.name;
  if (key === undefined) return ok(target ?? {});
  const inner = setAt(Object.hasOwn(object, key) ? object[key] : undefined, rest, value);
  return inner.ok ? ok({ ...object, [key]: inner.value }) : inner;
};

const setInList = (
  list: readonly Json[],
  component: Component,
  { rest, value }: { readonly rest: readonly Component[]; readonly value: Json },
): Result<Json> => {
  if (!/^(\d+|-1)$/.test(component.name))
    return fail(`cannot set array element for non-numeric key '${component.name}'`);
  const index = component.name === '-1' ? list.length : Number(component.name);
  if (index > MAX_INDEX) return fail(`array index ${component.name} is too large (at most ${MAX_INDEX})`);
  const inner = setAt(list[index], rest, value);
  if (!inner.ok) return inner;
  const filled = [...list, ...Array.from({ length: Math.max(0, index - list.length) }, () => null)];
  return ok([...filled.slice(0, index), inner.value, ...filled.slice(index + 1)]);
};

const deleteAt = (target: Json, path: readonly Component[]): Json => {
  const [component, ...rest] = path;
  if (!component) return target;
  if (Array.isArray(target)) return deleteFromList(target as readonly Json[], component, rest);
  if (!isObject(target) || !Object.hasOwn(target, component.name)) return target;
  if (rest.length > 0)
    return { ...(target as Record<string, Json>), [component.name]: deleteAt(target[component.name] as Json, rest) };
  return Object.fromEntries(Object.entries(target as Record<string, Json>).filter(([key]) => key !== component.name));
};

const deleteFromList = (list: readonly Json[], component: Component, rest: readonly Component[]): Json => {
  const index = component.name === '-1' ? list.length - 1 : Number(component.name);
  const item = list[index];
  if (!Number.isInteger(index) || item === undefined) return list;
  return rest.length > 0
    ? [...list.slice(0, index), deleteAt(item, rest), ...list.slice(index + 1)]
    : [...list.slice(0, index), ...list.slice(index + 1)];
};
