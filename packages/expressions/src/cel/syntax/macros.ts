/**
 * Macros: calls that are not functions, because they take expressions.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros; cel-go ext comprehensions, optionals
 */
import { CelCompileError } from '../cel-error.ts';
import type { CelNode, LoopMacro } from './ast.ts';

/** A call of a member. */
interface MemberCall {
  readonly name: string;
  readonly at: number;
  readonly target: CelNode;
  readonly args: readonly CelNode[];
}

const LOOPS: Readonly<Record<string, LoopMacro>> = {
  all: 'all',
  exists: 'exists',
  exists_one: 'existsOne',
  existsOne: 'existsOne',
  filter: 'filter',
  map: 'map',
  transformList: 'transformList',
  transformMap: 'transformMap',
  transformMapEntry: 'transformMapEntry',
  sortBy: 'sortBy',
};
/** Counts of arguments with one variable and with two; a filter adds one. */
const SHAPES: Readonly<Record<LoopMacro, readonly number[]>> = {
  all: [2, 3],
  exists: [2, 3],
  existsOne: [2, 3],
  filter: [2],
  map: [2, 3],
  transformList: [3, 4],
  transformMap: [3, 4],
  transformMapEntry: [3, 4],
  sortBy: [2],
};

/** What a macro of a receiver stands for; `undefined` when the call is a function's. */
export const expandMemberMacro = (call: MemberCall): CelNode | undefined => {
  const { name, at, target, args } = call;
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2) {
    const [variable, body] = args;
    if (!body) return undefined;
    return { kind: 'optionalMap', at, target, variable: variableOf(variable, at), body, isFlat: name === 'optFlatMap' };
  }
  const macro = Object.hasOwn(LOOPS, name) ? LOOPS[name] : undefined;
  if (!macro || !SHAPES[macro].includes(args.length)) return undefined;
  // Each of the two names goes with a number of variables.
  if (macro === 'existsOne' && (name === 'existsOne') !== (args.length === 3)) return undefined;
  // A member function of the same name has no variable first.
  if (args[0]?.kind !== 'identifier') throw new CelCompileError('argument must be a simple name', args[0]?.at ?? at);
  return { kind: 'loop', at, macro, target, ...partsOf(macro, args, at) };
};

const partsOf = (
  macro: LoopMacro,
  args: readonly CelNode[],
  at: number,
): { readonly variables: readonly string[]; readonly filter: CelNode | undefined; readonly body: CelNode } => {
  const isTransform = macro.startsWith('transform');
  const hasTwo = isTransform || (args.length === 3 && macro !== 'map');
  const count = hasTwo ? 2 : 1;
  const variables = args.slice(0, count).map((arg) => variableOf(arg, at));
  const body = args.at(-1) ?? { kind: 'literal', at, value: null };
  return { variables, filter: args.length > count + 1 ? args[count] : undefined, body };
};

const variableOf = (node: CelNode | undefined, at: number): string => {
  if (node?.kind === 'identifier') return node.name;
  throw new CelCompileError('argument must be a simple name', node?.at ?? at);
};

/** What a global macro stands for: `has(e.f)`. */
export const expandGlobalMacro = (name: string, at: number, args: readonly CelNode[]): CelNode | undefined => {
  if (name !== 'has' || args.length !== 1) return undefined;
  const [arg] = args;
  if (arg?.kind !== 'select') throw new CelCompileError('invalid argument to has() macro', arg?.at ?? at);
  return { kind: 'has', at, target: arg.target, field: arg.field };
};
