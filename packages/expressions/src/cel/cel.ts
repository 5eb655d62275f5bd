/**
 * The door of this folder: CEL expressions with the functions Kubernetes gives them, compiled once and run many
 * times. Pure: work is bounded by a cost, regular expressions take linear time.
 * @spec https://github.com/google/cel-spec, https://kubernetes.io/docs/reference/using-api/cel/
 */
import { fail, ok, type Result } from '@argosy/base';

import type { CelNode } from './syntax/ast.ts';
import { CelBudgetSpent, CelCompileError, CelError } from './cel-error.ts';
import type { CelType } from './values/cel-type.ts';
import type { CelValue } from './values/cel-value.ts';
import { checkCel } from './check/check.ts';
import { evaluateCel } from './run/evaluate.ts';
import { NAMESPACED } from './library/library.ts';
import { chargeParts } from './library/overloads.ts';
import { parseCel } from './syntax/parse.ts';

/** A compiled expression. */
export interface CelProgram {
  readonly source: string;
  readonly root: CelNode;
  /** The type its value has, `dyn` when only a run tells. */
  readonly type: CelType;
  /** Names of the variables it reads. */
  readonly used: ReadonlySet<string>;
  /** Types of its parts. */
  readonly types: ReadonlyMap<CelNode, CelType>;
}

/** Why an expression was refused or failed. */
export interface CelFailure {
  readonly reason: 'compile' | 'run' | 'budget';
  readonly message: string;
}

/** How an expression is run. */
export interface CelRunOptions {
  /** Most cost of one run, about a node each; the API server allows a million. */
  readonly cost?: number;
}

const DEFAULT_COST = 1_000_000;

/** Compiles an expression of variables of these types. */
export const compileCel = (
  source: string,
  variables: Readonly<Record<string, CelType>> = {},
): Result<CelProgram, CelFailure> => {
  try {
    const root = parseCel(source, NAMESPACED);
    const { type, issues, used, types } = checkCel(root, new Map(Object.entries(variables)));
    if (issues.length === 0) return ok({ source, root, type, used, types });
    const ordered = [...issues].sort((left, right) => left.at - right.at);
    return refuse(ordered.map(({ at, message }) => describe(source, at, message)).join('\n'));
  } catch (thrown) {
    if (thrown instanceof CelCompileError) return refuse(describe(source, thrown.at, thrown.message));
    if (thrown instanceof RangeError) return refuse('expression is nested too deeply');
    throw thrown;
  }
};

const refuse = (message: string): Result<CelProgram, CelFailure> => fail({ reason: 'compile', message });

/** A complaint with the line it is about, as cel-go prints it. */
const describe = (source: string, at: number, message: string): string => {
  const before = source.slice(0, at).split('\n');
  const column = [...(before.at(-1) ?? '')].length;
  const line = source.split('\n')[before.length - 1] ?? '';
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`;
};

/** What a run gave, and its cost. */
export interface CelRun {
  readonly result: Result<CelValue, CelFailure>;
  readonly cost: number;
}

/** Runs an expression. Never throws for what an expression does. */
export const runCel = (
  program: CelProgram,
  values: Readonly<Record<string, CelValue>> = {},
  options: CelRunOptions = {},
): Result<CelValue, CelFailure> => measureCel(program, values, options).result;

/** Runs an expression and tells the cost. */
export const measureCel = (
  program: CelProgram,
  values: Readonly<Record<string, CelValue>>,
  options: CelRunOptions = {},
): CelRun => {
  const limit = options.cost ?? DEFAULT_COST;
  let cost = 0;
  const spend = (more: number): void => {
    cost += more;
    if (cost > limit) throw new CelBudgetSpent();
  };
  try {
    const value = evaluateCel(program.root, new Map(Object.entries(values)), { spend });
    // Whoever reads the value reads all of it.
    chargeParts(value, { spend });
    return { result: ok(value), cost };
  } catch (thrown) {
    return { result: fail(failureOf(thrown)), cost };
  }
};

const failureOf = (thrown: unknown): CelFailure => {
  if (thrown instanceof CelError) return { reason: 'run', message: thrown.message };
  if (thrown instanceof CelBudgetSpent) return { reason: 'budget', message: thrown.message };
  if (thrown instanceof RangeError) return { reason: 'budget', message: 'expression is nested too deeply' };
  throw thrown;
};
