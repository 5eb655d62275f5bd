/**
 * Expressions of operators, and the forms that are looser than all of them: `let`, `if`, `?:`, sequences.
 * @upstream expr-lang/expr parser/parser.go
 */
import { syntaxError } from '../expr-error.ts';
import type { BinaryOperator, ExprNode } from './ast.ts';
import type { ExprReader } from './expr-reader.ts';
import { binaryRule, COMPARISONS, NEGATABLE } from './operators.ts';
import { parseCall, parsePostfix, parsePrimary } from './parse-primary.ts';
import type { ExprToken } from './tokenize.ts';

/** Reads expressions between semicolons. */
export const parseSequence = (reader: ExprReader): ExprNode => {
  const { at } = reader.token;
  const first = reader.expression();
  const nodes = [first];
  while (reader.accept(';')) {
    if (reader.token.kind === 'end' || reader.is('}', ')')) break;
    nodes.push(reader.expression());
  }
  return nodes.length === 1 ? first : { kind: 'sequence', at, nodes };
};

/** Reads an expression of operators that bind at least so tightly. */
export const parseExpression = (reader: ExprReader, minimum: number): ExprNode => {
  if (minimum > 0) return operators(reader, parsePrimary(reader), minimum);
  if (reader.token.kind === 'name') {
    if (reader.token.text === 'let') return declaration(reader);
    if (reader.token.text === 'if') return ifElse(reader);
  }
  return conditional(reader, operators(reader, parsePrimary(reader), minimum));
};

const declaration = (reader: ExprReader): ExprNode => {
  const { at } = reader.advance();
  const { text: name } = reader.expectName();
  reader.expect('=');
  const value = reader.expression();
  reader.expect(';');
  return { kind: 'let', at, name, value, body: reader.sequence() };
};

const ifElse = (reader: ExprReader): ExprNode => {
  const { at } = reader.advance();
  const condition = reader.expression();
  const whenTrue = block(reader);
  reader.expect('else');
  const otherwise = reader.is('if') ? ifElse(reader) : block(reader);
  return { kind: 'conditional', at, condition, whenTrue, otherwise };
};

const block = (reader: ExprReader): ExprNode => {
  reader.expect('{');
  const body = reader.sequence();
  reader.expect('}');
  return body;
};

const conditional = (reader: ExprReader, condition: ExprNode): ExprNode => {
  let node = condition;
  while (reader.is('?', '?:')) {
    const { at, text } = reader.advance();
    const whenTrue = text === '?:' ? node : reader.expression();
    if (text === '?') reader.expect(':');
    node = { kind: 'conditional', at, condition: node, whenTrue, otherwise: reader.expression() };
  }
  return node;
};

const operators = (reader: ExprReader, first: ExprNode, minimum: number): ExprNode => {
  let left = first;
  let previous = '';
  for (;;) {
    const { token, next } = reader;
    if (token.kind !== 'operator' && token.kind !== 'name') return left;
    const isNegated = token.text === 'not' && next !== undefined && NEGATABLE.has(next.text);
    const spelled = isNegated ? next.text : token.text;
    const rule = binaryRule(spelled);
    if (!rule || rule.precedence < minimum) return left;
    reader.advance();
    if (isNegated) reader.advance();
    if (spelled === '|') {
      left = pipe(reader, left);
      continue;
    }
    if (previous === '??' && spelled !== '??')
      throw syntaxError(
        `operator (${spelled}) and coalesce expressions (??) cannot be mixed; wrap either in parentheses`,
        token.at,
      );
    previous = spelled;
    if (COMPARISONS.has(spelled)) {
      left = comparisons(reader, left, { precedence: rule.precedence, operator: token });
      continue;
    }
    const right = reader.expression(rule.right ? rule.precedence : rule.precedence + 1);
    left = { kind: 'binary', at: token.at, operator: rule.as ?? (spelled as BinaryOperator), left, right };
    if (isNegated) left = { kind: 'unary', at: token.at, operator: '!', operand: left };
  }
};

const pipe = (reader: ExprReader, argument: ExprNode): ExprNode => {
  const { text, at } = reader.expectName();
  return parsePostfix(reader, parseCall(reader, { name: text, at, given: [argument] }));
};

/** `a < b < c` is `a < b && b < c`. */
const comparisons = (
  reader: ExprReader,
  first: ExprNode,
  of: { readonly precedence: number; readonly operator: ExprToken },
): ExprNode => {
  let left = first;
  let token = of.operator;
  let all: ExprNode | undefined;
  for (;;) {
    const right = reader.expression(of.precedence + 1);
    const one: ExprNode = { kind: 'binary', at: token.at, operator: token.text as BinaryOperator, left, right };
    all = all ? { kind: 'binary', at: token.at, operator: '&&', left: all, right: one } : one;
    token = reader.token;
    if (token.kind !== 'operator' || !COMPARISONS.has(token.text)) return all;
    left = right;
    reader.advance();
  }
};
