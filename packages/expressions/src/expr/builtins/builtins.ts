/**
 * The built-in functions.
 * @upstream expr-lang/expr builtin/builtin.go and builtin/lib.go
 */
import { ExprError, valueError } from '../expr-error.ts';
import type { ExprNode } from '../syntax/ast.ts';
import type { ExprRun } from '../run/evaluate.ts';
import type { ExprValue } from '../run/values.ts';
import { COLLECTION_BUILTINS } from './collection-builtins.ts';
import { SCALAR_BUILTINS } from './scalar-builtins.ts';

/** A closure argument, ready to be called. */
export type Closure = (element: ExprValue, index: number, accumulator?: ExprValue) => ExprValue;

/** Arguments as a built-in sees them. */
export interface BuiltinCall {
  readonly args: readonly ExprValue[];
  readonly closure: Closure | undefined;
  readonly run: ExprRun;
  readonly at: number;
}

/** A built-in function. */
export type Builtin = (call: BuiltinCall) => ExprValue;

/** Calls a built-in; throws ExprError. */
export const callBuiltin = (
  node: Extract<ExprNode, { kind: 'builtin' }>,
  resolve: (child: ExprNode) => ExprValue | Closure,
  run: ExprRun,
): ExprValue => {
  const table = Object.hasOwn(COLLECTION_BUILTINS, node.name) ? COLLECTION_BUILTINS : SCALAR_BUILTINS;
  const builtin = table[node.name];
  if (!builtin) throw new ExprError('compile', 'unknownName', `unknown name ${node.name}`, node.at);
  const closureNode = node.args.find((argument) => argument.kind === 'closure');
  const args = node.args
    .filter((argument) => argument.kind !== 'closure')
    .map((argument) => resolve(argument) as ExprValue);
  const closure = closureNode ? (resolve(closureNode) as Closure) : undefined;
  try {
    return builtin({ args, closure, run, at: node.at });
  } catch (thrown) {
    if (thrown instanceof RangeError || thrown instanceof TypeError || thrown instanceof SyntaxError)
      throw valueError(thrown.message, node.at);
    throw thrown;
  }
};
