/**
 * Runs a template for a node: resolves it, then does what its type says. Called again for a node that is not done,
 * it goes on where the status stands; for one that is done it returns at once.
 * @upstream argo-workflows workflow/controller/operator.go#executeTemplate
 */
import { parseTimestamp } from '@argosy/base';

import type { NodeStatus } from '../../api/kinds.ts';
import { parseDurationText } from '../../compile/any-string.ts';
import { isFailedOrError, isFulfilled } from '../../nodes/node-phase.ts';
import { podNameOf } from '../../nodes/node-names.ts';
import { executeDag } from '../dag/execute-dag.ts';
import { processTemplate, resolveInputs } from '../variables/inputs.ts';
import { exportGlobalOutputs } from '../variables/outputs.ts';
import type { PreparedCall, Run, TemplateCall } from '../run.ts';
import { addNode, nodeNamed, setPhase } from '../run-nodes.ts';
import { acquireNodeLocks, isWaitingForLock, releaseEndedNodes } from './execute-locks.ts';
import { executeHttp } from './execute-http.ts';
import { executePod } from './execute-pod.ts';
import { executeWithRetries } from './execute-retries.ts';
import { executeSteps } from './execute-steps.ts';
import { executeSuspend } from './execute-suspend.ts';
import { failNode, isRunningPod, nodeFieldsOf, templateNameOf } from './template-call.ts';

/** Deepest nesting of template calls. @spec WF-TMPL-15 */
const DEEPEST_CALL = 100;

/** Runs; `undefined` when a limit does not let the node start now. */
export const executeTemplate = (run: Run, call: TemplateCall): NodeStatus | undefined => {
  const existing = nodeNamed(run, call.nodeName);
  if (existing && (isFulfilled(existing) || isRunningPod(run, existing))) return existing;
  if (run.depth >= DEEPEST_CALL)
    return failNode(
      run,
      call,
      `maximum recursion depth exceeded: templates call each other more than ${DEEPEST_CALL} deep`,
    );
  run.depth += 1;
  try {
    const prepared = prepare(run, call, existing);
    if (typeof prepared === 'string') return failNode(run, call, prepared);
    if (!existing && isParallelismReached(run, call)) return undefined;
    const held = acquireNodeLocks(run, prepared);
    if (held) return held;
    const node =
      (prepared.template.retryStrategy ?? run.graph.spec.retryStrategy)
        ? executeWithRetries(run, prepared)
        : executeByType(run, prepared);
    if (node && isFulfilled(node)) exportGlobalOutputs(run, node);
    if (node && isFulfilled(node) && prepared.template.synchronization) releaseEndedNodes(run);
    return node;
  } finally {
    run.depth -= 1;
  }
};

const prepare = (run: Run, call: TemplateCall, existing: NodeStatus | undefined): PreparedCall | string => {
  const resolved = run.graph.resolve(call.scope, call.caller);
  if (!resolved.ok) return resolved.error;
  const { template: source, scope: templateScope, storedAs } = resolved.value;
  if (storedAs !== undefined) run.storedTemplates[storedAs] ??= source;
  const place = {
    ...call.place,
    'node.name': call.nodeName,
    ...(source.retryStrategy || source.steps || source.dag || source.http
      ? {}
      : { 'pod.name': podNameOf(run.name, call.nodeName, templateNameOf(call.caller)) }),
  };
  // Once resolved, inputs are kept in the node and never computed again.
  const inputs = existing?.inputs
    ? { ok: true as const, value: existing.inputs }
    : resolveInputs(run, source, { given: call.arguments, place });
  if (!inputs.ok) return inputs.error;
  const template = processTemplate(run, source, inputs.value, place);
  if (!template.ok) return template.error;
  return { ...call, source: { ...source, inputs: inputs.value }, template: template.value, templateScope, place };
};

/** What a call does, by the type of its template. */
export const executeByType = (run: Run, call: PreparedCall): NodeStatus | undefined => {
  const { template } = call;
  const existing = nodeNamed(run, call.nodeName);
  if (existing && isFulfilled(existing)) return existing;
  if (!existing && isStopped(run, call))
    return addNode(run, {
      name: call.nodeName,
      type: 'Skipped',
      phase: 'Failed',
      message: `workflow shutdown with strategy: ${run.shutdown}`,
      boundaryID: call.boundaryID,
      more: nodeFieldsOf(call),
    });
  const expired = existing && expireNode(run, call, existing);
  if (expired) return expired;
  if (template.container || template.script) return executePod(run, call);
  if (template.steps) return executeSteps(run, { ...call, steps: template.steps });
  if (template.dag) return executeDag(run, { ...call, dag: template.dag });
  if (template.suspend) return executeSuspend(run, call);
  if (template.http) return executeHttp(run, call, template.http);
  return failNode(
    run,
    call,
    `template ${template.name ?? ''} has no type: one of container, script, steps, dag, suspend, http is required`,
  );
};

const isStopped = (run: Run, call: TemplateCall): boolean =>
  run.shutdown === 'Terminate' || (run.shutdown === 'Stop' && call.isExit !== true);

/** Fails a node that outlived the `timeout` of its template. @spec WF-TIME-03 */
const expireNode = (run: Run, call: PreparedCall, node: NodeStatus): NodeStatus | undefined => {
  const timeoutMs = call.template.timeout === undefined ? undefined : parseDurationText(call.template.timeout);
  const startedAt = parseTimestamp(node.startedAt);
  if (timeoutMs === undefined || startedAt === undefined) return undefined;
  const deadline = startedAt + timeoutMs;
  if (run.now < deadline) {
    run.due.push(deadline);
    return undefined;
  }
  if (node.type === 'Pod')
    run.actions.push({ kind: 'deletePod', name: podNameOf(run.name, node.name, templateNameOf(call.caller)) });
  return setPhase(run, node, 'Failed', node.phase === 'Pending' ? 'timeout' : 'Step exceeded its deadline');
};

/** Limits on nodes that run side by side in one boundary. @spec WF-PAR-02, WF-PAR-03 */
const isParallelismReached = (run: Run, call: TemplateCall): boolean => {
  if (call.boundaryID === undefined || call.isHook) return false;
  const boundary = run.nodes.get(call.boundaryID);
  const resolved =
    boundary &&
    run.graph.resolve(boundary.templateScope ?? run.graph.localScope, {
      template: boundary.templateName,
      templateRef: boundary.templateRef,
    });
  const template = resolved?.ok ? resolved.value.template : undefined;
  if (!template || (template.parallelism === undefined && template.failFast !== true)) return false;
  const siblings = [...run.nodes.values()].filter(
    (node) => node.boundaryID === call.boundaryID && node.nodeFlag?.hooked !== true && node.nodeFlag?.retried !== true,
  );
  if (template.failFast === true && siblings.some((node) => isFailedOrError(node.phase))) return true;
  if (template.parallelism === undefined) return false;
  const active = siblings.filter(
    (node) => !isFulfilled(node) && !isWaitingForLock(node) && ['Pod', 'Steps', 'DAG', 'Retry'].includes(node.type),
  );
  return active.length >= template.parallelism;
};
