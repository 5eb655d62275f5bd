/**
 * Hooks and exit handler of the whole workflow. @spec WF-HOOK-01 … WF-HOOK-04
 */
import type { Json } from '@argosy/base';
import { evaluateCondition, workflowEnvironment } from '@argosy/expressions';

import type { NodeStatus } from '../api/kinds.ts';
import { toAnyText } from '../compile/any-string.ts';
import { isFulfilled } from '../nodes/node-phase.ts';
import { executeTemplate } from './templates/execute.ts';
import { exitGlobals } from './variables/globals.ts';
import type { Run } from './run.ts';
import { addChild, nodeNamed } from './run-nodes.ts';

/** Arguments of the entrypoint, as they are known now. */
export const argumentsOf = (run: Run) => {
  const parameters = (run.graph.spec.arguments?.parameters ?? []).map((one) => {
    const known = run.globals[`workflow.parameters.${one.name}`];
    return known === undefined ? one : { name: one.name, value: toAnyText(known) };
  });
  return { parameters, artifacts: run.graph.spec.arguments?.artifacts ?? [] };
};

/** Workflow-level hooks other than exit: each fires at most once. @spec WF-HOOK-04 */
export const executeWorkflowHooks = (run: Run, phase: string): boolean => {
  let areDone = true;
  const globals: Record<string, Json> = { ...run.globals, 'workflow.status': phase };
  for (const [name, hook] of Object.entries(run.graph.spec.hooks ?? {})) {
    if (name === 'exit') continue;
    const nodeName = `${run.name}.hooks.${name}`;
    if (!nodeNamed(run, nodeName)) {
      const verdict = evaluateCondition(hook.expression ?? 'false', workflowEnvironment(globals), { now: run.now });
      if (!verdict.ok || !verdict.value) continue;
    }
    const node = executeTemplate(
      { ...run, globals },
      { nodeName, caller: hook, scope: run.graph.localScope, arguments: hook.arguments ?? {}, isHook: true },
    );
    if (node) addChild(run, run.name, node.id);
    areDone = areDone && node !== undefined && isFulfilled(node);
  }
  return areDone;
};

/** Runs the exit handler; `running` until it has ended, absent when there is none to run. */
export const executeExitHandler = (run: Run, entry: NodeStatus): NodeStatus | 'running' | undefined => {
  const { spec } = run.graph;
  const hook = spec.hooks?.['exit'] ?? (spec.onExit ? { template: spec.onExit } : undefined);
  if (!hook || run.shutdown === 'Terminate') return undefined;
  const globals = { ...run.globals, ...exitGlobals(run.name, entry.phase, run.nodes.values()) };
  const nodeName = `${run.name}.onExit`;
  if (hook.expression && !nodeNamed(run, nodeName)) {
    const verdict = evaluateCondition(hook.expression, workflowEnvironment(globals), { now: run.now });
    if (!verdict.ok || !verdict.value) return undefined;
  }
  const given = hook.arguments ?? argumentsOf(run);
  const node = executeTemplate(
    { ...run, globals, deadline: undefined },
    { nodeName, caller: hook, scope: run.graph.localScope, arguments: given, isHook: true, isExit: true },
  );
  return node && isFulfilled(node) ? node : 'running';
};
