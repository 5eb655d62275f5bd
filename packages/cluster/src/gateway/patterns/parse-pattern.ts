/**
 * Reads a regular expression in RE2's notation, as far as routes and metric selectors use it. What would need
 * backtracking (back references, look-around) does not exist in RE2 and is refused here too.
 * @spec https://github.com/google/re2/wiki/Syntax
 */
import { fail, ok, type Result } from '@argosy/base';

/** Characters from–to, both included, as code points. */
export type CharacterRange = readonly [from: number, to: number];

/** A parsed expression. */
export type PatternNode =
  | { readonly kind: 'character'; readonly ranges: readonly CharacterRange[]; readonly negated: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/** An expression and whether case matters. */
export interface ParsedPattern {
  readonly node: PatternNode;
  readonly ignoresCase: boolean;
}

/** RE2's limit on counted repetition. */
const MOST_REPEATS = 1000;

/** Parses; the error is one line that names what is wrong or not supported. */
export const parsePattern = (source: string): Result<ParsedPattern> => {
  const flags = /^\(\?([a-z]+)\)/.exec(source);
  const unknown = [...(flags?.[1] ?? '')].find((flag) => flag !== 'i' && flag !== 's');
  if (unknown) return fail(`regular expression ${JSON.stringify(source)}: the flag "${unknown}" is not supported`);
  const state: Reader = { text: Array.from(source.slice(flags?.[0].length ?? 0)), at: 0 };
  try {
    const node = readChoice(state);
    if (state.at < state.text.length) throw new SyntaxError('unexpected )');
    return ok({ node, ignoresCase: flags?.[1]?.includes('i') ?? false });
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return fail(`regular expression ${JSON.stringify(source)}: ${thrown.message}`);
  }
};

/** The one value here that changes: a cursor, never seen outside. */
interface Reader {
  readonly text: readonly string[];
  at: number;
}

const CLASSES: Readonly<Record<string, readonly CharacterRange[]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' };

const readChoice = (reader: Reader): PatternNode => {
  const parts = [readSequence(reader)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    parts.push(readSequence(reader));
  }
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
};

const readSequence = (reader: Reader): PatternNode => {
  const parts: PatternNode[] = [];
  for (let next = reader.text[reader.at]; next !== undefined && next !== '|' && next !== ')';) {
    parts.push(readRepeated(reader));
    next = reader.text[reader.at];
  }
  return { kind: 'sequence', parts };
};

const readRepeated = (reader: Reader): PatternNode => {
  let part = readAtom(reader);
  for (let bounds = readBounds(reader); bounds; bounds = readBounds(reader)) {
    // Whether a repeat is lazy changes which match is found, not whether there is one.
    if (reader.text[reader.at] === '?') reader.at += 1;
    part = { kind: 'repeat', part, min: bounds[0], max: bounds[1] };
  }
  return part;
};

const readBounds = (reader: Reader): readonly [number, number] | undefined => {
  const simple: Readonly<Record<string, readonly [number, number]>> = {
    '*': [0, Infinity],
    '+': [1, Infinity],
    '?': [0, 1],
  };
  const next = reader.text[reader.at] ?? '';
  const bounds = simple[next];
  if (bounds) {
    reader.at += 1;
    return bounds;
  }
  if (next !== '{') return undefined;
  const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(reader.text.slice(reader.at, reader.at + 12).join(''));
  // As in RE2, a brace that is no count is a brace.
  if (!counted) return undefined;
  reader.at += counted[0].length;
  const min = Number(counted[1]);
  const max = counted[2] === undefined ? min : counted[3] ? Number(counted[3]) : Infinity;
  if (min > MOST_REPEATS || (max !== Infinity && max > MOST_REPEATS) || max < min)
    throw new SyntaxError(`invalid repeat count ${counted[0]}`);
  return [min, max];
};

const readAtom = (reader: Reader): PatternNode => {
  const next = reader.text[reader.at] ?? '';
  reader.at += 1;
  switch (next) {
    case '(':
      return readGroup(reader);
    case '[':
      return readClass(reader);
    case '.':
      return { kind: 'character', ranges: [[10, 10]], negated: true };
    case '^':
      return { kind: 'start' };
    case '$':
      return { kind: 'end' };
    case '\\':
      return readEscape(reader);
    case '*':
    case '+':
    case '?':
      throw new SyntaxError(`nothing before ${next}`);
    default:
      return literal(next);
  }
};

const readGroup = (reader: Reader): PatternNode => {
  const opening = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(reader.text.slice(reader.at, reader.at + 64).join(''));
  if (opening) reader.at += opening[0].length;
  else if (reader.text[reader.at] === '?') throw new SyntaxError('look-around and flags inside are not supported');
  const inner = readChoice(reader);
  if (reader.text[reader.at] !== ')') throw new SyntaxError('missing )');
  reader.at += 1;
  return inner;
};

const readEscape = (reader: Reader): PatternNode => {
  const next = reader.text[reader.at];
  reader.at += 1;
  if (next === undefined) throw new SyntaxError('ends in a backslash');
  const ranges = CLASSES[next.toLowerCase()];
  if (ranges) return { kind: 'character', ranges, negated: next !== next.toLowerCase() };
  const control = CONTROLS[next];
  if (control !== undefined) return literal(control);
  if (/[A-Za-z0-9]/.test(next)) throw new SyntaxError(`\\${next} is not supported`);
  return literal(next);
};

const readClass = (reader: Reader): PatternNode => {
  const negated = reader.text[reader.at] === '^';
  if (negated) reader.at += 1;
  const ranges: CharacterRange[] = [];
  for (let first = true; ; first = false) {
    const next = reader.text[reader.at];
    if (next === undefined) throw new SyntaxError('missing ]');
    if (next === ']' && !first) break;
    ranges.push(...readClassMember(reader));
  }
  reader.at += 1;
  return { kind: 'character', ranges, negated };
};

const readClassMember = (reader: Reader): readonly CharacterRange[] => {
  const from = readClassCharacter(reader);
  if (typeof from !== 'number') return from;
  const isRange = reader.text[reader.at] === '-' && (reader.text[reader.at + 1] ?? ']') !== ']';
  if (!isRange) return [[from, from]];
  reader.at += 1;
  const to = readClassCharacter(reader);
  if (typeof to !== 'number' || to < from) throw new SyntaxError('invalid range in [ ]');
  return [[from, to]];
};

const readClassCharacter = (reader: Reader): number | readonly CharacterRange[] => {
  const next = reader.text[reader.at] ?? '';
  if (next === '[' && reader.text[reader.at + 1] === ':') throw new SyntaxError('[[:class:]] is not supported');
  reader.at += 1;
  if (next !== '\\') return next.codePointAt(0) ?? 0;
  const escaped = readEscape(reader);
  if (escaped.kind !== 'character') throw new SyntaxError('invalid escape in [ ]');
  if (escaped.negated) throw new SyntaxError('a negated class inside [ ] is not supported');
  const [only, ...others] = escaped.ranges;
  return only && others.length === 0 && only[0] === only[1] ? only[0] : escaped.ranges;
};

const literal = (character: string): PatternNode => {
  const point = character.codePointAt(0) ?? 0;
  return { kind: 'character', ranges: [[point, point]], negated: false };
};
