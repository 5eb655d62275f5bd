/**
 * What built-in functions take and give, as far as it is known before they run.
 * @upstream expr-lang/expr builtin/builtin.go, checker/checker.go
 */
import type { ExprNode } from '../syntax/ast.ts';
import { FIRST_ARGUMENT, FURTHER_ARGUMENTS, PREDICATES, RESULTS } from './builtin-signatures.ts';
import { fits, typeError, type Inside, type Scope, type Static } from './static-kinds.ts';

type BuiltinNode = Extract<ExprNode, { kind: 'builtin' }>;

/** Checks the arguments of a built-in function and tells the kind of its result. Throws ExprError of stage compile. */
export const inferBuiltin = (node: BuiltinNode, inside: Inside, scope: Scope): Static => {
  const [first] = node.args;
  const firstKind = first && inside(first);
  checkFirst(node, firstKind);
  if (node.name === 'get') checkKey(firstKind, node.args[1] && inside(node.args[1]), node.at);
  node.args.slice(1).forEach((argument, at) => {
    if (argument.kind === 'closure')
      return checkClosure(node, argument, (body) => inside(body, closureScope(node, scope)));
    const kind = inside(argument);
    const wanted = Object.hasOwn(FURTHER_ARGUMENTS, node.name) ? FURTHER_ARGUMENTS[node.name]?.[at] : undefined;
    if (wanted !== undefined && !fits(kind, wanted))
      throw typeError(`cannot use ${kind} as argument (type ${wanted}) to call ${node.name}`, argument.at);
  });
  return (Object.hasOwn(RESULTS, node.name) ? RESULTS[node.name] : undefined) ?? 'any';
};

const checkFirst = (node: BuiltinNode, kind: Static | undefined): void => {
  const allowed = Object.hasOwn(FIRST_ARGUMENT, node.name) ? FIRST_ARGUMENT[node.name] : undefined;
  if (!allowed) return;
  if (kind === undefined) throw typeError(`not enough arguments to call ${node.name}`, node.at);
  if (fits(kind, ...allowed)) return;
  throw typeError(
    node.name === 'get' ? `type ${kind} does not support indexing` : `invalid argument for ${node.name} (type ${kind})`,
    node.at,
  );
};

/** What some closures see besides the element. */
const MORE_POINTERS: Readonly<Record<string, readonly (readonly [string, Static])[]>> = {
  map: [['#index', 'int']],
  reduce: [
    ['#index', 'int'],
    ['#acc', 'any'],
  ],
};

const checkKey = (object: Static | undefined, key: Static | undefined, at: number): void => {
  if (key === undefined) throw typeError('not enough arguments to call get', at);
  if (object === 'array' && !fits(key, 'int')) throw typeError(`non-integer slice index ${key}`, at);
  if (object === 'map' && !fits(key, 'string')) throw typeError(`cannot use ${key} to get an element from map`, at);
};

/** A closure sees one element; that of a range is known to be an integer. */
const closureScope = (node: BuiltinNode, scope: Scope): Scope => {
  const [list] = node.args;
  const element: Static = list?.kind === 'binary' && list.operator === '..' ? 'int' : 'any';
  const outer = [...scope].filter(([name]) => !name.startsWith('#'));
  const more = (Object.hasOwn(MORE_POINTERS, node.name) ? MORE_POINTERS[node.name] : undefined) ?? [];
  return new Map<string, Static>([...outer, ['#', element], ...more]);
};

const checkClosure = (node: BuiltinNode, closure: ExprNode, infer: (body: ExprNode) => Static): void => {
  const kind = infer(closure);
  if (kind === 'nil') throw typeError('predicate should has one input and one output param', closure.at);
  if (PREDICATES.has(node.name) && !fits(kind, 'bool'))
    throw typeError(`predicate should return boolean (got ${kind})`, closure.at);
};
