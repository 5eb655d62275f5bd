/**
 * What operators stand between: literals, names, calls, lists, maps and closures, and the members taken of them.
 * @upstream expr-lang/expr parser/parser.go
 */
import { BUILTIN_NAMES, CLOSURE_BUILTINS } from '../builtins/builtin-names.ts';
import { syntaxError } from '../expr-error.ts';
import type { ExprNode } from './ast.ts';
import type { ExprReader } from './expr-reader.ts';
import { unaryRule } from './operators.ts';

const RESERVED = new Set(['in', 'not', 'and', 'or', 'matches', 'contains', 'startsWith', 'endsWith', 'else']);

/** Reads an operand. */
export const parsePrimary = (reader: ExprReader): ExprNode => {
  const { kind, text, at } = reader.token;
  const unary = kind === 'operator' || kind === 'name' ? unaryRule(text) : undefined;
  if (unary) {
    reader.advance();
    return { kind: 'unary', at, operator: unary.as, operand: reader.expression(unary.precedence) };
  }
  if (reader.accept('(')) {
    const inner = reader.sequence();
    reader.expect(')');
    return parsePostfix(reader, inner);
  }
  if (reader.isInClosure && reader.is('#', '.')) return parsePostfix(reader, pointer(reader));
  return parsePostfix(reader, secondary(reader));
};

/** Reads members, slices and calls of what was read. */
export const parsePostfix = (reader: ExprReader, first: ExprNode): ExprNode => {
  let node = first;
  let isChained = false;
  while (reader.is('.', '?.', '[')) {
    isChained ||= reader.is('?.');
    node = member(reader, node);
    if (reader.is('(')) node = { kind: 'call', at: node.at, callee: node, args: args(reader) };
  }
  return isChained ? { kind: 'chain', at: first.at, body: node } : node;
};

/** What is called, by name; `given` are arguments that were piped in. */
export interface CallHead {
  readonly name: string;
  readonly at: number;
  readonly given: readonly ExprNode[];
  /** Whether the built-in is meant even where the environment has a function of its name. */
  readonly isBuiltinForced?: boolean;
}

/** Reads the rest of a call. */
export const parseCall = (reader: ExprReader, { name, at, given, isBuiltinForced = false }: CallHead): ExprNode => {
  const isBuiltin = isBuiltinForced || (BUILTIN_NAMES.has(name) && !reader.overridden.has(name));
  if (!isBuiltin) {
    const named: ExprNode = { kind: 'name', at, name };
    const callee = reader.is('(') ? named : member(reader, named);
    return { kind: 'call', at, callee, args: [...given, ...args(reader)] };
  }
  reader.expect('(');
  const closureAt = Object.hasOwn(CLOSURE_BUILTINS, name) ? CLOSURE_BUILTINS[name] : undefined;
  const own = reader.itemsUntil(')', (index) =>
    given.length + index === closureAt ? closure(reader) : reader.expression(),
  );
  return { kind: 'builtin', at, name, args: [...given, ...own] };
};

const closure = (reader: ExprReader): ExprNode => {
  const { at } = reader.token;
  const body = reader.closureBody(() => {
    if (!reader.accept('{')) return reader.expression();
    const inner = reader.sequence();
    reader.expect('}');
    return inner;
  });
  return { kind: 'closure', at, body };
};

const args = (reader: ExprReader): readonly ExprNode[] => {
  reader.expect('(');
  return reader.itemsUntil(')', () => reader.expression());
};

/** `#`, `#index`, `#acc`, or nothing before a point. */
const pointer = (reader: ExprReader): ExprNode => {
  const { at } = reader.token;
  if (!reader.accept('#')) return { kind: 'pointer', at, name: '' };
  const { kind, text: name, at: nameAt } = reader.token;
  if (kind !== 'name' || (name !== 'index' && name !== 'acc') || nameAt !== at + 1)
    return { kind: 'pointer', at, name: '' };
  reader.advance();
  return { kind: 'pointer', at, name };
};

const secondary = (reader: ExprReader): ExprNode => {
  const { kind, text, at } = reader.token;
  if (kind === 'string') return literal(reader, text);
  if (kind === 'float') return literal(reader, Number(text));
  if (kind === 'int') return literal(reader, integerOf(text, at));
  if (kind === 'operator' && text === '[') return list(reader);
  if (kind === 'operator' && text === '{') return map(reader);
  if (kind === 'operator' && text === '::') {
    reader.advance();
    return named(reader, true);
  }
  if (kind === 'name') return named(reader, false);
  throw reader.unexpected();
};

const literal = (reader: ExprReader, value: string | number | bigint | boolean | null): ExprNode => {
  const { at } = reader.advance();
  return { kind: 'literal', at, value };
};

const integerOf = (text: string, at: number): bigint => {
  const value = BigInt(/^0\d/.test(text) ? text.replace(/^0+(?=\d)/, '') : text);
  if (value > 9223372036854775807n) throw syntaxError('integer literal is too large', at);
  return value;
};

const named = (reader: ExprReader, isBuiltinForced: boolean): ExprNode => {
  const { text: name, at } = reader.token;
  if (RESERVED.has(name)) throw reader.unexpected();
  if (name === 'true' || name === 'false') return literal(reader, name === 'true');
  if (name === 'nil') return literal(reader, null);
  reader.advance();
  return reader.is('(') ? parseCall(reader, { name, at, given: [], isBuiltinForced }) : { kind: 'name', at, name };
};

const list = (reader: ExprReader): ExprNode => {
  const { at } = reader.advance();
  return { kind: 'list', at, items: reader.itemsUntil(']', () => reader.expression()) };
};

const map = (reader: ExprReader): ExprNode => {
  const { at } = reader.advance();
  const pairs = reader.itemsUntil('}', () => {
    const key = mapKey(reader);
    reader.expect(':');
    return { key, value: reader.expression() };
  });
  return { kind: 'map', at, pairs };
};

const mapKey = (reader: ExprReader): ExprNode => {
  const { kind, text } = reader.token;
  if (kind === 'string' || kind === 'name' || kind === 'int' || kind === 'float') return literal(reader, text);
  if (!reader.accept('(')) throw reader.unexpected();
  const key = reader.expression();
  reader.expect(')');
  return key;
};

const member = (reader: ExprReader, object: ExprNode): ExprNode => {
  const { at } = reader.token;
  if (reader.accept('[')) return indexed(reader, object, { at, optional: false });
  const optional = reader.is('?.');
  if (!reader.accept('.') && !reader.accept('?.')) throw reader.unexpected();
  if (optional && reader.accept('[')) return indexed(reader, object, { at, optional });
  const { text, at: nameAt } = reader.expectName();
  return { kind: 'member', at, object, property: { kind: 'literal', at: nameAt, value: text }, optional };
};

const indexed = (
  reader: ExprReader,
  object: ExprNode,
  { at, optional }: { readonly at: number; readonly optional: boolean },
): ExprNode => {
  const from = reader.is(':') ? undefined : reader.expression();
  const isSlice = reader.accept(':');
  const to = !isSlice || reader.is(']') ? undefined : reader.expression();
  reader.expect(']');
  // What is no slice has an index: it was read above.
  return isSlice || !from
    ? { kind: 'slice', at, object, from, to }
    : { kind: 'member', at, object, property: from, optional };
};
