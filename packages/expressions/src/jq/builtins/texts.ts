/**
 * Built-ins of texts and regular expressions (RE2 syntax, linear time).
 * @spec github.com/itchyny/gojq func.go
 */
import { messageOf } from '@argosy/base';
import { RE2JS } from 're2js';

import { toBytes } from '../../template/go-text.ts';
import { isSpace, trimRunes } from '../../template/sprig/text/letters.ts';
import { JqError } from '../jq-error.ts';
import { isJqArray, isJqNumber, type Jq } from '../values/jq-value.ts';
import type { Machine, Native, Natives } from '../run/machine.ts';
import { toIndex } from '../values/paths.ts';
import { native, refuse } from './native.ts';

/** A built-in of a text. */
const ofText = (name: string, body: (text: string) => Jq): Native =>
  native((input) => {
    if (typeof input !== 'string') throw refuse(name, input);
    return body(input);
  });

/** A built-in of two texts. */
const ofTexts = (name: string, body: (text: string, part: string) => Jq): Native =>
  native((input, [part = null]) => {
    if (typeof input !== 'string' || typeof part !== 'string') throw refuse(name, input, part);
    return body(input, part);
  });

const trimLeft = (text: string): string => {
  const runes = [...text];
  const from = runes.findIndex((rune) => !isSpace(rune));
  return from < 0 ? '' : runes.slice(from).join('');
};
const trimRight = (text: string): string => {
  const runes = [...text];
  return runes.slice(0, runes.findLastIndex((rune) => !isSpace(rune)) + 1).join('');
};

const implode = (input: Jq): Jq => {
  if (!isJqArray(input)) throw refuse('implode', input);
  return input
    .map((item) => {
      if (!isJqNumber(item)) throw refuse('implode', input);
      const code = toIndex(item);
      const isRune = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
      return isRune ? String.fromCodePoint(code) : '\ufffd';
    })
    .join('');
};

const compile = (pattern: string, flags: string, machine: Machine): RE2JS => {
  machine.spend(1 + (pattern.length >> 4));
  if (/[^gim]/.test(flags)) throw new JqError(`unsupported regular expression flag: ${JSON.stringify(flags)}`);
  const named = pattern.replaceAll('(?<', '(?P<');
  const prefixed = `${flags.includes('m') ? '(?s)' : ''}${flags.includes('i') ? '(?i)' : ''}${named}`;
  try {
    return RE2JS.compile(prefixed);
  } catch (thrown) {
    throw new JqError(`invalid regular expression ${JSON.stringify(prefixed)}: ${messageOf(thrown)}`);
  }
};

const match = (input: Jq, args: readonly Jq[], machine: Machine): Jq => {
  const [pattern = null, flags = null, isTest = false] = args;
  const name = isTest === true ? 'test' : 'match';
  if (typeof input !== 'string' || typeof pattern !== 'string' || (flags !== null && typeof flags !== 'string'))
    throw refuse(name, input, pattern, flags);
  machine.spend(1 + (input.length >> 4));
  const expression = compile(pattern, flags ?? '', machine);
  if (isTest === true) return expression.matcher(input).find();
  return findAll(expression, input, { isGlobal: (flags ?? '').includes('g'), machine });
};

const findAll = (
  expression: RE2JS,
  text: string,
  how: { readonly isGlobal: boolean; readonly machine: Machine },
): readonly Jq[] => {
  const matcher = expression.matcher(text);
  const names = new Map(Object.entries(expression.namedGroups()).map(([name, index]) => [Number(index), name]));
  const place = placeCounter(text);
  const found: Jq[] = [];
  let previous = -1;
  while ((how.isGlobal || found.length === 0) && matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (start === end && start === previous) continue;
    previous = end;
    how.machine.spend(2 + matcher.groupCount());
    const captures = Array.from({ length: matcher.groupCount() }, (_, index): Jq => {
      const group = matcher.group(index + 1);
      const name = names.get(index + 1) ?? null;
      if (typeof group !== 'string') return { name, offset: -1, length: 0, string: null };
      return { name, offset: place(matcher.start(index + 1)), length: [...group].length, string: group };
    });
    const string = text.slice(start, end);
    found.push({ offset: place(start), length: [...string].length, string, captures });
  }
  return found;
};

/** Counts code points before a place; offsets mostly grow, so it goes on from the last. */
const placeCounter = (text: string): ((at: number) => number) => {
  let [reached, points] = [0, 0];
  return (at) => {
    if (at < reached) [reached, points] = [0, 0];
    points += Array.from(text.slice(reached, at)).length;
    reached = at;
    return points;
  };
};

const split = (input: Jq, args: readonly Jq[], machine: Machine): Jq => {
  const [separator = null, flags = null] = args;
  if (typeof input !== 'string') throw refuse('split', input);
  if (typeof separator !== 'string') throw refuse('split', separator);
  if (args.length === 1) return separator === '' ? [...input] : input.split(separator);
  if (flags !== null && typeof flags !== 'string') throw refuse('split', flags);
  const matcher = compile(separator, flags ?? '', machine).matcher(input);
  machine.spend(1 + (input.length >> 4));
  const parts: string[] = [];
  let [begin, last, previous] = [0, 0, -1];
  if (input === '') return [''];
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (start === end && start === previous) continue;
    previous = end;
    last = start;
    if (end !== 0) parts.push(input.slice(begin, start));
    begin = end;
  }
  if (last !== input.length) parts.push(input.slice(begin));
  return parts;
};

/** Built-ins by `name/count`. */
export const TEXT_NATIVES: Natives = {
  '_match/3': native(match),
  'ascii_downcase/0': ofText('ascii_downcase', (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
  'ascii_upcase/0': ofText('ascii_upcase', (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase())),
  'endswith/1': ofTexts('endswith', (text, part) => text.endsWith(part)),
  'explode/0': ofText('explode', (text) => Array.from(text, (rune) => rune.codePointAt(0) ?? 0)),
  'implode/0': native(implode),
  'ltrim/0': ofText('ltrim', trimLeft),
  'ltrimstr/1': ofTexts('ltrimstr', (text, part) => (text.startsWith(part) ? text.slice(part.length) : text)),
  'rtrim/0': ofText('rtrim', trimRight),
  'rtrimstr/1': ofTexts('rtrimstr', (text, part) =>
    text.endsWith(part) ? text.slice(0, text.length - part.length) : text,
  ),
  'split/1': native(split),
  'split/2': native(split),
  'startswith/1': ofTexts('startswith', (text, part) => text.startsWith(part)),
  'trim/0': ofText('trim', (text) => trimRunes(text, isSpace)),
  'utf8bytelength/0': ofText('utf8bytelength', (text) => toBytes(text).length),
};
