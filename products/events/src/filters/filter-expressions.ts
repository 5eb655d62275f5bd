/**
 * Expression filters: govaluate's language over values picked from the data. @spec EV-FLT-03
 */
import { fail, ok, type Json, type Result } from '@argosy/base';
import { evaluateWhen, getPath } from '@argosy/expressions';

import type { ExpressionFilterSpec } from '../api/sensor.ts';
import { judgeData } from './judge-data.ts';
import { DROP, errorOf, verdictOf, type Verdict } from './verdict.ts';

/** Judges the data of an event (its JSON text; none passes). */
export const filterExpressions = (
  filters: readonly ExpressionFilterSpec[],
  operator: string | undefined,
  data: string | undefined,
): Verdict => judgeData(filters, operator, { data, judge });

const judge = (filter: ExpressionFilterSpec, data: string): Verdict => {
  const values = new Map<string, Json>();
  for (const { path = '', name = '' } of filter.fields ?? []) {
    const found = getPath(data, path);
    if (!found) return errorOf(`path ${path} does not exist in the data of the event`);
    values.set(name, found.value);
  }
  const condition = withValues(filter.expr ?? '', values);
  if (!condition.ok) return errorOf(`expression ${JSON.stringify(filter.expr)}: ${condition.error}`);
  const result = evaluateWhen(condition.value);
  if (result.ok) return verdictOf(result.value);
  // A result that is no bool only fails, upstream too.
  return result.error.reason === 'notBoolean' ? DROP : errorOf(result.error.message);
};

/** A string in quotes, a name in brackets, a word, a number, or one other character. */
const PART =
  /"(?:[^"'\\]|\\.)*["']|'(?:[^"'\\]|\\.)*["']|\[([^\]]*)\]|([\p{L}][\p{L}\p{N}_.]*)|\p{Nd}[\p{L}\p{Nd}.]*|[\s\S]/gu;
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'in', 'IN']);

/**
 * Writes the values in place of their names. The evaluator takes conditions whose variables have been replaced; it would
 * take a name left over for a text, so that is an error here.
 */
const withValues = (expression: string, values: ReadonlyMap<string, Json>): Result<string> => {
  let unknown: string | undefined;
  const text = expression.replace(PART, (part: string, bracketed?: string, word?: string) => {
    const name = bracketed ?? word;
    if (name === undefined || WORDS.has(name)) return part;
    const value = values.get(name);
    const literal = value === undefined ? undefined : toLiteral(value);
    if (literal === undefined) unknown ??= name;
    return literal ?? part;
  });
  return unknown === undefined
    ? ok(text)
    : fail(`no value for ${JSON.stringify(unknown)}: name it in fields, with a path to a text, number, bool or list`);
};

const toLiteral = (value: Json): string | undefined => {
  if (value === null) return '()';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return value < 0 ? `(${toDecimal(value)})` : toDecimal(value);
  if (typeof value === 'string') return quote(value);
  if (!Array.isArray(value)) return undefined;
  const items = (value as readonly Json[]).map(toLiteral);
  if (items.length === 0 || items.includes(undefined)) return undefined;
  // One text in parentheses is no list; the same text twice is, with the same members.
  return `(${(items.length === 1 ? [items[0], items[0]] : items).join(', ')})`;
};

/** The language has no exponents. */
const toDecimal = (value: number): string => {
  const text = String(value);
  if (!/e/.test(text)) return text;
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20);
};

/** In brackets a text is never taken for a date, as govaluate takes a quoted one; but brackets have no escapes. */
const quote = (text: string): string => (text.includes(']') ? `"${text.replace(/["'\\]/g, '\\$&')}"` : `[${text}]`);
