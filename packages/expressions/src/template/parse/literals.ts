/**
 * Literals of Go: texts with escapes, characters, numbers.
 * @spec https://pkg.go.dev/strconv#Unquote, text/template/parse/node.go newNumber
 */
import { LETTER_ESCAPES } from '../../escape-letters.ts';
import { fromBytes, toBytes } from '../go-text.ts';
import type { NumberNode } from './nodes.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  ...LETTER_ESCAPES,
  '\\': '\\',
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/suy;
const INT =
  /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])+)|(0|[1-9](?:_?\d)*))$/;
const FLOAT = /^[+-]?(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;
const HEX_FLOAT = /^([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?\d(?:_?\d)*)$/;

/** The text of a quoted or raw literal; `undefined` when an escape is bad. */
export const unquoteGo = (literal: string): string | undefined => {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '');
  return unescapeGo(literal.slice(1, -1), '"');
};

/** The code of a character literal; `undefined` when it is not one character. */
export const unquoteCharacter = (literal: string): number | undefined => {
  const text = unescapeGo(literal.slice(1, -1), "'");
  const runes = text === undefined ? [] : [...text];
  if (runes.length !== 1) return undefined;
  const code = (runes[0] ?? '').codePointAt(0) ?? 0;
  return code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
};

const unescapeGo = (text: string, quote: string): string | undefined => {
  let result = '';
  let hasBytes = false;
  for (let index = 0; index < text.length;) {
    if (text[index] === quote || text[index] === '\n') return undefined;
    if (text[index] !== '\\') {
      result += text[index] ?? '';
      index += 1;
      continue;
    }
    ESCAPE.lastIndex = index;
    const match = ESCAPE.exec(text);
    const part = match ? readEscape(match, quote) : undefined;
    if (!match || part === undefined) return undefined;
    hasBytes ||= part.byte !== undefined && part.byte >= 0x80;
    result += part.text;
    index = ESCAPE.lastIndex;
  }
  return hasBytes ? fromBytes(toBytes(result)) : result;
};

const readEscape = (match: RegExpExecArray, quote: string): { text: string; byte?: number } | undefined => {
  const [, hexByte, short, long, octal, simple] = match;
  if (hexByte !== undefined || octal !== undefined) {
    const byte = hexByte === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hexByte, 16);
    if (byte > 0xff) return undefined;
    return { text: byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte), byte };
  }
  const code = short ?? long;
  if (code !== undefined) {
    const point = Number.parseInt(code, 16);
    return point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? undefined : { text: String.fromCodePoint(point) };
  }
  if (simple === quote) return { text: quote };
  const known = simple === undefined ? undefined : SIMPLE[simple];
  return known === undefined ? undefined : { text: known };
};

/** Reads a number as Go's template parser does; a text says what is wrong. */
export const readNumber = (text: string): Omit<NumberNode, 'kind' | 'at'> | string => {
  if (text.endsWith('i')) return `complex numbers are not supported: ${JSON.stringify(text)}`;
  const integer = readInteger(text);
  if (integer !== undefined) {
    const int = integer === BigInt.asIntN(64, integer) ? integer : undefined;
    const uint = /^[+-]/.test(text)
      ? integer === 0n
        ? 0n
        : undefined
      : BigInt.asUintN(64, integer) === integer
        ? integer
        : undefined;
    if (int !== undefined || uint !== undefined) return { text, int, uint, float: Number(int ?? uint) };
  }
  const float = readFloat(text);
  if (float === undefined || !Number.isFinite(float)) return `illegal number syntax: ${JSON.stringify(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${JSON.stringify(text)}`;
  const whole = Number.isInteger(float) ? BigInt(float) : undefined;
  return {
    text,
    int: whole !== undefined && BigInt.asIntN(64, whole) === whole ? whole : undefined,
    uint: whole !== undefined && BigInt.asUintN(64, whole) === whole ? whole : undefined,
    float,
  };
};

/** An integer literal of any base, with Go's underscores and prefixes. */
export const readInteger = (text: string): bigint | undefined => {
  const match = INT.exec(text);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, old, decimal] = match;
  const digits = hex ?? binary ?? octal ?? old ?? decimal ?? '';
  const prefix = hex !== undefined ? '0x' : binary !== undefined ? '0b' : decimal !== undefined ? '' : '0o';
  const value = BigInt(prefix + digits.replaceAll('_', ''));
  return sign === '-' ? -value : value;
};

/** A float literal, decimal or hexadecimal. */
export const readFloat = (text: string): number | undefined => {
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  const match = HEX_FLOAT.exec(text);
  if (!match) return undefined;
  const [whole, part] = [(match[2] ?? '').replaceAll('_', ''), (match[3] ?? '').replaceAll('_', '')];
  if (whole + part === '') return undefined;
  const value =
    Number(BigInt(`0x${whole}${part}`)) * 2 ** (Number((match[4] ?? '').replaceAll('_', '')) - 4 * part.length);
  return match[1] === '-' ? -value : value;
};
