/**
 * JSON as encoding/json writes and reads it.
 * @spec https://pkg.go.dev/encoding/json
 */
import { fail, messageOf, ok, type Result } from '@argosy/base';

import { formatFloat } from '../format/float.ts';
import { isInvalidByte, runesOf, toWellFormed } from '../go-text.ts';
import { GoError, GoList, GoMap, GoNumber, type GoObject, type GoValue } from '../values.ts';
import { createPartCounter } from '../part-counter.ts';
import { toGoValue, type IntegerPolicy } from '../plain-data.ts';
import { encodeBase } from './base-codes.ts';
import { findJsonProblem } from './json-problem.ts';

/** How to write. */
export interface JsonStyle {
  /** Spaces of a level; none for one line. */
  readonly indent: string;
  /** Whether `<`, `>` and `&` are escaped, as by default. */
  readonly escapesHtml: boolean;
}

/** A value as JSON; throws GoError for what JSON has no words for. */
export const writeJson = (value: GoValue, style: JsonStyle): string => new JsonWriter(style).write(value, '', 0);

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
const UNSAFE = /["\\\u0000-\u001f<>&\u2028\u2029\udc80-\udcff]/;

/** A text as a JSON string. */
const writeJsonText = (text: string, escapesHtml: boolean): string =>
  UNSAFE.test(text)
    ? `"${runesOf(text)
        .map((rune) => escapeRune(rune, escapesHtml))
        .join('')}"`
    : `"${text}"`;

const escapeRune = (rune: string, escapesHtml: boolean): string => {
  const short = SHORT[rune];
  if (short !== undefined) return short;
  if (isInvalidByte(rune)) return '\\ufffd';
  const isEscaped =
    rune < ' ' ||
    rune === '\u2028' ||
    rune === '\u2029' ||
    (escapesHtml && (rune === '<' || rune === '>' || rune === '&'));
  return isEscaped ? `\\u${rune.charCodeAt(0).toString(16).padStart(4, '0')}` : rune;
};

class JsonWriter {
  private readonly style: JsonStyle;
  private readonly count = createPartCounter();

  constructor(style: JsonStyle) {
    this.style = style;
  }

  write(value: GoValue, margin: string, depth: number): string {
    this.count(depth);
    if (value === null || value === undefined) return 'null';
    switch (typeof value) {
      case 'string':
        return writeJsonText(value, this.style.escapesHtml);
      case 'number':
        return writeJsonFloat(value);
      case 'object':
        return this.writeObject(value, margin, depth);
      default:
        return String(value);
    }
  }

  private writeObject(value: GoNumber | GoList | GoMap | GoObject, margin: string, depth: number): string {
    if (value instanceof GoNumber)
      return typeof value.value === 'bigint' ? String(value.value) : writeJsonFloat(value.value);
    const inner = margin + this.style.indent;
    if (value instanceof GoList) {
      if (value.isNil) return 'null';
      if (value.element === 'uint8') return writeJsonText(bytesOf(value), this.style.escapesHtml);
      return this.wrap(
        '[]',
        value.items.map((item) => this.write(item, inner, depth + 1)),
        margin,
      );
    }
    if (value instanceof GoMap && value.isNil) return 'null';
    if (!(value instanceof GoMap) && value.json !== undefined) return writeJsonText(value.json, this.style.escapesHtml);
    const entries: readonly (readonly [string, GoValue])[] =
      value instanceof GoMap
        ? value.sortedKeys().map((key) => [key, value.entries.get(key)])
        : Object.entries(value.fields);
    const colon = this.style.indent === '' ? ':' : ': ';
    return this.wrap(
      '{}',
      entries.map(([key, item]) => {
        const written = this.write(item, inner, depth + 1);
        return `${writeJsonText(key, this.style.escapesHtml)}${colon}${written}`;
      }),
      margin,
    );
  }

  private wrap(brackets: '[]' | '{}', parts: readonly string[], margin: string): string {
    const [open, close] = [brackets[0] ?? '', brackets[1] ?? ''];
    if (parts.length === 0) return brackets;
    if (this.style.indent === '') return `${open}${parts.join(',')}${close}`;
    const inner = `\n${margin}${this.style.indent}`;
    return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`;
  }
}

const bytesOf = (list: GoList): string =>
  encodeBase(
    'base64',
    list.bytes ?? Uint8Array.from(list.items, (item) => (item instanceof GoNumber ? Number(item.value) : 0)),
  );

/** A float as Go's JSON: exponents below 1e-6 and from 1e21, without a leading zero. */
const writeJsonFloat = (value: number): string => {
  if (!Number.isFinite(value)) throw new GoError(`json: unsupported value: ${formatFloat(value, 'g', -1)}`);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-6 || magnitude >= 1e21))
    return formatFloat(value, 'e', -1).replace(/e-0(\d)$/, 'e-$1');
  return formatFloat(value, 'f', -1);
};

/** Reads JSON. Numbers are float64 unless whole ones are wanted otherwise; the error says what is wrong. */
export const readJson = (text: string, integers: IntegerPolicy = 'float64'): Result<GoValue> => {
  try {
    let isOutOfRange = false;
    const check = (_: string, value: unknown): unknown => {
      isOutOfRange ||= typeof value === 'number' && !Number.isFinite(value);
      return value;
    };
    // Only such a number can be out of range, and a reviver is slow.
    const data: unknown = JSON.parse(toWellFormed(text), /[eE]\+?\d{3}|\d{300}/.test(text) ? check : undefined);
    if (isOutOfRange) return fail('json: cannot unmarshal number into Go value of type float64');
    return ok(toGoValue(data, integers));
  } catch (thrown) {
    if (thrown instanceof RangeError) throw thrown;
    return fail(findJsonProblem(text) ?? messageOf(thrown));
  }
};
