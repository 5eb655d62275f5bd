/**
 * What is known of the tasks of a dag while it is looked at: their nodes, their states, what they may read.
 */
import type { NodeStatus } from '../../api/kinds.ts';
import type { Template } from '../../api/template-schema.ts';
import type { CompiledTask } from '../../compile/compile-dag.ts';
import type { CompiledDag } from '../../compile/compile-dag.ts';
import type { TaskState } from '../../nodes/dag-depends.ts';
import type { DagView } from '../../nodes/dag-phase.ts';
import { isLoop } from '../templates/expand-loop.ts';
import type { PreparedCall, Run } from '../run.ts';
import { nodeNamed } from '../run-nodes.ts';
import { addLoopToScope, addNodeToScope, scopeOfInputs, type Scope } from '../variables/scope.ts';

/** A call of a dag template. */
export interface DagCall extends PreparedCall {
  readonly dag: NonNullable<Template['dag']>;
}

/** One look at a dag. */
export interface DagContext {
  readonly call: DagCall;
  readonly node: NodeStatus;
  readonly dag: CompiledDag;
  readonly targets: readonly string[];
  readonly wanted: ReadonlySet<string>;
  /** Scopes of tasks, built when first needed. */
  readonly scopes: Map<string, Scope>;
  /** Tasks that have hooks still running. */
  readonly hooksRunning: Set<string>;
}

/** The dag as its phase is judged. */
export const viewOf = (run: Run, context: DagContext): DagView => ({
  tasks: context.dag.tasks
    .filter(({ task }) => context.wanted.has(task.name))
    .map(({ task, dependencies }) => ({
      name: task.name,
      dependsOn: dependencies.dependsOn,
      continueOn: task.continueOn,
    })),
  stateOf: (name) => {
    const node = nodeNamed(run, taskNodeName(context, name));
    return node && context.hooksRunning.has(name) ? { phase: 'Running' } : node;
  },
  targets: context.targets,
  failFast: context.call.dag.failFast !== false,
  isShutdown: false,
});

/** Name of a task's node. */
export const taskNodeName = (context: DagContext, task: string): string => `${context.call.nodeName}.${task}`;

/** Adds what a task offers to a scope. */
export const addTaskToScope = (run: Run, context: DagContext, name: string, scope: Scope): void => {
  const task = context.dag.byName.get(name)?.task;
  const node = nodeNamed(run, taskNodeName(context, name));
  if (!task || !node) return;
  const resolved = run.graph.resolve(context.call.templateScope, task);
  const template = resolved.ok ? resolved.value.template : undefined;
  addNodeToScope(scope, `tasks.${name}`, node, template);
  if (isLoop(task)) addLoopToScope(scope, `tasks.${name}`, itemsOfGroup(run, node), template);
};

const itemsOfGroup = (run: Run, group: NodeStatus): readonly NodeStatus[] =>
  (run.nodes.get(group.id)?.children ?? []).flatMap((id) => {
    const child = run.nodes.get(id);
    return child?.name.startsWith(`${group.name}(`) && child.nodeFlag?.hooked !== true ? [child] : [];
  });

/** What a task may read: its ancestors. */
export const scopeOf = (run: Run, context: DagContext, task: CompiledTask): Scope => {
  const known = context.scopes.get(task.task.name);
  if (known) return known;
  const scope = scopeOfInputs(context.call.template.inputs);
  for (const ancestor of task.ancestors) addTaskToScope(run, context, ancestor, scope);
  context.scopes.set(task.task.name, scope);
  return scope;
};

/** A task as `depends` sees it. */
export const stateOfTask = (run: Run, context: DagContext, name: string): TaskState | undefined => {
  const node = nodeNamed(run, taskNodeName(context, name));
  if (!node) return undefined;
  if (context.hooksRunning.has(name)) return { phase: 'Running' };
  return {
    phase: node.phase,
    daemoned: node.daemoned,
    ...(node.type === 'TaskGroup' ? { children: itemsOfGroup(run, node).map((child) => child.phase) } : {}),
  };
};

/** Whether no task may begin because the workflow is being stopped; exit handlers outlive a stop. */
export const isStopping = (run: Run, context: DagContext): boolean =>
  run.shutdown !== '' && !(run.shutdown === 'Stop' && context.call.isExit);
