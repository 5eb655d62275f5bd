/**
 * Texts that manifests may write as numbers or booleans, and items of loops. @spec WF-CRD-18, WF-CRD-19, WF-CRD-21
 */
import { isObject, parseGoDuration, type Json } from '@argosy/base';

/** The text of a value: floats without exponent, null and structures empty. */
export const toAnyText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return '';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return text.includes('e') ? BigInt(Math.round(value)).toString() : text;
};

/** Kinds of loop item. */
export type ItemKind = 'number' | 'string' | 'bool' | 'map' | 'list';

/** Classifies a loop item. */
export const itemKindOf = (item: Json): ItemKind => {
  if (typeof item === 'number') return 'number';
  if (typeof item === 'boolean') return 'bool';
  if (Array.isArray(item)) return 'list';
  return isObject(item) ? 'map' : 'string';
};

/** What `{{item}}` prints: a string keeps its JSON escapes, as upstream only strips the quotes. */
export const itemText = (item: Json): string => {
  if (itemKindOf(item) === 'string') return JSON.stringify(item ?? '').slice(1, -1);
  return JSON.stringify(item);
};

/** What `{{item}}` becomes in a step: a string is its value. */
export const itemValue = (item: Json): string => (typeof item === 'string' ? item : itemText(item));

/** Milliseconds of a duration field: whole seconds or a Go duration; `undefined` when it is neither. */
export const parseDurationText = (text: string): number | undefined => {
  if (/^[+-]?\d+$/.test(text)) return Number(text) * 1000;
  return text === '' ? undefined : parseGoDuration(text);
};
