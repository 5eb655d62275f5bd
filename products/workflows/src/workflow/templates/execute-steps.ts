/**
 * Steps templates: groups one after another, the steps of a group side by side. @spec WF-STEP-01 … WF-STEP-09
 * @upstream argo-workflows workflow/controller/steps.go
 */
import type { NodeStatus } from '../../api/kinds.ts';
import type { Step } from '../../api/template-schema.ts';
import { continuesOn, isFailedOrError, isFulfilled } from '../../nodes/node-phase.ts';
import { succeedWithOutputs } from '../variables/outputs.ts';
import type { PreparedCall, Run } from '../run.ts';
import { addChild, addNode, nodeNamed, outboundOf, setPhase, updateNode } from '../run-nodes.ts';
import { addLoopToScope, addNodeToScope, scopeOfInputs, type Scope } from '../variables/scope.ts';
import { stopDaemons } from './daemons.ts';
import { executeHooks } from './execute-hooks.ts';
import { isLoop } from './expand-loop.ts';
import { nodeFieldsOf } from './template-call.ts';
import { type GroupContext, executeStep } from './execute-step.ts';

/** A call of a steps template. */
export interface StepsCall extends PreparedCall {
  readonly steps: readonly (readonly Step[])[];
}

/** Goes on with the first group that is not done. */
export const executeSteps = (run: Run, call: StepsCall): NodeStatus => {
  const node =
    nodeNamed(run, call.nodeName) ??
    addNode(run, {
      name: call.nodeName,
      type: 'Steps',
      phase: 'Running',
      boundaryID: call.boundaryID,
      more: nodeFieldsOf(call),
    });
  const scope = scopeOfInputs(call.template.inputs);
  let before: readonly string[] = [];
  for (const [index, steps] of call.steps.entries()) {
    const group = addGroup(run, call, index, before);
    const done = isFulfilled(group) ? group : executeGroup(run, { call, node, group, steps, scope });
    if (!isFulfilled(done)) return run.nodes.get(node.id) ?? node;
    if (isFailedOrError(done.phase)) return conclude(run, call, node, done, scope);
    for (const step of steps) addStepToScope(run, call, done, step, scope);
    before = (run.nodes.get(group.id)?.children ?? []).flatMap((child) => outboundOf(run, child));
    if (before.length === 0) before = [group.id];
  }
  updateNode(run, node, { outboundNodes: before });
  return conclude(run, call, node, undefined, scope);
};

const addGroup = (run: Run, call: StepsCall, index: number, before: readonly string[]): NodeStatus => {
  const name = `${call.nodeName}[${index}]`;
  const existing = nodeNamed(run, name);
  if (existing) return existing;
  const parent = nodeNamed(run, call.nodeName);
  const group = addNode(run, {
    name,
    type: 'StepGroup',
    phase: 'Running',
    boundaryID: parent?.id,
    more: { templateScope: call.scope, nodeFlag: undefined },
  });
  for (const id of index === 0 || before.length === 0 ? [parent?.id ?? ''] : before) addChild(run, id, group.id);
  return group;
};

const conclude = (
  run: Run,
  call: StepsCall,
  node: NodeStatus,
  failed: NodeStatus | undefined,
  scope: Scope,
): NodeStatus => {
  stopDaemons(run, node.id);
  if (failed) {
    updateNode(run, node, {
      outboundNodes: (run.nodes.get(failed.id)?.children ?? []).flatMap((child) => outboundOf(run, child)),
    });
    return setPhase(run, node, 'Failed', failed.message ?? '');
  }
  return succeedWithOutputs(run, node, call.template, scope);
};

const addStepToScope = (run: Run, call: StepsCall, group: NodeStatus, step: Step, scope: Scope): void => {
  const prefix = `steps.${step.name ?? ''}`;
  const resolved = run.graph.resolve(call.templateScope, step);
  const template = resolved.ok ? resolved.value.template : undefined;
  const own = nodeNamed(run, `${group.name}.${step.name ?? ''}`);
  if (own) addNodeToScope(scope, prefix, own, template);
  if (!isLoop(step)) return;
  const children = (run.nodes.get(group.id)?.children ?? []).flatMap((id) => {
    const child = run.nodes.get(id);
    return child?.name.startsWith(`${group.name}.${step.name ?? ''}(`) ? [child] : [];
  });
  addLoopToScope(scope, prefix, children, template);
};

const executeGroup = (run: Run, context: GroupContext): NodeStatus => {
  const { group } = context;
  let areDone = true;
  let failed: NodeStatus | undefined;
  for (const step of context.steps) {
    for (const child of executeStep(run, context, step)) {
      if (child === 'waiting') {
        areDone = false;
        continue;
      }
      const done = executeHooks(run, step, {
        node: child,
        prefix: `steps.${step.name ?? ''}`,
        scope: context.scope,
        templateScope: context.call.templateScope,
        boundaryID: context.node.id,
        isExit: context.call.isExit,
      });
      const current = run.nodes.get(child.id) ?? child;
      areDone = areDone && done && isFulfilled(current);
      if (isFailedOrError(current.phase) && !continuesOn(step.continueOn, current.phase)) failed ??= current;
    }
  }
  if (failed && context.call.template.failFast === true && !hasActiveChild(run, group))
    return setPhase(run, group, 'Failed', 'template has failed or errored children and failFast enabled');
  if (!areDone) return run.nodes.get(group.id) ?? group;
  return failed ? setPhase(run, group, 'Failed', `child '${failed.id}' failed`) : setPhase(run, group, 'Succeeded');
};

const hasActiveChild = (run: Run, group: NodeStatus): boolean =>
  (run.nodes.get(group.id)?.children ?? []).some((id) => {
    const child = run.nodes.get(id);
    return child !== undefined && !isFulfilled(child);
  });
