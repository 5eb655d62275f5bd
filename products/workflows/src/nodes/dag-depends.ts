/**
 * `dependencies` and `depends` of a task as one boolean expression over the results of other tasks.
 * @upstream argo-workflows workflow/common/ancestry.go#GetTaskDependencies; workflow/controller/dag.go#evaluateDependsLogic
 * @spec WF-DAG-01 … WF-DAG-04
 */
import { fail, ok, type Result } from '@argosy/base';
import { evaluateCondition, parseExpression, type ExprMap } from '@argosy/expressions';

import type { NodePhase } from '../api/kinds.ts';
import type { ContinueOn } from '../api/template-schema.ts';
import { isFulfilled } from './node-phase.ts';

/** The part of a task its dependencies are made of. */
export interface DependingTask {
  readonly name: string;
  readonly depends?: string;
  readonly dependencies?: readonly string[];
  readonly continueOn?: ContinueOn;
}

/** What a task waits for. */
export interface TaskDependencies {
  /** Names, in order of first mention, each once. */
  readonly dependsOn: readonly string[];
  /** The expression with every bare name spelled out; empty when there is nothing to wait for. */
  readonly logic: string;
}

/** Why dependencies are refused. */
export interface DependsFailure {
  readonly reason: 'invalidResult' | 'unknownTask' | 'evaluate';
  readonly message: string;
}

/** What is known about a task: its node, and for loops the phases of the items. */
export interface TaskState {
  readonly phase: NodePhase;
  readonly daemoned?: boolean;
  readonly children?: readonly NodePhase[];
}

const RESULTS = new Set([
  'Succeeded',
  'Failed',
  'Errored',
  'Skipped',
  'Omitted',
  'Daemoned',
  'AnySucceeded',
  'AllFailed',
]);
const REFERENCE = /([a-zA-Z0-9][-a-zA-Z0-9_]*)(?:\.([A-Z][A-Za-z]+))?/g;

/** Reads the dependencies of a task. `continueOnOf` tells how a named task tolerates failure. */
export const dependenciesOf = (
  task: DependingTask,
  continueOnOf: (name: string) => ContinueOn | undefined,
): Result<TaskDependencies, DependsFailure> => {
  if (task.depends === undefined || task.depends === '') {
    const names = [...new Set(task.dependencies ?? [])];
    return ok({
      dependsOn: names,
      logic: (task.dependencies ?? []).map((name) => expandName(name, continueOnOf(name))).join(' && '),
    });
  }
  const names = new Set<string>();
  let wrong: string | undefined;
  const logic = task.depends.replace(REFERENCE, (text, name: string, result: string | undefined) => {
    names.add(name);
    if (result === undefined) return expandName(name, continueOnOf(name));
    if (!RESULTS.has(result)) wrong ??= result;
    return text;
  });
  if (wrong !== undefined)
    return fail({ reason: 'invalidResult', message: `task result '${wrong}' for task '${task.name}' is invalid` });
  return ok({ dependsOn: [...names], logic });
};

const expandName = (name: string, continueOn: ContinueOn | undefined): string => {
  const results = [
    'Succeeded',
    'Skipped',
    'Daemoned',
    ...(continueOn?.error ? ['Errored'] : []),
    ...(continueOn?.failed ? ['Failed'] : []),
  ];
  return `(${results.map((result) => `${name}.${result}`).join(' || ')})`;
};

/** Whether the logic can be read at all; for validation. */
export const checkDependsLogic = (logic: string): Result<void, DependsFailure> => {
  if (logic === '') return ok(undefined);
  const parsed = parseExpression(toExpression(logic, new Map()));
  return parsed.ok ? ok(undefined) : fail({ reason: 'evaluate', message: parsed.error.message });
};

/**
 * Whether a task may be considered (`proceed`: everything it names has ended) and, if so, whether it runs. A task in
 * its dependencies that has no state has not started.
 */
export const evaluateDepends = (
  dependencies: TaskDependencies,
  stateOf: (name: string) => TaskState | undefined,
): Result<{ readonly execute: boolean; readonly proceed: boolean }, DependsFailure> => {
  const states = dependencies.dependsOn.map((name) => ({ name, state: stateOf(name) }));
  if (!states.every(({ state }) => isFulfilled(state))) return ok({ execute: false, proceed: false });
  if (dependencies.logic === '') return ok({ execute: true, proceed: true });
  const env: Record<string, ExprMap> = {};
  const identifiers = new Map<string, string>();
  for (const { name, state } of states) {
    if (!state) continue;
    identifiers.set(name, `t${identifiers.size}`);
    env[identifiers.get(name) ?? ''] = resultsOf(state);
  }
  const evaluated = evaluateCondition(toExpression(dependencies.logic, identifiers), env);
  if (evaluated.ok) return ok({ execute: evaluated.value, proceed: true });
  return fail({
    reason: 'evaluate',
    message: `unable to evaluate expression '${dependencies.logic}': ${evaluated.error.message}`,
  });
};

const toExpression = (logic: string, identifiers: ReadonlyMap<string, string>): string =>
  logic.replace(
    REFERENCE,
    (_, name: string, result: string | undefined) =>
      `${identifiers.get(name) ?? `x_${name.replaceAll('-', '_')}`}${result === undefined ? '' : `.${result}`}`,
  );

const resultsOf = (state: TaskState): ExprMap => ({
  Succeeded: state.phase === 'Succeeded',
  Failed: state.phase === 'Failed',
  Errored: state.phase === 'Error',
  Skipped: state.phase === 'Skipped',
  Omitted: state.phase === 'Omitted',
  Daemoned: state.daemoned === true && state.phase !== 'Pending',
  AnySucceeded: state.children?.some((phase) => phase === 'Succeeded') ?? false,
  AllFailed:
    state.children !== undefined && state.children.length > 0 && state.children.every((phase) => phase === 'Failed'),
});
