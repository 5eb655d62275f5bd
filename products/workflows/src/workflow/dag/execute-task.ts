/**
 * One task of a dag: left out, skipped or called, once or for each item of its loop. @spec WF-DAG-02 … WF-DAG-10
 * @upstream argo-workflows workflow/controller/dag.go#executeDAGTask
 */
import type { NodeStatus } from '../../api/kinds.ts';
import type { Task } from '../../api/template-schema.ts';
import type { CompiledTask } from '../../compile/compile-dag.ts';
import { evaluateDepends } from '../../nodes/dag-depends.ts';
import { isFailedOrError, isFulfilled } from '../../nodes/node-phase.ts';
import { executeHooks } from '../templates/execute-hooks.ts';
import { expandLoop, isLoop, type Expanded } from '../templates/expand-loop.ts';
import { readsResult } from '../templates/reads-result.ts';
import { type Run } from '../run.ts';
import { addChild, addNode, nodeNamed, outboundOf, setPhase, updateNode } from '../run-nodes.ts';
import { isRunningPod, nodeFieldsOf } from '../templates/template-call.ts';
import { resolveStep } from '../variables/scope.ts';
import { notRunBy, skippedBeforeLoop } from '../templates/condition.ts';
import { scopeOf, stateOfTask, taskNodeName, type DagContext } from './dag-context.ts';
import { isStopping } from './dag-context.ts';

/** Goes on with a task: waits for what it depends on, or starts it, or says why it is not run. */
export const executeTask = (run: Run, context: DagContext, task: CompiledTask, mayStart: boolean): void => {
  const { name } = task.task;
  const nodeName = taskNodeName(context, name);
  const existing = nodeNamed(run, nodeName);
  const omit = (of: SkippedTask): void => connect(run, context, task, addSkipped(run, context, of));
  if (existing && isFulfilled(existing)) return runHooks(run, context, task, existing);
  if (!existing) {
    if (!mayStart || isStopping(run, context)) return;
    const verdict = evaluateDepends(task.dependencies, (other) => stateOfTask(run, context, other));
    if (!verdict.ok) return omit({ name: nodeName, phase: 'Error', message: verdict.error.message });
    if (!verdict.value.proceed) return;
    if (!verdict.value.execute)
      return omit({
        name: nodeName,
        phase: 'Omitted',
        message: 'omitted: depends condition not met',
        task: task.task,
      });
  }
  const node = isLoop(task.task) ? executeTaskLoop(run, context, task) : executeSingle(run, context, task);
  if (!node) return;
  connect(run, context, task, node);
  runHooks(run, context, task, run.nodes.get(node.id) ?? node);
};

const callerFields = (context: DagContext, task: Task): Partial<NodeStatus> =>
  nodeFieldsOf({ nodeName: '', caller: task, scope: context.call.templateScope, arguments: {} });

const runHooks = (run: Run, context: DagContext, task: CompiledTask, node: NodeStatus): void => {
  if (!task.task.hooks && !task.task.onExit) return;
  const done = executeHooks(run, task.task, {
    node,
    prefix: `tasks.${task.task.name}`,
    scope: scopeOf(run, context, task),
    templateScope: context.call.templateScope,
    boundaryID: context.node.id,
    isExit: context.call.isExit,
  });
  if (!done) context.hooksRunning.add(task.task.name);
};

/** Edges from the outbound nodes of what the task waited for. @spec WF-DAG-10 */
const connect = (run: Run, context: DagContext, task: CompiledTask, node: NodeStatus): void => {
  const { dependsOn } = task.dependencies;
  if (dependsOn.length === 0) return addChild(run, context.node.id, node.id);
  for (const name of dependsOn) {
    const parent = nodeNamed(run, taskNodeName(context, name));
    for (const id of parent ? outboundOf(run, parent.id) : []) addChild(run, id, node.id);
  }
};

const executeSingle = (run: Run, context: DagContext, task: CompiledTask): NodeStatus | undefined => {
  const nodeName = taskNodeName(context, task.task.name);
  if (nodeNamed(run, nodeName)) return startTask(run, context, nodeName, task.task);
  const resolved = resolveTask(run, context, task);
  return 'id' in resolved ? resolved : startTask(run, context, nodeName, resolved);
};

/** The task with its tags replaced, or the node that says why it does not run. */
const resolveTask = (
  run: Run,
  context: DagContext,
  task: CompiledTask,
): (Task & { readonly name: string }) | NodeStatus => {
  const scope = scopeOf(run, context, task);
  const name = taskNodeName(context, task.task.name);
  const skipped = skippedBeforeLoop(run, scope.values, task.task.when);
  if (skipped) return addSkipped(run, context, { name, ...skipped, task: task.task });
  const resolved = resolveStep(run, scope, task.task);
  if (resolved.ok) return resolved.value;
  return addSkipped(run, context, { name, phase: 'Error', message: resolved.error.message, task: task.task });
};

const executeTaskLoop = (run: Run, context: DagContext, task: CompiledTask): NodeStatus | undefined => {
  const groupName = taskNodeName(context, task.task.name);
  const resolved = resolveTask(run, context, task);
  if ('id' in resolved) return resolved;
  const expanded = expandLoop(resolved, run.now);
  if (!expanded.ok) return addSkipped(run, context, { name: groupName, phase: 'Error', message: expanded.error });
  if (expanded.value.length === 0)
    return addSkipped(run, context, {
      name: groupName,
      phase: 'Skipped',
      message: 'Skipped, empty params',
      task: task.task,
    });
  const group =
    nodeNamed(run, groupName) ??
    addNode(run, {
      name: groupName,
      type: 'TaskGroup',
      phase: 'Running',
      boundaryID: context.node.id,
      more: callerFields(context, task.task),
    });
  const children = expanded.value.map((one) => executeItem(run, context, group, one));
  if (!children.every((child) => child && isFulfilled(child))) return run.nodes.get(group.id);
  const failed = children.find((child) => isFailedOrError(child?.phase));
  updateNode(run, group, { outboundNodes: children.flatMap((child) => (child ? outboundOf(run, child.id) : [])) });
  return setPhase(run, group, failed?.phase ?? 'Succeeded');
};

/** An item that is only waited for needs no look at its task. */
const executeItem = (run: Run, context: DagContext, group: NodeStatus, one: Expanded<Task>): NodeStatus | undefined => {
  const name = `${context.call.nodeName}.${one.name}`;
  const existing = nodeNamed(run, name);
  if (existing && (isFulfilled(existing) || isRunningPod(run, existing))) return existing;
  const item = one.step();
  const child = item.ok
    ? startTask(run, context, name, item.value)
    : addSkipped(run, context, { name, phase: 'Error', message: item.error });
  if (child) addChild(run, group.id, child.id);
  return child;
};

const startTask = (run: Run, context: DagContext, name: string, task: Task): NodeStatus | undefined => {
  const existing = nodeNamed(run, name);
  if (existing && isFulfilled(existing)) return existing;
  const notRun = !existing && task.when ? notRunBy(task.when) : undefined;
  if (notRun) return addSkipped(run, context, { name, ...notRun, task });
  return run.runner.execute(run, {
    nodeName: name,
    caller: task,
    scope: context.call.templateScope,
    arguments: task.arguments ?? {},
    boundaryID: context.node.id,
    isExit: context.call.isExit,
    includeResult: readsResult(context.call.source, (task.name ?? '').replace(/\(\d+:.*$/s, '')),
    place: { 'tasks.name': task.name ?? '' },
  });
};

/** A task that is not run, and why; with `task` its node tells which task that is. */
interface SkippedTask {
  readonly name: string;
  readonly phase: 'Error' | 'Omitted' | 'Skipped';
  readonly message: string;
  readonly task?: Task;
}

const addSkipped = (run: Run, context: DagContext, { task, ...draft }: SkippedTask): NodeStatus =>
  addNode(run, {
    ...draft,
    type: 'Skipped',
    boundaryID: context.node.id,
    ...(task && { more: callerFields(context, task) }),
  });
