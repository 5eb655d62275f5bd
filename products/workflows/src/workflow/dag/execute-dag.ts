/**
 * DAG templates: each task when what it waits for has ended. @spec WF-DAG-01 … WF-DAG-14
 * @upstream argo-workflows workflow/controller/dag.go
 */
import { fail, ok, type Result } from '@argosy/base';

import type { NodeStatus } from '../../api/kinds.ts';
import { assessDagPhase, hasFailedBranch } from '../../nodes/dag-phase.ts';
import { isFulfilled } from '../../nodes/node-phase.ts';
import { stopDaemons } from '../templates/daemons.ts';
import { succeedWithOutputs } from '../variables/outputs.ts';
import type { Run } from '../run.ts';
import { addNode, nodeNamed, outboundOf, setPhase, updateNode } from '../run-nodes.ts';
import { nodeFieldsOf } from '../templates/template-call.ts';
import { scopeOfInputs } from '../variables/scope.ts';
import { addTaskToScope, isStopping, taskNodeName, viewOf, type DagCall, type DagContext } from './dag-context.ts';
import { executeTask } from './execute-task.ts';

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
  const context = contextOf(call, node, compiled.value);
  if (!context.ok) return setPhase(run, node, 'Error', context.error);
  const mayStart = call.dag.failFast === false || !hasFailedBranch(viewOf(run, context.value));
  for (const task of compiled.value.tasks)
    if (context.value.wanted.has(task.task.name)) executeTask(run, context.value, task, mayStart);
  return judge(run, context.value, mayStart);
};

/** The targets that are asked for, or else the leaves; wanted is what leads to them. */
const contextOf = (call: DagCall, node: NodeStatus, dag: DagContext['dag']): Result<DagContext, string> => {
  const asked = (call.dag.target ?? '').split(/\s+/).filter((name) => name !== '');
  const unknown = asked.find((name) => !dag.byName.has(name));
  if (unknown !== undefined) return fail(`target '${unknown}' is not defined`);
  const targets = asked.length > 0 ? asked : dag.leaves;
  const wanted = new Set(targets.flatMap((name) => [name, ...(dag.byName.get(name)?.ancestors ?? [])]));
  return ok({ call, node, dag, targets, wanted, scopes: new Map(), hooksRunning: new Set() });
};

const judge = (run: Run, context: DagContext, mayStart: boolean): NodeStatus => {
  const { node } = context;
  const view = viewOf(run, context);
  const states = view.tasks.map((task) => view.stateOf(task.name));
  const isQuiet = states.every((state) => state === undefined || isFulfilled(state));
  if (!isQuiet) return run.nodes.get(node.id) ?? node;
  const phase = assessDagPhase({ ...view, isShutdown: isStopping(run, context) && states.includes(undefined) });
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
