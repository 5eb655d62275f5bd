/**
 * What every call of a template shares: the name it goes by and the fields of its node.
 */
import type { NodeStatus } from '../api/kinds.ts';
import type { TemplateCaller } from '../compile/workflow-graph.ts';
import { addNode, type PreparedCall, type Run, type TemplateCall } from './run.ts';

/** Name of the template a caller names; empty for inline ones. */
export const templateNameOf = (caller: TemplateCaller): string => caller.templateRef?.template ?? caller.template ?? '';

/** Fields every node of a call carries. */
export const nodeFieldsOf = (call: PreparedCall | TemplateCall): Partial<NodeStatus> => ({
  ...(call.caller.template && !call.caller.templateRef ? { templateName: call.caller.template } : {}),
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
