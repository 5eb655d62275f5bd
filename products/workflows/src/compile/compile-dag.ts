/**
 * The tasks of a dag in the order in which they may run.
 */
import { fail, ok, type Result } from '@argosy/base';

import type { Task } from '../api/template-schema.ts';
import { dependenciesOf, type DependsFailure, type TaskDependencies } from '../nodes/dag-depends.ts';

/** A DAG in an order in which every task follows what it waits for. */
export interface CompiledDag {
  readonly tasks: readonly CompiledTask[];
  readonly byName: ReadonlyMap<string, CompiledTask>;
  /** Tasks nobody waits for, sorted. */
  readonly leaves: readonly string[];
}

/** A task with its dependencies read. */
export interface CompiledTask {
  readonly task: Task & { readonly name: string };
  readonly dependencies: TaskDependencies;
  /** Everything it waits for, directly or not. */
  readonly ancestors: ReadonlySet<string>;
}

/** Compiles tasks; the error names a task that is not defined, or a cycle. */
export const compileDag = (tasks: readonly Task[]): Result<CompiledDag, DependsFailure> => {
  const given = new Map(tasks.map((task) => [task.name ?? '', task]));
  const dependencies = new Map<string, TaskDependencies>();
  for (const task of tasks) {
    const read = dependenciesOf({ ...task, name: task.name ?? '' }, (name) => given.get(name)?.continueOn);
    if (!read.ok) return read;
    const unknown = read.value.dependsOn.find((name) => !given.has(name));
    if (unknown !== undefined)
      return fail({ reason: 'unknownTask', message: `task '${task.name ?? ''}' dependency '${unknown}' not defined` });
    dependencies.set(task.name ?? '', read.value);
  }
  const order = sortTasks(
    tasks.map((task) => task.name ?? ''),
    dependencies,
  );
  if (!order.ok) return order;
  const byName = new Map<string, CompiledTask>();
  for (const name of order.value) {
    const own = dependencies.get(name) ?? { dependsOn: [], logic: '' };
    const ancestors = new Set<string>(own.dependsOn);
    for (const parent of own.dependsOn)
      for (const ancestor of byName.get(parent)?.ancestors ?? []) ancestors.add(ancestor);
    byName.set(name, { task: { ...given.get(name), name }, dependencies: own, ancestors });
  }
  const waitedFor = new Set([...dependencies.values()].flatMap((one) => one.dependsOn));
  return ok({
    tasks: [...byName.values()],
    byName,
    leaves: [...byName.keys()].filter((name) => !waitedFor.has(name)).sort(),
  });
};

/** Kahn's algorithm; among tasks that are free at the same time the author's order decides. */
const sortTasks = (
  names: readonly string[],
  dependencies: ReadonlyMap<string, TaskDependencies>,
): Result<readonly string[], DependsFailure> => {
  const waiting = new Map(names.map((name) => [name, dependencies.get(name)?.dependsOn.length ?? 0]));
  const dependents = new Map<string, string[]>();
  for (const [name, one] of dependencies)
    for (const parent of one.dependsOn) {
      const list = dependents.get(parent);
      if (list) list.push(name);
      else dependents.set(parent, [name]);
    }
  const order = names.filter((name) => waiting.get(name) === 0);
  for (let at = 0; at < order.length; at += 1) {
    for (const dependent of dependents.get(order[at] ?? '') ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      if (left === 0) order.push(dependent);
    }
  }
  if (order.length === waiting.size) return ok(order);
  const cycle = names.filter((name) => (waiting.get(name) ?? 0) > 0);
  return fail({ reason: 'evaluate', message: `cycle detected among tasks ${cycle.join(', ')}` });
};
