/**
 * The door of this folder: expressions of expr-lang, compiled and evaluated without ever throwing for bad input.
 * @spec https://expr-lang.org/docs/language-definition
 */
import { fail, ok, type Result } from '@argosy/base';

import type { ExprNode } from './syntax/ast.ts';
import { checkExpr } from './check/check.ts';
import { evaluateNode, type ExprLimits } from './run/evaluate.ts';
import { describeExprError, ExprError } from './expr-error.ts';
import { parseExpr } from './syntax/parse.ts';
import type { ExprMap, ExprValue } from './run/values.ts';

/** Why an expression was refused. */
export interface ExprFailure {
  readonly stage: 'compile' | 'run';
  readonly reason: ExprError['reason'];
  /** With the position, e.g. `unknown name x (1:4)`. */
  readonly message: string;
}

/** A parsed expression; may be evaluated many times. */
export interface ParsedExpr {
  readonly source: string;
  readonly root: ExprNode;
}

/** Parses only: no environment is needed. */
export const parseExpression = (source: string, overridden?: ReadonlySet<string>): Result<ParsedExpr, ExprFailure> =>
  attempt(source, () => ({ source, root: parseExpr(source, overridden) }));

/**
 * Evaluates with an environment. Names not in it do not compile; members of its maps are looked up at run time and are
 * nil when absent. Numbers given as `number` are floats, as `bigint` integers. Functions of the environment win over
 * built-ins of the same name. Pure but for `limits.now`.
 */
export const evaluateExpression = (
  source: string | ParsedExpr,
  env: ExprMap,
  limits: ExprLimits = {},
): Result<ExprValue, ExprFailure> => {
  const text = typeof source === 'string' ? source : source.source;
  return attempt(text, () => {
    const root = typeof source === 'string' ? parseExpr(source, functionNames(env)) : source.root;
    checkExpr(root, env);
    return evaluateNode(root, env, limits) ?? null;
  });
};

/** Evaluates an expression that must give true or false. */
export const evaluateCondition = (
  source: string,
  env: ExprMap,
  limits: ExprLimits = {},
): Result<boolean, ExprFailure> => {
  const result = evaluateExpression(source, env, limits);
  if (!result.ok) return result;
  if (typeof result.value === 'boolean') return ok(result.value);
  return fail({ stage: 'compile', reason: 'type', message: `expression must give a bool: ${source}` });
};

const functionNames = (env: ExprMap): ReadonlySet<string> =>
  new Set(Object.keys(env).filter((name) => typeof env[name] === 'function'));

const attempt = <T>(source: string, body: () => T): Result<T, ExprFailure> => {
  try {
    return ok(body());
  } catch (thrown) {
    if (thrown instanceof ExprError)
      return fail({ stage: thrown.stage, reason: thrown.reason, message: describeExprError(source, thrown) });
    if (thrown instanceof RangeError)
      return fail({ stage: 'run', reason: 'budget', message: `expression is too large: ${thrown.message}` });
    throw thrown;
  }
};
