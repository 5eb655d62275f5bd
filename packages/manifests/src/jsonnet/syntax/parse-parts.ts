/**
 * Parts of expressions: parameters, arguments, binds, clauses of comprehensions.
 */
import type { Arguments, Assertion, Bind, Clause, FunctionNode, Node, Parameter } from './ast.ts';
import type { Cursor } from './cursor.ts';

/** `(a, b=1)` after `function` or a name. */
const parseParameters = (cursor: Cursor): readonly Parameter[] => {
  cursor.expect('(');
  const parameters: Parameter[] = [];
  while (!cursor.isAt(')')) {
    const name = cursor.expectName();
    if (parameters.some((known) => known.name === name.text))
      throw cursor.refuse(`two parameters are named ${name.text}`, name);
    const fallback = cursor.accept('=') ? cursor.expression() : undefined;
    parameters.push({ name: name.text, fallback });
    if (!cursor.accept(',')) break;
  }
  cursor.expect(')');
  return parameters;
};

/** `(1, b=2)`, the parenthesis open. */
export const parseArguments = (cursor: Cursor): Arguments => {
  const positional: Node[] = [];
  const named: { name: string; value: Node }[] = [];
  while (!cursor.isAt(')')) {
    const first = cursor.peek();
    if (first.kind === 'identifier' && cursor.isAt('=', 1)) {
      cursor.next();
      cursor.next();
      named.push({ name: first.text, value: cursor.expression() });
    } else {
      const value = cursor.expression();
      if (named.length > 0)
        throw cursor.refuse('an argument without a name stands after one with; write it first', {
          from: value.place.from,
          to: value.place.to,
        });
      positional.push(value);
    }
    if (!cursor.accept(',')) break;
  }
  cursor.expect(')');
  return { positional, named };
};

/** A function whose parameters come next; `finish` takes what stands between them and the body. */
export const parseFunction = (
  cursor: Cursor,
  of: { readonly name: string; readonly from: number; finish(): void },
): FunctionNode => {
  const parameters = parseParameters(cursor);
  of.finish();
  const body = cursor.expression();
  return { kind: 'function', name: of.name, parameters, body, place: cursor.since(of.from) };
};

/** `x = e` or `f(x) = e`; `known` are the names that are taken in this group. */
export const parseBind = (cursor: Cursor, known: readonly Bind[]): Bind => {
  const name = cursor.expectName();
  if (known.some((bind) => bind.name === name.text))
    throw cursor.refuse(`${name.text} is bound twice in one local`, name);
  if (cursor.isAt('('))
    return {
      name: name.text,
      value: parseFunction(cursor, {
        name: name.text,
        from: name.from,
        finish: () => void cursor.expect('='),
      }),
    };
  cursor.expect('=');
  const value = cursor.expression();
  return { name: name.text, value: value.kind === 'function' ? { ...value, name: name.text } : value };
};

/** `c` or `c : m`, the word `assert` taken. */
export const parseAssertion = (cursor: Cursor, from: number): Assertion => {
  const condition = cursor.expression();
  const message = cursor.accept(':') ? cursor.expression() : undefined;
  return { condition, message, place: cursor.since(from) };
};

/** `for x in e`, then any number of `for` and `if`. */
export const parseClauses = (cursor: Cursor): readonly Clause[] => {
  const clauses: Clause[] = [];
  cursor.peek();
  if (!cursor.isAt('for')) throw cursor.refuse('a comprehension begins with for');
  for (;;) {
    if (cursor.accept('for')) {
      const name = cursor.expectName().text;
      cursor.expect('in');
      clauses.push({ kind: 'for', name, items: cursor.expression() });
    } else if (cursor.accept('if')) clauses.push({ kind: 'if', condition: cursor.expression() });
    else return clauses;
  }
};
