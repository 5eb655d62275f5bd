/**
 * The door of this folder: jq programs, compiled once and run many times, as gojq runs them. Pure: no input but the
 * value given, no environment, the clock as a port, work bounded by a budget.
 * @spec https://jqlang.github.io/jq/manual/, github.com/itchyny/gojq
 */
import { fail, ok, type Json, type Result } from '@argosy/base';

import type { JqNode } from './syntax/ast.ts';
import { checkNames } from './check.ts';
import { evaluatePaths } from './run/evaluate-paths.ts';
import { evaluateValues } from './run/evaluate-values.ts';
import { JqBudgetSpent } from './values/jq-budget.ts';
import { JqBreak, JqError, JqHalt, JqSyntaxError } from './jq-error.ts';
import { chargeParts, toJson, type Jq } from './values/jq-value.ts';
import { jqLibrary } from './builtins/library.ts';
import type { JqPorts, Machine, Scope } from './run/machine.ts';
import { NATIVES } from './builtins/natives.ts';
import { parseJq } from './syntax/parse.ts';

/** A compiled program. */
export interface JqProgram {
  readonly source: string;
  readonly root: JqNode;
  /** Names of the values it takes, with their `$`. */
  readonly variables: readonly string[];
}

/** Why a program was refused or stopped. `run`: its own error, or one of its operations. */
export interface JqFailure {
  readonly reason: 'parse' | 'run' | 'budget';
  readonly message: string;
  /** Offset in the source, for `parse`. */
  readonly at?: number;
  /** What the program gave to `error`, for `run`. */
  readonly value?: Json;
}

/** What a run gave: outputs up to its failure, if it failed. */
export interface JqRun {
  readonly outputs: readonly Json[];
  readonly failure: JqFailure | undefined;
}

/** Limits of one run; the defaults are far beyond what manifests need. */
export interface JqBudget {
  /** Filters run, items made. */
  readonly steps: number;
  readonly outputs: number;
  /** Characters of a text, items of a list. */
  readonly size: number;
}

/** How a program is run. */
export interface JqOptions {
  /** Values of the program's variables, in their order. */
  readonly values?: readonly Json[];
  readonly budget?: Partial<JqBudget>;
  readonly ports?: JqPorts;
}

const DEFAULT_BUDGET: JqBudget = { steps: 5_000_000, outputs: 100_000, size: 32 * 1024 * 1024 };

/** Compiles a program; names that mean nothing are refused here. `variables` are its free ones, with their `$`. */
export const compileJq = (source: string, variables: readonly string[] = []): Result<JqProgram, JqFailure> => {
  try {
    const root = parseJq(source);
    checkNames(root, {
      variables: new Set(['$ENV', '$__prog_args', ...variables]),
      functions: new Set([...Object.keys(NATIVES).filter((key) => !key.startsWith('_')), ...jqLibrary().keys()]),
      labels: new Set(),
    });
    return ok({ source, root, variables });
  } catch (thrown) {
    if (thrown instanceof JqSyntaxError) return fail({ reason: 'parse', message: thrown.message, at: thrown.at });
    if (thrown instanceof RangeError) return fail({ reason: 'parse', message: 'program is nested too deeply' });
    throw thrown;
  }
};

/** Runs a program on a value (JSON is jq's own form, hence the cast below). Never throws for what a program does. */
export const runJq = (program: JqProgram, input: Json, options: JqOptions = {}): JqRun => {
  const budget = { ...DEFAULT_BUDGET, ...options.budget };
  const machine = createMachine(budget, options.ports ?? {});
  const outputs: Json[] = [];
  try {
    for (const value of machine.values(program.root, scopeOf(program, options.values ?? []), input as Jq)) {
      if (outputs.length >= budget.outputs) throw new JqBudgetSpent(`exceeded the budget of ${budget.outputs} outputs`);
      chargeParts(value, machine);
      outputs.push(toJson(value));
    }
    return { outputs, failure: undefined };
  } catch (thrown) {
    return { outputs, failure: failureOf(thrown) };
  }
};

/** The first output; a failure before it, or no output at all, is refused. */
export const firstOfJq = (program: JqProgram, input: Json, options: JqOptions = {}): Result<Json, JqFailure> => {
  const { outputs, failure } = runJq(program, input, { ...options, budget: { ...options.budget, outputs: 1 } });
  const [first] = outputs;
  if (first !== undefined) return ok(first);
  return fail(failure ?? { reason: 'run', message: 'the program gave no output' });
};

const scopeOf = (program: JqProgram, values: readonly Json[]): Scope | undefined =>
  program.variables.reduce<Scope | undefined>(
    (outer, name, index) => ({ kind: 'variable', name, value: (values[index] ?? null) as Jq, outer }),
    undefined,
  );

const createMachine = (budget: JqBudget, ports: JqPorts): Machine => {
  let steps = 0;
  const machine: Machine = {
    ports,
    library: jqLibrary(),
    values: (node, scope, input) => evaluateValues(machine, node, scope, input),
    paths: (node, scope, at) => evaluatePaths(machine, node, scope, at),
    spend: (count) => {
      steps += count;
      if (steps > budget.steps) throw new JqBudgetSpent(`exceeded the budget of ${budget.steps} steps`);
    },
    reserve: (size) => {
      if (size > budget.size) throw new JqBudgetSpent(`exceeded the budget of ${budget.size} characters or items`);
    },
  };
  return machine;
};

const failureOf = (thrown: unknown): JqFailure => {
  if (thrown instanceof JqError) return { reason: 'run', message: thrown.message, value: toJson(thrown.value) };
  if (thrown instanceof JqHalt) return { reason: 'run', message: thrown.message };
  if (thrown instanceof JqBreak) return { reason: 'run', message: 'break outside of its label' };
  if (thrown instanceof JqBudgetSpent) return { reason: 'budget', message: thrown.message };
  if (thrown instanceof RangeError) return { reason: 'budget', message: 'the program needs more than can be held' };
  throw thrown;
};
