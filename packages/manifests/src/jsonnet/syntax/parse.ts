/**
 * Tokens to a tree. @spec https://jsonnet.org/ref/spec.html#associativity_and_operator_precedence
 */
import { BINARY_OPERATORS, type BinaryOperator, type ImportKind, type Node, type UnaryOperator } from './ast.ts';
import { Cursor, describeToken } from './cursor.ts';
import { lexJsonnet, type Token } from './lex.ts';
import { parseArguments, parseAssertion, parseBind, parseClauses, parseFunction } from './parse-parts.ts';
import { parseObject } from './parse-object.ts';

/** Parses a program. Throws JsonnetProblem `JsonnetSyntax`. */
export const parseJsonnet = (text: string, file: string): Node => {
  const cursor = new Cursor(lexJsonnet(text, file), file, (at) => parseBinary(at, LOOSEST));
  const root = cursor.expression();
  const rest = cursor.peek();
  if (rest.kind !== 'end') throw cursor.refuse(`expected the end of the file, and found ${describeToken(rest)}`);
  return root;
};

/** How tightly operators bind; smaller is tighter. */
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '*': 1,
  '/': 1,
  '%': 1,
  '+': 2,
  '-': 2,
  '<<': 3,
  '>>': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  in: 4,
  '==': 5,
  '!=': 5,
  '&': 6,
  '^': 7,
  '|': 8,
  '&&': 9,
  '||': 10,
};
const LOOSEST = 10;

const parseBinary = (cursor: Cursor, loosest: number): Node => {
  let left = parseUnary(cursor);
  for (;;) {
    const operator = BINARY_OPERATORS.find((known) => cursor.isAt(known));
    if (operator === undefined || PRECEDENCE[operator] > loosest) return left;
    cursor.next();
    if (operator === 'in' && cursor.isAt('super') && !cursor.isAt('.', 1) && !cursor.isAt('[', 1)) {
      cursor.next();
      left = { kind: 'inSuper', index: left, place: cursor.since(left.place.from) };
      continue;
    }
    const right = cursor.deeper(() => parseBinary(cursor, PRECEDENCE[operator] - 1));
    left = { kind: 'binary', operator, left, right, place: cursor.since(left.place.from) };
  }
};

const UNARY: readonly UnaryOperator[] = ['-', '+', '!', '~'];

const parseUnary = (cursor: Cursor): Node => {
  const operator = UNARY.find((known) => cursor.isAt(known));
  if (operator === undefined) return parseGreedy(cursor) ?? parsePostfix(cursor, parseTerminal(cursor));
  const { from } = cursor.next();
  const operand = cursor.deeper(() => parseUnary(cursor));
  return { kind: 'unary', operator, operand, place: cursor.since(from) };
};

/** Expressions that take all that follows. */
const parseGreedy = (cursor: Cursor): Node | undefined => {
  const first = cursor.peek();
  const { from } = first;
  if (first.kind !== 'keyword') return undefined;
  switch (first.text) {
    case 'local':
      return parseLocal(cursor);
    case 'if':
      return parseIf(cursor);
    case 'function':
      cursor.next();
      return parseFunction(cursor, { name: 'anonymous', from, finish: () => undefined });
    case 'assert': {
      cursor.next();
      const assertion = parseAssertion(cursor, from);
      cursor.expect(';');
      return { kind: 'assert', assertion, body: cursor.expression(), place: cursor.since(from) };
    }
    case 'error':
      cursor.next();
      return { kind: 'error', message: cursor.expression(), place: cursor.since(from) };
    case 'import':
    case 'importstr':
    case 'importbin':
      cursor.next();
      return parseImport(cursor, first.text, from);
    default:
      return undefined;
  }
};

const parseLocal = (cursor: Cursor): Node => {
  const { from } = cursor.next();
  const binds = [parseBind(cursor, [])];
  while (cursor.accept(',')) binds.push(parseBind(cursor, binds));
  cursor.expect(';');
  return { kind: 'local', binds, body: cursor.expression(), place: cursor.since(from) };
};

const parseIf = (cursor: Cursor): Node => {
  const { from } = cursor.next();
  const condition = cursor.expression();
  cursor.expect('then');
  const yes = cursor.expression();
  const no = cursor.accept('else') ? cursor.expression() : undefined;
  return { kind: 'if', condition, yes, no, place: cursor.since(from) };
};

const parseImport = (cursor: Cursor, how: ImportKind, from: number): Node => {
  const first = cursor.peek();
  const path = cursor.expression();
  if (path.kind !== 'literal' || typeof path.value !== 'string')
    throw cursor.refuse(`${how} takes a text as it stands: its path cannot be computed`, path.place);
  if (first.isBlock === true) throw cursor.refuse(`${how} takes a quoted text, not a ||| one`, first);
  return { kind: 'import', how, path: path.value, place: cursor.since(from) };
};

const parseTerminal = (cursor: Cursor): Node => {
  const token = cursor.next();
  const place = cursor.since(token.from);
  if (token.kind === 'number') return { kind: 'literal', value: Number(token.text), place };
  if (token.kind === 'string') return { kind: 'literal', value: token.text, place };
  if (token.kind === 'identifier') return { kind: 'variable', name: token.text, place };
  switch (token.kind === 'end' ? '' : token.text) {
    case 'null':
      return { kind: 'literal', value: null, place };
    case 'true':
    case 'false':
      return { kind: 'literal', value: token.text === 'true', place };
    case 'self':
      return { kind: 'self', place };
    case '$':
      return { kind: 'dollar', place };
    case 'super':
      return parseSuper(cursor, token);
    case '(': {
      const inner = cursor.expression();
      cursor.expect(')');
      return inner;
    }
    case '[':
      return parseArray(cursor, token.from);
    case '{':
      return parseObject(cursor, token.from);
    default:
      throw cursor.refuse(`expected an expression, and found ${describeToken(token)}`, token);
  }
};

const parseSuper = (cursor: Cursor, token: Token): Node => {
  if (cursor.accept('.')) {
    const name = cursor.expectName();
    const index: Node = { kind: 'literal', value: name.text, place: cursor.since(name.from) };
    return { kind: 'super', index, place: cursor.since(token.from) };
  }
  if (!cursor.accept('[')) throw cursor.refuse('super stands before .name or [expression]', token);
  const index = cursor.expression();
  cursor.expect(']');
  return { kind: 'super', index, place: cursor.since(token.from) };
};

const parseArray = (cursor: Cursor, from: number): Node => {
  const items: Node[] = [];
  while (!cursor.isAt(']')) {
    const item = cursor.expression();
    items.push(item);
    const isMore = cursor.accept(',');
    if (items.length === 1 && cursor.isAt('for')) {
      const clauses = parseClauses(cursor);
      cursor.expect(']');
      return { kind: 'arrayFor', item, clauses, place: cursor.since(from) };
    }
    if (!isMore) break;
  }
  cursor.expect(']');
  return { kind: 'array', items, place: cursor.since(from) };
};

const parsePostfix = (cursor: Cursor, terminal: Node): Node => {
  let target = terminal;
  for (;;) {
    const { from } = target.place;
    if (cursor.accept('.')) {
      const name = cursor.expectName();
      const index: Node = { kind: 'literal', value: name.text, place: cursor.since(name.from) };
      target = { kind: 'index', target, index, place: cursor.since(from) };
    } else if (cursor.accept('[')) target = parseBrackets(cursor, target);
    else if (cursor.accept('(')) {
      const args = parseArguments(cursor);
      const isStrict = cursor.accept('tailstrict');
      target = { kind: 'apply', target, args, isStrict, place: cursor.since(from) };
    } else if (cursor.isAt('{')) {
      const right = parseObject(cursor, cursor.next().from);
      target = { kind: 'binary', operator: '+', left: target, right, place: cursor.since(from) };
    } else return target;
  }
};

/** `[e]`, or `[from:to:step]` with any of them left out. */
const parseBrackets = (cursor: Cursor, target: Node): Node => {
  const parts: (Node | undefined)[] = [];
  let colons = 0;
  let current: Node | undefined;
  while (!cursor.isAt(']')) {
    const { text } = cursor.peek();
    if (cursor.isAt(':') || cursor.isAt('::')) {
      cursor.next();
      parts.push(current);
      current = undefined;
      if (text === '::') parts.push(undefined);
      colons += text.length;
    } else if (current === undefined) current = cursor.expression();
    else break;
  }
  parts.push(current);
  const closing = cursor.expect(']');
  if (colons > 2) throw cursor.refuse('a slice has at most two colons: [from:to:step]', closing);
  const place = cursor.since(target.place.from);
  if (colons > 0) return { kind: 'slice', target, parts, place };
  if (current === undefined) throw cursor.refuse('[] needs an index', closing);
  return { kind: 'index', target, index: current, place };
};
