/**
 * One step of a group: skipped or called, once or for each item of its loop. @spec WF-STEP-02 … WF-STEP-09, WF-WHEN-06
 */
import type { NodeStatus } from '../../api/kinds.ts';
import type { Step } from '../../api/template-schema.ts';
import { isFulfilled } from '../../nodes/node-phase.ts';
import { type Run } from '../run.ts';
import { addChild, addNode, nodeNamed } from '../run-nodes.ts';
import { resolveStep, type Scope } from '../variables/scope.ts';
import { expandLoop, isLoop, type Expanded } from './expand-loop.ts';
import { readsResult } from './reads-result.ts';
import { isRunningPod, nodeFieldsOf } from './template-call.ts';
import type { StepsCall } from './execute-steps.ts';
import { notRunBy, skippedBeforeLoop } from './condition.ts';

/** A group of steps that is being executed. */
export interface GroupContext {
  readonly call: StepsCall;
  readonly node: NodeStatus;
  readonly group: NodeStatus;
  readonly steps: readonly Step[];
  readonly scope: Scope;
}

/** Nodes of one step: its own, or one for each item; `waiting` for what cannot start yet. */
export const executeStep = (run: Run, context: GroupContext, step: Step): readonly (NodeStatus | 'waiting')[] => {
  const base = `${context.group.name}.${step.name ?? ''}`;
  const own = nodeNamed(run, base);
  if (own && isFulfilled(own)) return [own];
  if (own && !isLoop(step)) return [startStep(run, context, base, step) ?? 'waiting'];
  const skipped = skippedBeforeLoop(run, context.scope.values, step.when);
  if (skipped) return [addSkipped(run, context, { name: base, ...skipped, step })];
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

const startStep = (run: Run, context: GroupContext, name: string, step: Step): NodeStatus | undefined => {
  const existing = nodeNamed(run, name);
  if (existing && isFulfilled(existing)) return existing;
  const notRun = !existing && step.when ? notRunBy(step.when) : undefined;
  if (notRun) return addSkipped(run, context, { name, ...notRun, step });
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
