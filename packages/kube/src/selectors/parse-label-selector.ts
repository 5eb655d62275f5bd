/**
 * Label selectors as text: `a=b,c!=d,e in (x,y),f notin (z),g,!h,i>3`.
 * @spec k8s.io/apimachinery/pkg/labels/selector.go (grammar and wording)
 */
import { fail, ok, type Result } from '@argosy/base';

import { validateLabelKey, validateLabelValue } from '../names/label-names.ts';
import type { LabelRequirement } from './label-selector.ts';

interface Token {
  readonly kind: 'word' | 'symbol' | 'end';
  readonly text: string;
}

const END: Token = { kind: 'end', text: '' };
const TOKEN = /\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)/gy;
const BINARY_SYMBOLS = ['=', '==', '!=', 'in', 'notin', '>', '<'];

/** A selector that cannot be read; carries the sentence shown to the client. */
class SelectorSyntaxError extends Error {}

/** Reads a label selector. The empty text selects everything (no requirements). Errors carry Kubernetes' wording. */
export const parseLabelSelector = (text: string): Result<readonly LabelRequirement[]> => {
  const source = createTokens(text);
  const requirements: LabelRequirement[] = [];
  try {
    if (source.peek().kind === 'end') return ok([]);
    for (;;) {
      requirements.push(readRequirement(source));
      const separator = source.next();
      if (separator.kind === 'end') break;
      if (separator.text !== ',')
        throw new SelectorSyntaxError(`found '${separator.text}', expected: ',' or 'end of string'`);
      if (source.peek().kind === 'end') throw new SelectorSyntaxError(`found '', expected: identifier after ','`);
    }
  } catch (thrown) {
    if (!(thrown instanceof SelectorSyntaxError)) throw thrown;
    return fail(`unable to parse requirement: ${thrown.message}`);
  }
  return ok(requirements);
};

interface Tokens {
  peek(): Token;
  next(): Token;
}

const createTokens = (text: string): Tokens => {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const word = match[1] ?? '';
    tokens.push({ kind: /^[=!<>(),]/.test(word) ? 'symbol' : 'word', text: word });
  }
  let position = 0;
  return { peek: () => tokens[position] ?? END, next: () => tokens[position++] ?? END };
};

const readRequirement = (source: Tokens): LabelRequirement => {
  const negated = source.peek().text === '!' && source.peek().kind === 'symbol';
  if (negated) source.next();
  const key = source.next();
  if (key.kind !== 'word') throw new SelectorSyntaxError(`found '${key.text}', expected: identifier`);
  refuse(validateLabelKey(key.text), (problem) => `key: Invalid value: ${JSON.stringify(key.text)}: ${problem}`);
  const next = source.peek();
  if (negated) return { key: key.text, operator: 'DoesNotExist' };
  if (next.kind === 'end' || next.text === ',') return { key: key.text, operator: 'Exists' };
  if (!BINARY_SYMBOLS.includes(next.text))
    throw new SelectorSyntaxError(`found '${next.text}', expected: in, notin, =, ==, !=, gt, lt`);
  source.next();
  return readValues(source, key.text, next.text);
};

const readValues = (source: Tokens, key: string, operator: string): LabelRequirement => {
  if (operator === 'in' || operator === 'notin')
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values: checkValues(key, readSet(source)) };
  const value = source.peek().kind === 'word' ? source.next().text : '';
  if (operator !== '>' && operator !== '<')
    return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: checkValues(key, [value]) };
  if (!/^[+-]?\d+$/.test(value))
    throw new SelectorSyntaxError(
      `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  return { key, operator: operator === '>' ? 'GreaterThan' : 'LessThan', values: [value] };
};

const readSet = (source: Tokens): readonly string[] => {
  const open = source.next();
  if (open.text !== '(') throw new SelectorSyntaxError(`found '${open.text}' expected: '('`);
  const values = new Set<string>();
  for (;;) {
    // An empty place between commas is the empty value: `x in (a,,b)`.
    values.add(source.peek().kind === 'word' ? source.next().text : '');
    const after = source.next();
    if (after.text === ')') return [...values].sort();
    if (after.text !== ',') throw new SelectorSyntaxError(`found '${after.text}', expected: ',' or ')'`);
  }
};

const checkValues = (key: string, values: readonly string[]): readonly string[] => {
  values.forEach((value, index) =>
    refuse(
      validateLabelValue(value),
      (problem) => `values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`,
    ),
  );
  return values;
};

const refuse = (problems: readonly string[], sentence: (problem: string) => string): void => {
  if (problems.length > 0) throw new SelectorSyntaxError(sentence(problems.join('; ')));
};
