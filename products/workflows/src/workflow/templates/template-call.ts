/**
 * What every call of a template shares: the name it goes by and the fields of its node.
 */
import type { NodeStatus } from '../../api/kinds.ts';
import type { TemplateCaller } from '../../compile/workflow-graph.ts';
import { isFulfilled } from '../../nodes/node-phase.ts';
import type { PreparedCall, Run, TemplateCall } from '../run.ts';
import { addNode } from '../run-nodes.ts';

/** Name of the template a caller names; empty for inline ones. */
export const templateNameOf = (caller: TemplateCaller): string => caller.templateRef?.template ?? caller.template ?? '';

/** Fields every node of a call carries. */
export const nodeFieldsOf = (call: PreparedCall | TemplateCall): Partial<NodeStatus> => ({
  ...(call.caller.template && !call.caller.templateRef && !call.caller.inline
    ? { templateName: call.caller.template }
    : {}),
  ...(call.caller.templateRef ? { templateRef: call.caller.templateRef } : {}),
  templateScope: call.scope,
  ...('template' in call && call.template.inputs && Object.keys(call.template.inputs).length > 0
    ? { inputs: call.template.inputs }
    : {}),
  ...(call.isHook ? { nodeFlag: { hooked: true } } : {}),
});

/** Ends a call in Error before it could start. */
export const failNode = (run: Run, call: TemplateCall, message: string): NodeStatus =>
  addNode(run, {
    name: call.nodeName,
    type: 'Skipped',
    phase: 'Error',
    message,
    boundaryID: call.boundaryID,
    more: nodeFieldsOf(call),
  });

/**
 * Whether a node is a pod that runs: it needs nothing of its template but a deadline, and what it reports is folded in
 * by `reconcilePods`. With it the cost of a step is that of the nodes that change, not of those that are waited for.
 */
export const isRunningPod = (run: Run, node: NodeStatus): boolean => {
  if (node.type !== 'Pod' || isFulfilled(node) || node.synchronizationStatus?.waiting) return false;
  const resolved = run.graph.resolve(node.templateScope ?? run.graph.localScope, {
    template: node.templateName,
    templateRef: node.templateRef,
  });
  return resolved.ok && resolved.value.template.timeout === undefined;
};
