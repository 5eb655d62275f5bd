/**
 * The string extensions of cel-go, version 2, by code points.
 * @spec https://github.com/google/cel-go/tree/master/ext#strings
 */
import { WRITTEN_ESCAPES } from '../../escape-letters.ts';
import { trimSpace } from '../../template/sprig/text/letters.ts';
import { CelError } from '../cel-error.ts';
import { CelList, type CelValue } from '../values/cel-value.ts';
import { declare, type CelMeter, type CelOverload } from './overloads.ts';
import { formatText } from './format-text.ts';

const charge = (meter: CelMeter, ...values: readonly (CelValue | undefined)[]): void => {
  for (const value of values) if (typeof value === 'string') meter.spend(value.length / 10);
};

const charAt = (text: string, index: bigint): string => {
  const runes = [...text];
  if (index < 0n || index > BigInt(runes.length)) throw new CelError(`index out of range: ${index}`);
  return runes[Number(index)] ?? '';
};

const indexOf = (text: string, part: string, from: bigint): bigint => {
  const [runes, wanted] = [[...text], [...part]];
  if (from < 0n || from > BigInt(runes.length)) throw new CelError(`index out of range: ${from}`);
  if (part === '') return from;
  for (let at = Number(from); at + wanted.length <= runes.length; at += 1)
    if (wanted.every((rune, offset) => runes[at + offset] === rune)) return BigInt(at);
  return -1n;
};

const lastIndexOf = (text: string, part: string, from?: bigint): bigint => {
  const [runes, wanted] = [[...text], [...part]];
  if (from !== undefined && (from < 0n || from > BigInt(runes.length)))
    throw new CelError(`index out of range: ${from}`);
  if (part === '') return from ?? BigInt(runes.length);
  const last = Math.min(runes.length - wanted.length, from === undefined ? Infinity : Number(from));
  for (let at = last; at >= 0; at -= 1)
    if (wanted.every((rune, offset) => runes[at + offset] === rune)) return BigInt(at);
  return -1n;
};

const substring = (text: string, start: bigint, end?: bigint): string => {
  const runes = [...text];
  const to = end ?? BigInt(runes.length);
  if (start < 0n || start > BigInt(runes.length)) throw new CelError(`index out of range: ${start}`);
  if (to < 0n || to > BigInt(runes.length)) throw new CelError(`index out of range: ${to}`);
  if (start > to) throw new CelError(`invalid substring range. start: ${start}, end: ${to}`);
  return runes.slice(Number(start), Number(to)).join('');
};

const replace = (text: string, [from, to]: readonly [string, string], most: number, meter: CelMeter): string => {
  const count = most < 0 ? Infinity : most;
  const parts = from === '' ? ['', ...text] : text.split(from);
  // An empty part stands before, between and after all letters.
  const pieces = from === '' ? [...parts, ''] : parts;
  meter.spend((text.length + to.length * Math.min(pieces.length, count)) / 10);
  let output = pieces[0] ?? '';
  for (const [index, piece] of pieces.slice(1).entries()) output += (index < count ? to : from) + piece;
  return output;
};

const split = (text: string, separator: string, most: number): CelList => {
  if (most === 0) return new CelList([]);
  const parts = separator === '' ? [...text] : text.split(separator);
  if (most < 0 || parts.length <= most) return new CelList(parts);
  return new CelList([...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)]);
};

const join = (list: CelList, separator: string, meter: CelMeter): string => {
  const texts = list.items.map((item) => {
    if (typeof item !== 'string') throw new CelError('no such overload');
    return item;
  });
  const text = texts.join(separator);
  meter.spend(text.length / 10);
  return text;
};

const ESCAPES: Readonly<Record<string, string>> = {
  ...WRITTEN_ESCAPES,
  '"': '\\"',
};

const quote = (text: string): string => `"${[...text].map((rune) => ESCAPES[rune] ?? rune).join('')}"`;

const ascii = (text: string, from: RegExp, change: (letter: string) => string): string => text.replace(from, change);

/** A function of a text, charged by its length. */
const ofText = (signature: string, body: (args: readonly CelValue[], meter: CelMeter) => CelValue): CelOverload =>
  declare(signature, (args, meter) => {
    charge(meter, ...args);
    return body(args, meter);
  });

/** String extensions. Casts: the dispatcher has matched the declared types. */
export const STRINGS: readonly CelOverload[] = [
  ofText('string.charAt(int) -> string', ([text, index]) => charAt(text as string, index as bigint)),
  ofText('string.indexOf(string) -> int', ([text, part]) => indexOf(text as string, part as string, 0n)),
  ofText('string.indexOf(string, int) -> int', ([text, part, at]) =>
    indexOf(text as string, part as string, at as bigint),
  ),
  ofText('string.lastIndexOf(string) -> int', ([text, part]) => lastIndexOf(text as string, part as string)),
  ofText('string.lastIndexOf(string, int) -> int', ([text, part, at]) =>
    lastIndexOf(text as string, part as string, at as bigint),
  ),
  ofText('string.lowerAscii() -> string', ([text]) => ascii(text as string, /[A-Z]/g, (one) => one.toLowerCase())),
  ofText('string.upperAscii() -> string', ([text]) => ascii(text as string, /[a-z]/g, (one) => one.toUpperCase())),
  ofText('string.trim() -> string', ([text]) => trimSpace(text as string)),
  ofText('string.replace(string, string) -> string', ([text, from, to], meter) =>
    replace(text as string, [from as string, to as string], -1, meter),
  ),
  ofText('string.replace(string, string, int) -> string', ([text, from, to, most], meter) =>
    replace(text as string, [from as string, to as string], Number(most as bigint), meter),
  ),
  ofText('string.split(string) -> list(string)', ([text, separator]) => split(text as string, separator as string, -1)),
  ofText('string.split(string, int) -> list(string)', ([text, separator, most]) =>
    split(text as string, separator as string, Number(most as bigint)),
  ),
  ofText('string.substring(int) -> string', ([text, start]) => substring(text as string, start as bigint)),
  ofText('string.substring(int, int) -> string', ([text, start, end]) =>
    substring(text as string, start as bigint, end as bigint),
  ),
  ofText('string.format(list(dyn)) -> string', ([pattern, args], meter) =>
    formatText(pattern as string, (args as CelList).items, meter),
  ),
  declare('list(string).join() -> string', ([list], meter) => join(list as CelList, '', meter)),
  declare('list(string).join(string) -> string', ([list, separator], meter) =>
    join(list as CelList, separator as string, meter),
  ),
  ofText('strings::quote(string) -> string', ([text]) => quote(text as string)),
];
