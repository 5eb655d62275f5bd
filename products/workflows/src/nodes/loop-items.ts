/**
 * Loops: what the items are and what the expanded steps are called. @spec WF-LOOP-01 … WF-LOOP-04
 */
import { fail, isObject, messageOf, ok, type Json, type Result } from '@argosy/base';
import { substituteTags, toJsonText, type ExprValue, type TagValues } from '@argosy/expressions';

import type { Sequence } from '../api/template-schema.ts';
import { itemKindOf, itemText, itemValue } from '../compile/any-string.ts';

/** Most items of one loop; beyond, a workflow could exhaust the machine before it starts. */
const MOST_ITEMS = 1_000_000;

/** The items of `withSequence`. Counts down when the start is above the end. */
export const sequenceItems = (sequence: Sequence): Result<readonly string[]> => {
  const read = (value: number | string | undefined, field: string): Result<number> => {
    const text = String(value ?? '0').trim();
    return /^[+-]?\d+$/.test(text)
      ? ok(Number(text))
      : fail(`withSequence.${field}: ${JSON.stringify(text)} is not a whole number`);
  };
  const isSet = (value: number | string | undefined): boolean => value !== undefined && value !== '';
  if (!isSet(sequence.count) && !isSet(sequence.end)) return fail('withSequence: must have at least count or end');
  const start = read(sequence.start, 'start');
  if (!start.ok) return start;
  const last = isSet(sequence.count) ? read(sequence.count, 'count') : read(sequence.end, 'end');
  if (!last.ok) return last;
  if (isSet(sequence.count) && last.value === 0) return ok([]);
  const end = isSet(sequence.count) ? start.value + last.value - 1 : last.value;
  const count = Math.abs(end - start.value) + 1;
  if (count > MOST_ITEMS) return fail(`withSequence: ${count} items are too many (at most ${MOST_ITEMS})`);
  const step = start.value <= end ? 1 : -1;
  const items = Array.from({ length: count }, (_, index) => formatItem(sequence.format, start.value + step * index));
  // Items become JSON by being put between quotes, so a format may not break out of them.
  return items.some((item) => item.includes('"')) ? fail('withSequence.format: quotes are not allowed') : ok(items);
};

const formatItem = (format: string | undefined, value: number): string => {
  if (format === undefined || format === '') return String(value);
  let used = false;
  const text = format.replace(
    /%(?:%|([-+ 0]*)(\d*)([dxXobs]))/g,
    (match, flags: string | undefined, width: string | undefined, verb: string | undefined) => {
      if (match === '%%') return '%';
      if (used) return `%!${verb ?? ''}(MISSING)`;
      used = true;
      return pad(digits(value, verb ?? 'd'), flags ?? '', Number(width ?? 0));
    },
  );
  return used ? text : `${text}%!(EXTRA int=${value})`;
};

const digits = (value: number, verb: string): string => {
  const base = verb === 'x' || verb === 'X' ? 16 : verb === 'o' ? 8 : verb === 'b' ? 2 : 10;
  const text = value.toString(base);
  return verb === 'X' ? text.toUpperCase() : text;
};

const pad = (text: string, flags: string, width: number): string => {
  const signed = flags.includes('+') && !text.startsWith('-') ? `+${text}` : text;
  if (flags.includes('-')) return signed.padEnd(width);
  if (!flags.includes('0')) return signed.padStart(width);
  const sign = /^[+-]/.exec(signed)?.[0] ?? '';
  return sign + signed.slice(sign.length).padStart(width - sign.length, '0');
};

/** The items of `withParam`, whose tags have been replaced. */
export const parameterItems = (text: string): Result<readonly Json[]> => {
  try {
    const parsed = JSON.parse(text) as unknown;
    if (Array.isArray(parsed))
      return parsed.length > MOST_ITEMS ? fail(`withParam: ${parsed.length} items are too many`) : ok(parsed as Json[]);
    return fail('withParam value could not be parsed as a JSON list');
  } catch (thrown) {
    return fail(`withParam value could not be parsed as a JSON list: ${messageOf(thrown)}`);
  }
};

/** Name of an expanded step: `print(2:image:alpine,tag:3.6)`. */
export const expandedName = (name: string, index: number, item: Json): string => {
  const text = Array.isArray(item)
    ? `[${(item as readonly Json[]).map(itemText).join(' ')}]`
    : isObject(item)
      ? mapText(item as Readonly<Record<string, Json>>)
      : itemText(item);
  return `${name}(${index}:${text.replace(/[()]/g, '')})`;
};

const mapText = (item: Readonly<Record<string, Json>>): string =>
  Object.keys(item)
    .sort()
    .map((key) => `${key}:${itemText(item[key] ?? null)}`)
    .join(',');

/** What the tags of an expanded step may read. */
const itemScope = (item: Json): TagValues => {
  if (itemKindOf(item) !== 'map' || !isObject(item)) return { item: itemValue(item) };
  const scope: Record<string, Json> = { item: toJsonText(item as ExprValue) };
  const add = (prefix: string, map: Readonly<Record<string, unknown>>): void => {
    for (const [key, value] of Object.entries(map)) {
      scope[`${prefix}.${key}`] = itemValue(value as Json);
      if (isObject(value)) add(`${prefix}.${key}`, value);
    }
  };
  add('item', item);
  return scope;
};

/** Replaces the item's tags in the body of a step. Other tags stay. */
export const substituteItem = <T>(body: T, item: Json, now: number): Result<T> => {
  const replaced = substituteTags(body, itemScope(item), { unresolved: { kind: 'strict', prefixes: ['item'] }, now });
  return replaced.ok ? replaced : fail(replaced.error.message);
};
