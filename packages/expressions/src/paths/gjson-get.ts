/**
 * GJSON paths: finding a value in a JSON text. Events' data filters and parameters use them.
 * @spec https://github.com/tidwall/gjson/blob/master/SYNTAX.md
 */
import { isObject, type Json } from '@argosy/base';

import { matchesGlob } from '../glob.ts';
import { applyGjsonModifier } from './gjson-modifiers.ts';
import { matchesGjsonQuery } from './gjson-query.ts';
import {
  parseRawJson,
  parseRawJsonLines,
  textOfRaw,
  toRawArray,
  toRawObject,
  toRawScalar,
  type RawJson,
} from './raw-json.ts';

/** What GJSON calls the type of a result. */
export type GjsonType = 'Null' | 'False' | 'Number' | 'String' | 'True' | 'JSON';

/** A value found. */
export interface GjsonResult {
  readonly type: GjsonType;
  /** The text of the value as it stands in the document. */
  readonly raw: string;
  /** As GJSON's `String()`: text bare, numbers and structures as written, null as the empty text. */
  readonly string: string;
  /** The value itself. */
  readonly value: Json;
}

/** Finds the value at a path in a JSON text; `undefined` when there is none or the text is not JSON. */
export const getPath = (json: string, path: string): GjsonResult | undefined => {
  try {
    return findPath(json, path);
  } catch (thrown) {
    // Nested deeper than anything that has a value: there is nothing.
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
};

const findPath = (json: string, path: string): GjsonResult | undefined => {
  const isLines = path.startsWith('..');
  const root = isLines ? toRawArray(parseRawJsonLines(json)) : parseRawJson(json);
  const found = root && followGjson(root, isLines ? path.slice(2) : path);
  return found && toResult(found);
};

const TYPES: Readonly<Record<RawJson['type'], GjsonType>> = {
  object: 'JSON',
  array: 'JSON',
  string: 'String',
  number: 'Number',
  true: 'True',
  false: 'False',
  null: 'Null',
};

const toResult = (found: RawJson): GjsonResult => ({
  type: TYPES[found.type],
  raw: found.raw,
  string: found.type === 'string' ? textOfRaw(found.raw) : found.type === 'null' ? '' : found.raw,
  value: readValue(found.raw),
});

const readValue = (raw: string): Json => {
  try {
    return JSON.parse(raw) as Json;
  } catch {
    // What GJSON accepts and JSON does not (01, 1.) is shown as text.
    return raw;
  }
};

/** Follows a path from a value. */
const followGjson = (value: RawJson, path: string): RawJson | undefined => {
  if (path === '') return undefined;
  if (path.startsWith('@')) {
    const modified = applyGjsonModifier(value, path, followGjson);
    if (modified)
      return modified.result && (modified.rest === '' ? modified.result : followGjson(modified.result, modified.rest));
  }
  if (path.startsWith('!')) return followLiteral(path);
  if (path.startsWith('{') || path.startsWith('[')) return followMultipath(value, path);
  const { name, isPattern, separator, rest } = splitComponent(path);
  if (value.type === 'array') return followArray(value, path, { name, separator, rest });
  if (value.type !== 'object') return undefined;
  const found = value.entries.find(([key]) => (isPattern ? matchesGlob(name, key) : key === name))?.[1];
  return found && continueWith(found, separator, rest);
};

const continueWith = (found: RawJson, separator: string, rest: string): RawJson | undefined =>
  separator === '' ? found : followGjson(found, rest);

interface Component {
  readonly name: string;
  readonly isPattern: boolean;
  readonly separator: '' | '.' | '|';
  readonly rest: string;
}

const splitComponent = (path: string): Component => {
  let name = '';
  let isPattern = false;
  for (let index = 0; index < path.length; index += 1) {
    const character = path[index] ?? '';
    if (character === '.' || character === '|')
      return { name, isPattern, separator: character, rest: path.slice(index + 1) };
    if (character === '\\') {
      index += 1;
      name += isPattern ? `\\${path[index] ?? ''}` : (path[index] ?? '');
      continue;
    }
    isPattern ||= character === '*' || character === '?';
    name += character;
  }
  return { name, isPattern, separator: '', rest: '' };
};

const followArray = (value: RawJson, path: string, component: Omit<Component, 'isPattern'>): RawJson | undefined => {
  if (path.startsWith('#(') || path.startsWith('#[')) return followQuery(value, path);
  const { name, separator, rest } = component;
  if (name === '#') {
    if (separator === '.') return mapItems(value.items, rest);
    const count = toRawScalar('number', String(value.items.length));
    return continueWith(count, separator, rest);
  }
  if (!/^\d+$/.test(name)) return undefined;
  const item = value.items[Number(name)];
  return item && continueWith(item, separator, rest);
};

/** `#.rest`: the rest applied to each element; what stands behind a pipe applies to the whole result. */
const mapItems = (items: readonly RawJson[], rest: string): RawJson | undefined => {
  const pipe = topLevelPipe(rest);
  const each = pipe < 0 ? rest : rest.slice(0, pipe);
  const found = toRawArray(items.map((item) => followGjson(item, each)).filter((part) => part !== undefined));
  return pipe < 0 ? found : followGjson(found, rest.slice(pipe + 1));
};

const topLevelPipe = (path: string): number => {
  let depth = 0;
  for (let index = 0; index < path.length; index += 1) {
    const character = path[index] ?? '';
    if (character === '\\') index += 1;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (character === '|' && depth === 0) return index;
  }
  return -1;
};

const followQuery = (value: RawJson, path: string): RawJson | undefined => {
  const end = closingOf(path, 1);
  if (end < 0) return undefined;
  const query = path.slice(2, end);
  const isAll = path[end + 1] === '#';
  const after = path.slice(end + 1).replace(/^[^.|]*/, '');
  const separator = after[0] ?? '';
  const rest = after.slice(1);
  const matches = value.items.filter((item) => matchesGjsonQuery(item, query, followGjson));
  if (!isAll) return matches[0] && continueWith(matches[0], separator, rest);
  if (separator === '.') return mapItems(matches, rest);
  return continueWith(toRawArray(matches), separator, rest);
};

/** Index of the bracket that closes the one at `open`, minding quotes. */
const closingOf = (text: string, open: number): number => {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '\\') index += 1;
    else if (character === '"') {
      index += 1;
      while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
    } else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character) && (depth -= 1) === 0) return index;
  }
  return -1;
};

const followLiteral = (path: string): RawJson | undefined => {
  const text = path.slice(1);
  const end = text.startsWith('"')
    ? (/^"(?:[^"\\]|\\.)*"/.exec(text)?.[0].length ?? -1)
    : '{['.includes(text[0] ?? ' ')
      ? closingOf(text, 0) + 1
      : (/^[^.|]*/.exec(text)?.[0].length ?? 0);
  const literal = end > 0 ? parseRawJson(text.slice(0, end)) : undefined;
  const rest = text.slice(end);
  return literal && (rest === '' ? literal : followGjson(literal, rest.slice(1)));
};

const followMultipath = (value: RawJson, path: string): RawJson | undefined => {
  const end = closingOf(path, 0);
  if (end < 0) return undefined;
  const selectors = splitSelectors(path.slice(1, end));
  const found = selectors.map((selector) => ({ key: selector.key, found: followGjson(value, selector.path) }));
  const entries = found.flatMap((one) => (one.found ? [[one.key, one.found] as const] : []));
  const result = path.startsWith('{') ? toRawObject(entries) : toRawArray(entries.map(([, part]) => part));
  const rest = path.slice(end + 1);
  return rest === '' ? result : /^[.|]/.test(rest) ? followGjson(result, rest.slice(1)) : undefined;
};

const splitSelectors = (inside: string): readonly { readonly key: string; readonly path: string }[] => {
  const pieces: string[] = [];
  let start = 0;
  let depth = 0;
  for (let index = 0; index < inside.length; index += 1) {
    const character = inside[index] ?? '';
    if (character === '\\') index += 1;
    else if (character === '"') {
      index += 1;
      while (index < inside.length && inside[index] !== '"') index += inside[index] === '\\' ? 2 : 1;
    } else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      pieces.push(inside.slice(start, index));
      start = index + 1;
    }
  }
  return [...pieces, inside.slice(start)].map(toSelector);
};

const toSelector = (piece: string): { readonly key: string; readonly path: string } => {
  const named = /^("(?:[^"\\]|\\.)*"):([\s\S]*)$/.exec(piece.trim());
  if (named) return { key: textOfRaw(named[1] ?? '""'), path: named[2] ?? '' };
  const last = /([^.|]*)$/.exec(piece.trim())?.[1] ?? '';
  return { key: /^[\w-]+$/.test(last) ? last : '_', path: piece.trim() };
};

/** Finds the value at a path in a JSON value rather than a text. */
export const getPathOf = (document: Json | object, path: string): GjsonResult | undefined =>
  isObject(document) || Array.isArray(document) ? getPath(JSON.stringify(document), path) : undefined;
