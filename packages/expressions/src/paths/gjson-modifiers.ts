/**
 * Modifiers of GJSON paths: `@reverse`, `@flatten:{"deep":true}` and the others GJSON brings.
 * @spec https://github.com/tidwall/gjson/blob/master/SYNTAX.md#modifiers
 */
import { isObject, type Json } from '@argosy/base';

import { parseRawJson, textOfRaw, toRawArray, toRawObject, toRawScalar, type RawJson } from './raw-json.ts';

type Follow = (value: RawJson, path: string) => RawJson | undefined;
type Modifier = (value: RawJson, argument: Json | undefined, follow: Follow) => RawJson | undefined;

/** Applies the modifier a path begins with. `undefined`: no modifier of that name, the path names a key. */
export const applyGjsonModifier = (
  value: RawJson,
  path: string,
  follow: Follow,
): { readonly result: RawJson | undefined; readonly rest: string } | undefined => {
  const name = /^@(\w+)/.exec(path)?.[1] ?? '';
  const modifier = Object.hasOwn(MODIFIERS, name) ? MODIFIERS[name] : undefined;
  if (!modifier) return undefined;
  const after = path.slice(name.length + 1);
  const { argument, rest } = after.startsWith(':')
    ? readArgument(after.slice(1))
    : { argument: undefined, rest: after };
  return { result: modifier(value, argument, follow), rest: rest.replace(/^[.|]/, '') };
};

const readArgument = (text: string): { readonly argument: Json | undefined; readonly rest: string } => {
  // Of a bare word nothing is looked for: no text holds what stands for it.
  const closing = CLOSING[text[0] ?? ''] ?? '\0';
  for (let end = text.indexOf(closing, 1) + 1; end > 0; end = text.indexOf(closing, end) + 1) {
    const parsed = parseRawJson(text.slice(0, end));
    if (parsed) return { argument: readStrictly(parsed.raw), rest: text.slice(end) };
  }
  const bare = /^[^.|]*/.exec(text)?.[0] ?? '';
  return { argument: bare, rest: text.slice(bare.length) };
};

/** What ends an argument, by what begins it. */
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"' };

/** GJSON's own reader takes what JSON does not have, line breaks in texts; such an argument says nothing. */
const readStrictly = (raw: string): Json | undefined => {
  try {
    return JSON.parse(raw) as Json;
  } catch {
    return undefined;
  }
};

const flatten = (items: readonly RawJson[], isDeep: boolean): readonly RawJson[] =>
  items.flatMap((item) => (item.type === 'array' ? (isDeep ? flatten(item.items, true) : [item]) : [item]));

/** GJSON keeps the text between the elements of an inner array, so the raw text is joined, not rebuilt. */
const flattenShallow = (value: RawJson): RawJson | undefined =>
  parseRawJson(
    `[${value.items
      .map((item) => (item.type === 'array' ? item.raw.slice(1, -1).trim() : item.raw))
      .filter((raw) => raw !== '')
      .join(',')}]`,
  );

const join = (value: RawJson): RawJson => {
  if (value.type !== 'array') return value;
  const merged = new Map<string, RawJson>();
  for (const item of value.items) for (const [key, part] of item.entries) merged.set(key, part);
  return toRawObject([...merged]);
};

const group = (value: RawJson): RawJson => {
  const columns = value.entries.filter(([, part]) => part.type === 'array');
  const length = Math.max(0, ...columns.map(([, part]) => part.items.length));
  return toRawArray(
    Array.from({ length }, (_, index) =>
      toRawObject(
        columns.flatMap(([key, part]) => {
          const item = part.items[index];
          return item ? [[key, item] as const] : [];
        }),
      ),
    ),
  );
};

const toCompact = (value: RawJson): RawJson => {
  if (value.type === 'object') return toRawObject(value.entries.map(([key, part]) => [key, toCompact(part)] as const));
  return value.type === 'array' ? toRawArray(value.items.map(toCompact)) : value;
};

const MODIFIERS: Readonly<Record<string, Modifier>> = {
  this: (value) => value,
  valid: (value) => value,
  reverse: (value) => {
    if (value.type === 'array') return toRawArray([...value.items].reverse());
    return value.type === 'object' ? toRawObject([...value.entries].reverse()) : value;
  },
  ugly: toCompact,
  pretty: (value) => parseRawJson(`${JSON.stringify(JSON.parse(value.raw), null, 2)}\n`),
  flatten: (value, argument) => {
    if (value.type !== 'array') return value;
    return isObject(argument) && argument['deep'] === true
      ? toRawArray(flatten(value.items, true))
      : flattenShallow(value);
  },
  join,
  keys: (value) => toRawArray(value.entries.map(([key]) => toRawScalar('string', JSON.stringify(key)))),
  values: (value) => (value.type === 'array' ? value : toRawArray(value.entries.map(([, part]) => part))),
  tostr: (value) => toRawScalar('string', JSON.stringify(value.raw)),
  fromstr: (value) => (value.type === 'string' ? parseRawJson(textOfRaw(value.raw)) : undefined),
  group,
};
