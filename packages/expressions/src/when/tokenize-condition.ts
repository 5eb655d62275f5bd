/**
 * Splits a `when` condition into tokens by govaluate's rules, which are odd and visible: any quote ends a string, a run
 * of symbols is one operator, and a quoted date is a time.
 * @upstream Knetic/govaluate parsing.go
 */

/** Kinds of token, as govaluate's state table names them. */
export type ConditionTokenKind =
  | 'number'
  | 'boolean'
  | 'string'
  | 'pattern'
  | 'time'
  | 'accessor'
  | 'prefix'
  | 'modifier'
  | 'comparator'
  | 'logical'
  | 'ternary'
  | 'open'
  | 'close'
  | 'separator';

/** A token. */
export interface ConditionToken {
  readonly kind: ConditionTokenKind;
  readonly text: string;
  readonly value?: number | string | boolean;
}

/** Thrown for text that is no condition. */
export class ConditionSyntaxError extends Error {}

const COMPARATORS = new Set(['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in']);
const MODIFIERS = new Set(['+', '-', '*', '/', '%', '**', '&', '|', '^', '>>', '<<']);
const LOGICALS = new Set(['&&', '||']);
const PREFIXES = new Set(['-', '!', '~']);
const TERNARIES = new Set(['?', ':', '??']);

const AFTER_VALUE: ReadonlySet<ConditionTokenKind> = new Set([
  'modifier',
  'comparator',
  'logical',
  'close',
  'ternary',
  'separator',
]);
const VALUES: readonly ConditionTokenKind[] = ['number', 'boolean', 'string', 'accessor', 'open'];
const FOLLOWS: Readonly<Record<ConditionTokenKind | 'start', ReadonlySet<ConditionTokenKind>>> = {
  start: new Set([...VALUES, 'prefix', 'pattern', 'time']),
  open: new Set([...VALUES, 'prefix', 'pattern', 'time', 'close']),
  close: new Set<ConditionTokenKind>([...AFTER_VALUE, 'number', 'boolean', 'string', 'pattern', 'time', 'open']),
  number: AFTER_VALUE,
  boolean: AFTER_VALUE,
  string: AFTER_VALUE,
  pattern: AFTER_VALUE,
  time: AFTER_VALUE,
  accessor: new Set([...AFTER_VALUE, 'open']),
  prefix: new Set(['number', 'boolean', 'accessor', 'open', 'close']),
  modifier: new Set([...VALUES, 'prefix', 'close']),
  comparator: new Set([...VALUES, 'prefix', 'time', 'close', 'pattern']),
  logical: new Set([...VALUES, 'prefix', 'time', 'close']),
  ternary: new Set([...VALUES, 'prefix', 'time', 'separator']),
  separator: new Set([...VALUES, 'prefix', 'time']),
};
const MAY_END: ReadonlySet<ConditionTokenKind | 'start'> = new Set([
  'number',
  'boolean',
  'string',
  'pattern',
  'time',
  'accessor',
  'close',
  'start',
]);

/** Tokens of a condition, in an order that may stand. Throws ConditionSyntaxError. */
export const tokenizeCondition = (source: string): readonly ConditionToken[] => {
  const tokens: ConditionToken[] = [];
  let state: ConditionTokenKind | 'start' = 'start';
  let depth = 0;
  let index = 0;
  while (index < source.length) {
    if (/\s/.test(source[index] ?? '')) {
      index += 1;
      continue;
    }
    const { token, end } = readToken(source, index, state);
    if (!FOLLOWS[state].has(token.kind))
      throw new ConditionSyntaxError(`Cannot transition token types from ${state} to ${token.kind} [${token.text}]`);
    depth += token.kind === 'open' ? 1 : token.kind === 'close' ? -1 : 0;
    if (depth < 0) throw new ConditionSyntaxError('Unbalanced parenthesis');
    tokens.push(token);
    state = token.kind;
    index = end;
  }
  if (depth !== 0) throw new ConditionSyntaxError('Unbalanced parenthesis');
  if (!MAY_END.has(state)) throw new ConditionSyntaxError('Unexpected end of expression');
  return tokens;
};

interface Scanned {
  readonly token: ConditionToken;
  readonly end: number;
}

const readToken = (source: string, at: number, state: ConditionTokenKind | 'start'): Scanned => {
  const first = source[at] ?? '';
  if (/\p{Nd}/u.test(first)) return readNumber(source, at);
  if (first === ',') return { token: { kind: 'separator', text: ',' }, end: at + 1 };
  if (first === '[') return readBracketed(source, at);
  if (/\p{L}/u.test(first)) return readWord(source, at);
  if (first === '"' || first === "'") return readQuoted(source, at);
  if (first === '(') return { token: { kind: 'open', text: '(' }, end: at + 1 };
  if (first === ')') return { token: { kind: 'close', text: ')' }, end: at + 1 };
  return readSymbols(source, at, state);
};

const readNumber = (source: string, at: number): Scanned => {
  const hex = /^0x([\da-fA-F]+)/i.exec(source.slice(at));
  if (hex)
    return {
      token: { kind: 'number', text: hex[0], value: Number.parseInt(hex[1] ?? '0', 16) },
      end: at + hex[0].length,
    };
  const text = /^[\d.]+/.exec(source.slice(at))?.[0] ?? '';
  if ((text.match(/\./g) ?? []).length > 1)
    throw new ConditionSyntaxError(`Unable to parse numeric value '${text}' to float64`);
  return { token: { kind: 'number', text, value: Number(text) }, end: at + text.length };
};

const readBracketed = (source: string, at: number): Scanned => {
  const end = source.indexOf(']', at);
  if (end < 0) throw new ConditionSyntaxError('Unclosed parameter bracket');
  const text = source.slice(at + 1, end);
  return { token: { kind: 'string', text, value: text }, end: end + 1 };
};

const readWord = (source: string, at: number): Scanned => {
  const text = /^[\p{L}\p{N}_.]+/u.exec(source.slice(at))?.[0] ?? '';
  const end = at + text.length;
  if (text === 'true' || text === 'false') return { token: { kind: 'boolean', text, value: text === 'true' }, end };
  if (text === 'in' || text === 'IN') return { token: { kind: 'comparator', text: 'in' }, end };
  if (text.includes('.')) return { token: { kind: 'accessor', text }, end };
  // Argo turns every variable into a string, so that words need no quotes.
  return { token: { kind: 'string', text, value: text }, end };
};

const readQuoted = (source: string, at: number): Scanned => {
  let text = '';
  for (let index = at + 1; index < source.length; index += 1) {
    const character = source[index] ?? '';
    if (character === '\\') {
      index += 1;
      text += source[index] ?? '';
      continue;
    }
    // Either quote ends it, whichever began it: that is govaluate's rule.
    if (character === '"' || character === "'") {
      const time = parseConditionTime(text);
      const token: ConditionToken =
        time === undefined ? { kind: 'string', text, value: text } : { kind: 'time', text, value: time };
      return { token, end: index + 1 };
    }
    text += character;
  }
  throw new ConditionSyntaxError('Unclosed string literal');
};

const readSymbols = (source: string, at: number, state: ConditionTokenKind | 'start'): Scanned => {
  const text = /^[^\p{L}\p{N}()[\]'"\s_]+/u.exec(source.slice(at))?.[0] ?? source[at] ?? '';
  const end = at + text.length;
  const isModifierPossible = FOLLOWS[state].has('modifier');
  if (isModifierPossible && MODIFIERS.has(text)) return { token: { kind: 'modifier', text }, end };
  if (LOGICALS.has(text)) return { token: { kind: 'logical', text }, end };
  if (COMPARATORS.has(text)) return { token: { kind: 'comparator', text }, end };
  if (PREFIXES.has(text) && !isModifierPossible) return { token: { kind: 'prefix', text }, end };
  if (TERNARIES.has(text)) return { token: { kind: 'ternary', text }, end };
  if (MODIFIERS.has(text)) return { token: { kind: 'modifier', text }, end };
  throw new ConditionSyntaxError(`Invalid token: '${text}'`);
};

const ISO =
  /^\d{4}-\d{2}-\d{2}(?:(?: \d{2}:\d{2}(?::\d{2})?)|(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?))?$/;

/** Seconds since the epoch of a quoted text that govaluate takes for a date. */
const parseConditionTime = (text: string): number | undefined => {
  if (!ISO.test(text)) return undefined;
  const withZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10))
    ? text
    : `${text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T')}Z`;
  const parsed = Date.parse(withZone);
  return Number.isNaN(parsed) ? undefined : parsed / 1000;
};
