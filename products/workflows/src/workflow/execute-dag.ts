/**
 * DAG templates: each task when what it waits for has ended. @spec WF-DAG-01 … WF-DAG-14
 * @upstream argo-workflows workflow/controller/dag.go
 */
import { evaluateWhen, substituteTags } from '@argosy/expressions';

import type { NodeStatus } from '../api/kinds.ts';
import type { Task } from '../api/template-schema.ts';
import type { CompiledTask } from '../compile/workflow-graph.ts';
import { evaluateDepends } from '../nodes/dag-depends.ts';
import { assessDagPhase, hasFailedBranch } from '../nodes/dag-phase.ts';
import { isFailedOrError, isFulfilled } from '../nodes/node-phase.ts';
import { stopDaemons } from './daemons.ts';
import {
  addTaskToScope,
  scopeOf,
  stateOfTask,
  taskNodeName,
  viewOf,
  type DagCall,
  type DagContext,
} from './dag-context.ts';
import { executeHooks } from './execute-hooks.ts';
import { expandLoop, isLoop, type Expanded } from './expand-loop.ts';
import { succeedWithOutputs } from './outputs.ts';
import { readsResult } from './reads-result.ts';
import { addChild, addNode, nodeNamed, outboundOf, type Run, scopeWithGlobals, setPhase, updateNode } from './run.ts';
import { isRunningPod, nodeFieldsOf } from './template-call.ts';
import { resolveStep, scopeOfInputs } from './scope.ts';

/** Starts every task whose turn has come and judges the whole. */
export const executeDag = (run: Run, call: DagCall): NodeStatus => {
  const node =
    nodeNamed(run, call.nodeName) ??
    addNode(run, {
      name: call.nodeName,
      type: 'DAG',
      phase: 'Running',
      boundaryID: call.boundaryID,
      more: nodeFieldsOf(call),
    });
  const compiled = run.graph.dagOf(call.dag.tasks);
  if (!compiled.ok) return setPhase(run, node, 'Error', compiled.error.message);
  const targets = (call.dag.target ?? '').split(/\s+/).filter((name) => name !== '');
  const unknown = targets.find((name) => !compiled.value.byName.has(name));
  if (unknown !== undefined) return setPhase(run, node, 'Error', `target '${unknown}' is not defined`);
  const chosen = targets.length > 0 ? targets : compiled.value.leaves;
  const wanted = new Set(chosen.flatMap((name) => [name, ...(compiled.value.byName.get(name)?.ancestors ?? [])]));
  const context: DagContext = {
    call,
    node,
    dag: compiled.value,
    targets: chosen,
    wanted,
    scopes: new Map(),
    hooksRunning: new Set(),
  };
  const mayStart = call.dag.failFast === false || !hasFailedBranch(viewOf(run, context));
  for (const task of compiled.value.tasks) if (wanted.has(task.task.name)) executeTask(run, context, task, mayStart);
  return judge(run, context, mayStart);
};

const judge = (run: Run, context: DagContext, mayStart: boolean): NodeStatus => {
  const { node, call } = context;
  const view = viewOf(run, context);
  const states = view.tasks.map((task) => view.stateOf(task.name));
  const isQuiet = states.every((state) => state === undefined || isFulfilled(state));
  if (!isQuiet) return run.nodes.get(node.id) ?? node;
  const isStopping = run.shutdown !== '' && !(run.shutdown === 'Stop' && call.isExit);
  const phase = assessDagPhase({ ...view, isShutdown: isStopping && states.includes(undefined) });
  if (phase === 'Running') {
    // Nothing runs and nothing may start: the branch that failed decides.
    if (!mayStart) return conclude(run, context, 'Failed');
    return run.nodes.get(node.id) ?? node;
  }
  return conclude(run, context, phase);
};

const conclude = (run: Run, context: DagContext, phase: NodeStatus['phase']): NodeStatus => {
  const { node, call } = context;
  const outbound = context.targets.flatMap((name) => {
    const target = nodeNamed(run, taskNodeName(context, name));
    return target ? outboundOf(run, target.id) : [];
  });
  updateNode(run, node, { outboundNodes: [...new Set(outbound)] });
  stopDaemons(run, node.id);
  if (phase !== 'Succeeded') return setPhase(run, node, phase, '');
  const scope = scopeOfInputs(call.template.inputs);
  for (const task of context.dag.tasks) addTaskToScope(run, context, task.task.name, scope);
  return succeedWithOutputs(run, node, call.template, scope);
};

const executeTask = (run: Run, context: DagContext, task: CompiledTask, mayStart: boolean): void => {
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

const isStopping = (run: Run, context: DagContext): boolean =>
  run.shutdown !== '' && !(run.shutdown === 'Stop' && context.call.isExit);

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
  const { when } = task.task;
  if (when && !when.includes('item')) {
    const text = substituteTags(when, scopeWithGlobals(run, scope.values), {
      unresolved: { kind: 'refuse' },
      now: run.now,
    });
    const verdict = text.ok ? evaluateWhen(text.value) : undefined;
    if (text.ok && verdict?.ok && !verdict.value)
      return addSkipped(run, context, {
        name,
        phase: 'Skipped',
        message: `when '${text.value}' evaluated false`,
        task: task.task,
      });
  }
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
  if (!existing && task.when) {
    const verdict = evaluateWhen(task.when);
    if (!verdict.ok) return addSkipped(run, context, { name, phase: 'Error', message: verdict.error.message, task });
    if (!verdict.value)
      return addSkipped(run, context, { name, phase: 'Skipped', message: `when '${task.when}' evaluated false`, task });
  }
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
