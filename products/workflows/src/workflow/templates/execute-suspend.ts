/**
 * Suspend templates: wait for a person or for a time. @spec WF-SUSP-01 … WF-SUSP-04
 */
import { parseTimestamp } from '@argosy/base';

import type { NodeStatus } from '../../api/kinds.ts';
import type { Parameter, Template } from '../../api/template-schema.ts';
import { parseDurationText, toAnyText } from '../../compile/any-string.ts';
import type { PreparedCall, Run } from '../run.ts';
import { addNode, nodeNamed, setPhase, updateNode } from '../run-nodes.ts';
import { failNode, nodeFieldsOf } from './template-call.ts';

/** Suspends, or resumes when the time has come. */
export const executeSuspend = (run: Run, call: PreparedCall): NodeStatus => {
  const { template } = call;
  const durationText = template.suspend?.duration;
  const durationMs = durationText === undefined || durationText === '' ? undefined : parseDurationText(durationText);
  if (durationText !== undefined && durationText !== '' && durationMs === undefined)
    return failNode(run, call, `suspend.duration: unable to parse ${JSON.stringify(durationText)} as a duration`);
  const node =
    nodeNamed(run, call.nodeName) ??
    addNode(run, {
      name: call.nodeName,
      type: 'Suspend',
      phase: 'Running',
      boundaryID: call.boundaryID,
      more: {
        ...nodeFieldsOf(call),
        ...(template.outputs ? { outputs: { parameters: template.outputs.parameters } } : {}),
      },
    });
  if (durationMs === undefined) return node;
  const dueAt = (parseTimestamp(node.startedAt) ?? run.now) + durationMs;
  if (run.now < dueAt) {
    run.due.push(dueAt);
    return node;
  }
  const outputs = suppliedDefaults(template, node);
  if (typeof outputs === 'string') return setPhase(run, node, 'Error', outputs);
  updateNode(run, node, outputs.length > 0 ? { outputs: { ...node.outputs, parameters: [...outputs] } } : {});
  return setPhase(run, node, 'Succeeded');
};

/** Values of supplied outputs when nobody gave any: the output's default, else the input's of the same name. */
export const suppliedDefaults = (
  template: Pick<Template, 'inputs'>,
  node: NodeStatus,
): readonly Parameter[] | string => {
  const parameters: Parameter[] = [];
  for (const one of node.outputs?.parameters ?? []) {
    if (one.value !== undefined || !one.valueFrom?.supplied) {
      parameters.push(one);
      continue;
    }
    const fallback =
      one.valueFrom.default ?? template.inputs?.parameters?.find((input) => input.name === one.name)?.value;
    if (fallback === undefined)
      return `raw output parameter '${one.name}' has not been set and does not have a default value`;
    parameters.push({ ...one, value: toAnyText(fallback) });
  }
  return parameters;
};
