/**
 * Steps templates: groups one after another, the steps of a group side by side. @spec WF-STEP-01 … WF-STEP-09
 * @upstream argo-workflows workflow/controller/steps.go
 */
import { evaluateWhen } from '@argosy/expressions';
import { substituteTags } from '@argosy/expressions';

import type { NodeStatus } from '../../api/kinds.ts';
import type { Step } from '../../api/template-schema.ts';
import { continuesOn, isFailedOrError, isFulfilled } from '../../nodes/node-phase.ts';
import { stopDaemons } from './daemons.ts';
import { executeHooks } from './execute-hooks.ts';
import { expandLoop, isLoop, type Expanded } from './expand-loop.ts';
import { succeedWithOutputs } from '../variables/outputs.ts';
import { readsResult } from './reads-result.ts';
import { type PreparedCall, type Run, scopeWithGlobals } from '../run.ts';
import { addChild, addNode, nodeNamed, outboundOf, setPhase, updateNode } from '../run-nodes.ts';
import { isRunningPod, nodeFieldsOf } from './template-call.ts';
import { addLoopToScope, addNodeToScope, resolveStep, scopeOfInputs, type Scope } from '../variables/scope.ts';

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

interface GroupContext {
  readonly call: StepsCall;
  readonly node: NodeStatus;
  readonly group: NodeStatus;
  readonly steps: readonly Step[];
  readonly scope: Scope;
}

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

/** Nodes of one step: its own, or one for each item; `waiting` for what cannot start yet. */
const executeStep = (run: Run, context: GroupContext, step: Step): readonly (NodeStatus | 'waiting')[] => {
  const base = `${context.group.name}.${step.name ?? ''}`;
  const own = nodeNamed(run, base);
  if (own && isFulfilled(own)) return [own];
  if (own && !isLoop(step)) return [startStep(run, context, base, step) ?? 'waiting'];
  const skipped = skipBeforeLoop(run, context, base, step);
  if (skipped) return [skipped];
  const resolved = resolveStep(run, context.scope, step);
  if (!resolved.ok) return [addSkipped(run, context, { name: base, phase: 'Error', message: resolved.error.message })];
  if (!isLoop(step)) return [startStep(run, context, base, resolved.value) ?? 'waiting'];
  const expanded = expandLoop(resolved.value, run.now);
  if (!expanded.ok) return [addSkipped(run, context, { name: base, phase: 'Error', message: expanded.error })];
  if (expanded.value.length === 0)
    return [addSkipped(run, context, { name: base, phase: 'Skipped', message: 'Skipped, empty params' })];
  return expanded.value.map((one) => executeItem(run, context, `${context.group.name}.${one.name}`, one));
};

/** An item that is only waited for needs no look at its step. */
const executeItem = (run: Run, context: GroupContext, name: string, one: Expanded<Step>): NodeStatus | 'waiting' => {
  const existing = nodeNamed(run, name);
  if (existing && (isFulfilled(existing) || isRunningPod(run, existing))) return existing;
  const item = one.step();
  if (item.ok) return startStep(run, context, name, item.value) ?? 'waiting';
  return addSkipped(run, context, { name, phase: 'Error', message: item.error });
};

/** A condition that is false whatever the item skips the step even if the rest cannot be resolved. @spec WF-WHEN-06 */
const skipBeforeLoop = (run: Run, context: GroupContext, name: string, step: Step): NodeStatus | undefined => {
  if (!step.when || step.when.includes('item')) return undefined;
  const when = substituteTags(step.when, scopeWithGlobals(run, context.scope.values), {
    unresolved: { kind: 'refuse' },
    now: run.now,
  });
  const verdict = when.ok ? evaluateWhen(when.value) : undefined;
  if (!when.ok || !verdict?.ok || verdict.value) return undefined;
  return addSkipped(run, context, { name, phase: 'Skipped', message: `when '${when.value}' evaluated false`, step });
};

const startStep = (run: Run, context: GroupContext, name: string, step: Step): NodeStatus | undefined => {
  const existing = nodeNamed(run, name);
  if (existing && isFulfilled(existing)) return existing;
  if (!existing && step.when) {
    const verdict = evaluateWhen(step.when);
    if (!verdict.ok) return addSkipped(run, context, { name, phase: 'Error', message: verdict.error.message, step });
    if (!verdict.value)
      return addSkipped(run, context, { name, phase: 'Skipped', message: `when '${step.when}' evaluated false`, step });
  }
  const plainName = step.name?.replace(/\(\d+:.*$/s, '') ?? '';
  const node = run.runner.execute(run, {
    nodeName: name,
    caller: step,
    scope: context.call.templateScope,
    arguments: step.arguments ?? {},
    boundaryID: context.node.id,
    isExit: context.call.isExit,
    includeResult: readsResult(context.call.source, plainName),
    place: { 'steps.name': step.name ?? '' },
  });
  return node && attach(run, context, node);
};

/** A node for a step that is not run, and why; with `step` it tells which step that is. */
const addSkipped = (
  run: Run,
  context: GroupContext,
  of: {
    readonly name: string;
    readonly phase: 'Error' | 'Skipped';
    readonly message: string;
    readonly step?: Step;
  },
): NodeStatus => {
  const { step, ...draft } = of;
  const call = step && { nodeName: '', caller: step, scope: context.call.templateScope, arguments: {} };
  const boundaryID = context.node.id;
  return attach(
    run,
    context,
    addNode(run, { ...draft, type: 'Skipped', boundaryID, ...(call && { more: nodeFieldsOf(call) }) }),
  );
};

const attach = (run: Run, context: GroupContext, node: NodeStatus): NodeStatus => {
  addChild(run, context.group.id, node.id);
  return node;
};
