/**
 * Exit handlers and lifecycle hooks of steps and tasks. @spec WF-HOOK-03 … WF-HOOK-06
 */
import { evaluateCondition, workflowEnvironment } from '@argosy/expressions';

import type { NodeStatus } from '../../api/kinds.ts';
import type { Hook, Step } from '../../api/template-schema.ts';
import { isFulfilled } from '../../nodes/node-phase.ts';
import { type Run, scopeWithGlobals } from '../run.ts';
import { addChild, nodeNamed } from '../run-nodes.ts';
import { addNodeToScope, resolveHookArguments, type Scope } from '../variables/scope.ts';

/** Whose hooks, and where they run. */
export interface HookContext {
  readonly node: NodeStatus;
  /** `steps.x` or `tasks.x`. */
  readonly prefix: string;
  readonly scope: Scope;
  readonly templateScope: string;
  readonly boundaryID: string;
  readonly isExit?: boolean;
}

/** Runs what is due; true when every hook that has started has ended, and the exit handler has run if there is one. */
export const executeHooks = (run: Run, step: Pick<Step, 'onExit' | 'hooks'>, context: HookContext): boolean => {
  const hooks = { ...step.hooks, ...(step.onExit ? { exit: { template: step.onExit } } : {}) };
  let areDone = true;
  for (const [name, hook] of Object.entries(hooks)) areDone = executeHook(run, name, hook, context) && areDone;
  return areDone;
};

const executeHook = (run: Run, name: string, hook: Hook, context: HookContext): boolean => {
  const isExitHook = name === 'exit';
  const nodeName = isExitHook ? `${context.node.name}.onExit` : `${context.node.name}.hooks.${name}`;
  const scope: Scope = { values: { ...context.scope.values }, artifacts: new Map(context.scope.artifacts) };
  addNodeToScope(scope, context.prefix, context.node, undefined);
  const isDue = isExitHook
    ? isFulfilled(context.node) && context.node.phase !== 'Skipped' && context.node.phase !== 'Omitted'
    : true;
  if (!nodeNamed(run, nodeName) && !(isDue && holds(run, hook, scope, isExitHook))) return true;
  const given = resolveHookArguments(run, scope, hook.arguments);
  const node = run.runner.execute(run, {
    nodeName,
    caller: hook,
    scope: context.templateScope,
    arguments: given.ok ? given.value : {},
    boundaryID: context.boundaryID,
    isHook: true,
    isExit: context.isExit === true || isExitHook,
  });
  if (!node) return false;
  addChild(run, context.node.id, node.id);
  return isFulfilled(node);
};

const holds = (run: Run, hook: Hook, scope: Scope, isExitHook: boolean): boolean => {
  if (!hook.expression) return isExitHook;
  const verdict = evaluateCondition(hook.expression, workflowEnvironment(scopeWithGlobals(run, scope.values)), {
    now: run.now,
  });
  return verdict.ok && verdict.value;
};
