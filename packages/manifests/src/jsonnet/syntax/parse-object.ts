/**
 * Bodies of objects: fields, methods, locals, asserts, comprehensions.
 */
import type { Assertion, Bind, FieldNode, Node, Visibility } from './ast.ts';
import { describeToken, type Cursor } from './cursor.ts';
import { parseAssertion, parseBind, parseClauses, parseFunction } from './parse-parts.ts';

const SIGNS: Readonly<Record<string, { readonly visibility: Visibility; readonly isAdding: boolean }>> = {
  ':': { visibility: 'inherit', isAdding: false },
  '::': { visibility: 'hidden', isAdding: false },
  ':::': { visibility: 'forced', isAdding: false },
  '+:': { visibility: 'inherit', isAdding: true },
  '+::': { visibility: 'hidden', isAdding: true },
  '+:::': { visibility: 'forced', isAdding: true },
};

interface Body {
  readonly locals: Bind[];
  readonly asserts: Assertion[];
  readonly fields: (FieldNode & { readonly isComputed: boolean })[];
}

/** An object, its brace open; `from` is where that stands. */
export const parseObject = (cursor: Cursor, from: number): Node => {
  const body: Body = { locals: [], asserts: [], fields: [] };
  for (;;) {
    if (cursor.accept('}')) return { kind: 'object', ...body, place: cursor.since(from) };
    if (cursor.isAt('for')) return parseComprehension(cursor, body, from);
    parseMember(cursor, body);
    if (!cursor.accept(',') && !cursor.isAt('}') && !cursor.isAt('for'))
      throw cursor.refuse(`expected a comma or } after a field, and found ${describeToken(cursor.peek())}`);
  }
};

const parseMember = (cursor: Cursor, body: Body): void => {
  const { from } = cursor.peek();
  if (cursor.accept('local')) body.locals.push(parseBind(cursor, body.locals));
  else if (cursor.accept('assert')) body.asserts.push(parseAssertion(cursor, from));
  else {
    const field = parseField(cursor);
    const name = nameOf(field);
    if (name !== undefined && body.fields.some((known) => nameOf(known) === name))
      throw cursor.refuse(`two fields are named ${name}`, { from, to: from + 1 });
    body.fields.push(field);
  }
};

/** Only names that stand as they are: computed ones are judged when they are known. */
const nameOf = (field: FieldNode & { readonly isComputed: boolean }): string | undefined =>
  !field.isComputed && field.name.kind === 'literal' ? String(field.name.value) : undefined;

const parseField = (cursor: Cursor): FieldNode & { readonly isComputed: boolean } => {
  const first = cursor.peek();
  const isComputed = cursor.isAt('[');
  const name = parseFieldName(cursor);
  const shown = first.kind === 'identifier' || first.kind === 'string' ? first.text : 'anonymous';
  if (cursor.isAt('(')) {
    let sign = SIGNS[':'];
    const value = parseFunction(cursor, { name: shown, from: first.from, finish: () => (sign = parseSign(cursor)) });
    const { visibility = 'inherit', isAdding = false } = sign ?? {};
    if (isAdding) throw cursor.refuse('a method cannot be added to; write : instead of +:', first);
    return { name, visibility, isAdding, value, place: cursor.since(first.from), isComputed };
  }
  const sign = parseSign(cursor);
  const value = cursor.expression();
  return { name, ...sign, value, place: cursor.since(first.from), isComputed };
};

const parseFieldName = (cursor: Cursor): Node => {
  const token = cursor.next();
  if (token.kind === 'identifier' || token.kind === 'string')
    return { kind: 'literal', value: token.text, place: cursor.since(token.from) };
  if (token.kind !== 'symbol' || token.text !== '[')
    throw cursor.refuse(`expected a field, and found ${describeToken(token)}`, token);
  const name = cursor.expression();
  cursor.expect(']');
  return name;
};

const parseSign = (cursor: Cursor): { readonly visibility: Visibility; readonly isAdding: boolean } => {
  const token = cursor.next();
  const sign = token.kind === 'operator' && Object.hasOwn(SIGNS, token.text) ? SIGNS[token.text] : undefined;
  if (!sign)
    throw cursor.refuse(`expected one of ${Object.keys(SIGNS).join(' ')}, and found ${describeToken(token)}`, token);
  return sign;
};

const parseComprehension = (cursor: Cursor, body: Body, from: number): Node => {
  const { fields, locals, asserts } = body;
  const [field] = fields;
  if (!field || fields.length > 1 || !field.isComputed)
    throw cursor.refuse('an object comprehension has one field, with a computed name: { [key]: value for … }');
  if (asserts.length > 0) throw cursor.refuse('an object comprehension takes no asserts');
  if (field.visibility !== 'inherit')
    throw cursor.refuse('fields of an object comprehension cannot be hidden or forced; write :', field.place);
  const clauses = parseClauses(cursor);
  cursor.expect('}');
  const { name: key, value, isAdding } = field;
  return { kind: 'objectFor', locals, key, value, isAdding, clauses, place: cursor.since(from) };
};
