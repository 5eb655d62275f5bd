/**
 * Tokens → expression. What PromQL has and this subset does not is refused by name. Pure.
 * @upstream prometheus promql/parser/generated_parser.y
 */
import { compilePattern, matchesPattern } from '../patterns/pattern.ts';
import { isFunction } from './signatures.ts';
import { readTokens, type Token } from './read-tokens.ts';
import {
  QueryError,
  type AggregateOperator,
  type BinaryOperator,
  type Expression,
  type LabelMatcher,
  type VectorMatching,
} from './syntax.ts';
import { isComparison, PRECEDENCE, typeOf } from './type-of.ts';

/** Longest query in characters. */
const LONGEST_QUERY = 10_000;
/** Deepest nesting; deeper is no query a person wrote. */
const DEEPEST = 100;

/** Parses a query. Throws QueryError. */
export const parseQuery = (query: string): Expression => {
  if (query.length > LONGEST_QUERY)
    throw new QueryError(`query of ${query.length} characters: the most is ${LONGEST_QUERY}`);
  const cursor: Cursor = { tokens: readTokens(query), at: 0, depth: 0 };
  if (cursor.tokens.length === 0) throw new QueryError('unknown position: parse error: no expression found in input');
  const expression = readBinary(cursor, 0);
  const left = cursor.tokens[cursor.at];
  if (left) throw unexpected(left);
  typeOf(expression);
  return expression;
};

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

const AGGREGATES: readonly string[] = ['sum', 'avg', 'min', 'max', 'count'] satisfies readonly AggregateOperator[];
const UNSUPPORTED_AGGREGATES = ['topk', 'bottomk', 'quantile', 'stddev', 'stdvar', 'count_values', 'group', 'limitk'];

const unexpected = (token: Token | undefined): QueryError =>
  new QueryError(
    token ? `parse error: unexpected ${JSON.stringify(token.text)}` : 'parse error: unexpected end of input',
  );
const unsupported = (what: string): QueryError => new QueryError(`not supported: ${what}`);

const peek = (cursor: Cursor): string => cursor.tokens[cursor.at]?.text.toLowerCase() ?? '';
const isNext = (cursor: Cursor, text: string): boolean => {
  const token = cursor.tokens[cursor.at];
  return token !== undefined && token.kind !== 'text' && token.text.toLowerCase() === text;
};
const accept = (cursor: Cursor, text: string): boolean => {
  if (!isNext(cursor, text)) return false;
  cursor.at += 1;
  return true;
};
const expect = (cursor: Cursor, text: string): void => {
  if (!accept(cursor, text)) throw unexpected(cursor.tokens[cursor.at]);
};

const operatorAt = (cursor: Cursor): BinaryOperator | undefined => {
  const text = peek(cursor);
  if (cursor.tokens[cursor.at]?.kind === 'text') return undefined;
  if (text === 'atan2') throw unsupported('operator atan2');
  return Object.hasOwn(PRECEDENCE, text) ? (text as BinaryOperator) : undefined;
};

const readBinary = (cursor: Cursor, least: number): Expression => {
  let left = readUnary(cursor);
  for (let operator = operatorAt(cursor); operator && PRECEDENCE[operator] >= least; operator = operatorAt(cursor)) {
    cursor.at += 1;
    const isBool = accept(cursor, 'bool');
    if (isBool && !isComparison(operator))
      throw new QueryError('parse error: bool modifier can only be used on comparison operators');
    const matching = readMatching(cursor);
    // `^` alone groups to the right.
    const right = readBinary(cursor, operator === '^' ? PRECEDENCE[operator] : PRECEDENCE[operator] + 1);
    left = { kind: 'binary', operator, left, right, isBool, matching };
  }
  return left;
};

const readMatching = (cursor: Cursor): VectorMatching => {
  const kind = isNext(cursor, 'on') ? 'on' : isNext(cursor, 'ignoring') ? 'ignoring' : undefined;
  if (!kind) return { kind: 'ignoring', labels: [] };
  cursor.at += 1;
  const labels = readLabels(cursor);
  if (isNext(cursor, 'group_left') || isNext(cursor, 'group_right')) throw unsupported(peek(cursor));
  return { kind, labels };
};

const readUnary = (cursor: Cursor): Expression => {
  cursor.depth += 1;
  if (cursor.depth > DEEPEST) throw new QueryError(`query nested deeper than ${DEEPEST}`);
  const isNegative = isNext(cursor, '-');
  if (isNegative || isNext(cursor, '+')) {
    cursor.at += 1;
    // Weaker than `^`, stronger than `*`.
    const of = readBinary(cursor, PRECEDENCE['^']);
    cursor.depth -= 1;
    return isNegative ? { kind: 'negative', of } : of;
  }
  const expression = readSuffixes(cursor, readPrimary(cursor));
  cursor.depth -= 1;
  return expression;
};

const readPrimary = (cursor: Cursor): Expression => {
  const token = cursor.tokens[cursor.at];
  if (accept(cursor, '(')) {
    const inner = readBinary(cursor, 0);
    expect(cursor, ')');
    return inner;
  }
  if (token?.kind === 'number') {
    cursor.at += 1;
    return { kind: 'number', value: token.value };
  }
  if (token?.kind === 'text') throw unsupported('string literals as values');
  if (isNext(cursor, '{')) return { kind: 'selector', matchers: readMatchers(cursor, undefined), offsetMs: 0 };
  if (token?.kind !== 'name') throw unexpected(token);
  cursor.at += 1;
  return readNamed(cursor, token.text);
};

const readNamed = (cursor: Cursor, name: string): Expression => {
  const lower = name.toLowerCase();
  const isApplied = isNext(cursor, '(') || isNext(cursor, 'by') || isNext(cursor, 'without');
  if (isApplied && UNSUPPORTED_AGGREGATES.includes(lower)) throw unsupported(`aggregation ${lower}`);
  if (isApplied && AGGREGATES.includes(lower)) return readAggregate(cursor, lower as AggregateOperator);
  if (!isNext(cursor, '(')) return { kind: 'selector', matchers: readMatchers(cursor, name), offsetMs: 0 };
  if (!isFunction(name)) throw unsupported(`function ${name}`);
  return { kind: 'call', name, arguments: readArguments(cursor) };
};

const readAggregate = (cursor: Cursor, operator: AggregateOperator): Expression => {
  const before = readGrouping(cursor);
  const given = readArguments(cursor);
  const grouping = before ?? readGrouping(cursor) ?? { kind: 'by', labels: [] };
  const [of] = given;
  if (!of || given.length !== 1)
    throw new QueryError(
      `parse error: wrong number of arguments for aggregate expression, expected 1, got ${given.length}`,
    );
  return { kind: 'aggregate', operator, grouping, of };
};

const readGrouping = (
  cursor: Cursor,
): { readonly kind: 'by' | 'without'; readonly labels: readonly string[] } | undefined => {
  const kind = isNext(cursor, 'by') ? 'by' : isNext(cursor, 'without') ? 'without' : undefined;
  if (!kind) return undefined;
  cursor.at += 1;
  return { kind, labels: readLabels(cursor) };
};

const readArguments = (cursor: Cursor): readonly Expression[] => {
  expect(cursor, '(');
  const given: Expression[] = [];
  if (accept(cursor, ')')) return given;
  do given.push(readBinary(cursor, 0));
  while (accept(cursor, ','));
  expect(cursor, ')');
  return given;
};

const readLabels = (cursor: Cursor): readonly string[] => {
  expect(cursor, '(');
  const labels: string[] = [];
  while (!accept(cursor, ')')) {
    const token = cursor.tokens[cursor.at];
    if (token?.kind !== 'name') throw unexpected(token);
    labels.push(token.text);
    cursor.at += 1;
    if (!isNext(cursor, ')')) expect(cursor, ',');
  }
  return labels;
};

const readMatchers = (cursor: Cursor, name: string | undefined): readonly LabelMatcher[] => {
  const matchers: LabelMatcher[] = name === undefined ? [] : [{ kind: 'equal', label: '__name__', value: name }];
  if (accept(cursor, '{')) {
    while (!accept(cursor, '}')) {
      matchers.push(readMatcher(cursor));
      if (!isNext(cursor, '}')) expect(cursor, ',');
    }
  }
  if (!matchers.some((matcher) => !acceptsNothing(matcher)))
    throw new QueryError('parse error: vector selector must contain at least one non-empty matcher');
  return matchers;
};

const MATCHER_KINDS = { '=': 'equal', '!=': 'unequal', '=~': 'matching', '!~': 'differing' } as const;

const readMatcher = (cursor: Cursor): LabelMatcher => {
  const [label, sign, value] = cursor.tokens.slice(cursor.at, cursor.at + 3);
  if (label?.kind !== 'name') throw unexpected(label);
  const kind = sign?.kind === 'sign' ? MATCHER_KINDS[sign.text as keyof typeof MATCHER_KINDS] : undefined;
  if (!kind) throw unexpected(sign);
  if (value?.kind !== 'text') throw unexpected(value);
  cursor.at += 3;
  if (kind === 'equal' || kind === 'unequal') return { kind, label: label.text, value: value.value };
  const pattern = compilePattern(value.value);
  if (!pattern.ok) throw new QueryError(`parse error: ${pattern.error}`);
  return { kind, label: label.text, pattern: pattern.value };
};

/** Whether a matcher also accepts series without the label, so that it selects nothing in particular. */
const acceptsNothing = (matcher: LabelMatcher): boolean => {
  switch (matcher.kind) {
    case 'equal':
      return matcher.value === '';
    case 'unequal':
      return matcher.value !== '';
    case 'matching':
      return matchesPattern(matcher.pattern, '');
    case 'differing':
      return !matchesPattern(matcher.pattern, '');
  }
};

const readSuffixes = (cursor: Cursor, given: Expression): Expression => {
  let expression = given;
  if (accept(cursor, '[')) {
    const token = cursor.tokens[cursor.at];
    const ms = token?.kind === 'duration' ? token.ms : token?.kind === 'number' ? token.value * 1000 : undefined;
    if (ms === undefined || !(ms > 0)) throw unexpected(token);
    cursor.at += 1;
    if (peek(cursor).startsWith(':')) throw unsupported('subqueries');
    expect(cursor, ']');
    if (expression.kind !== 'selector') throw new QueryError('parse error: ranges only allowed for vector selectors');
    expression = { ...expression, rangeMs: ms };
  }
  if (isNext(cursor, '[')) throw unexpected(cursor.tokens[cursor.at]);
  if (isNext(cursor, '@')) throw unsupported('the @ modifier');
  return isNext(cursor, 'offset') ? readOffset(cursor, expression) : expression;
};

const readOffset = (cursor: Cursor, expression: Expression): Expression => {
  cursor.at += 1;
  const sign = accept(cursor, '-') ? -1 : 1;
  const token = cursor.tokens[cursor.at];
  if (token?.kind !== 'duration') throw unexpected(token);
  cursor.at += 1;
  if (expression.kind !== 'selector')
    throw new QueryError('parse error: offset modifier must be preceded by a selector');
  return { ...expression, offsetMs: sign * token.ms };
};
