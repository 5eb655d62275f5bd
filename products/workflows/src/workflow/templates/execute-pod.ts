/**
 * Container and script templates: one pod per node. What the pod reports is folded in by `reconcilePods`.
 */
import { fail, type Result } from '@argosy/base';
import { substituteTags } from '@argosy/expressions';

import type { NodeStatus } from '../../api/kinds.ts';
import type { WorkflowSpec } from '../../api/template-schema.ts';
import { parseDurationText } from '../../compile/any-string.ts';
import { nodeIdOf, podNameOf } from '../../nodes/node-names.ts';
import { buildPod } from '../../pods/build-pod.ts';
import { inputScope } from '../variables/inputs.ts';
import type { PreparedCall, Run } from '../run.ts';
import { addNode, nodeNamed } from '../run-nodes.ts';
import { failNode, nodeFieldsOf, templateNameOf } from './template-call.ts';

/** Starts the pod of a node, or returns the node as it stands. */
export const executePod = (run: Run, call: PreparedCall): NodeStatus | undefined => {
  const existing = nodeNamed(run, call.nodeName);
  if (existing) return existing;
  const limit = run.graph.spec.parallelism;
  if (limit !== undefined && run.activePods >= limit) return undefined;
  const nodeId = nodeIdOf(run.name, call.nodeName);
  const spec = specForPod(run, call);
  if (!spec.ok) return failNode(run, call, spec.error);
  const pod = buildPod({
    workflow: run.workflow,
    spec: spec.value,
    template: call.template,
    nodeId,
    nodeName: call.nodeName,
    podName: podNameOf(run.name, call.nodeName, templateNameOf(call.caller)),
    isExit: call.isExit === true,
    includeResult: call.includeResult === true,
    activeDeadlineSeconds: podDeadline(run, call),
  });
  if (!pod.ok) return failNode(run, call, pod.error);
  run.activePods += 1;
  run.actions.push({ kind: 'createPod', nodeId, pod: pod.value });
  return addNode(run, {
    name: call.nodeName,
    type: 'Pod',
    phase: 'Pending',
    boundaryID: call.boundaryID,
    more: { ...nodeFieldsOf(call), progress: '0/1' },
  });
};

/** Fields of the workflow that go into every pod may read what the template may read. @spec WF-META-05 */
const specForPod = (run: Run, call: PreparedCall): Result<WorkflowSpec> => {
  const {
    templates: _templates,
    arguments: _arguments,
    hooks: _hooks,
    templateDefaults: _defaults,
    ...spec
  } = run.graph.spec;
  const values = { ...run.globals, ...call.place, ...inputScope(call.template, call.template.inputs ?? {}) };
  const replaced = substituteTags(spec, values, { unresolved: { kind: 'allow' }, now: run.now });
  return replaced.ok ? replaced : fail(replaced.error.message);
};

/** Seconds Kubernetes lets the pod live: the template's own, its timeout, or what is left of the workflow. */
const podDeadline = (run: Run, call: PreparedCall): number | undefined => {
  const timeout = call.template.timeout === undefined ? undefined : parseDurationText(call.template.timeout);
  if (timeout !== undefined) return Math.max(1, Math.floor(timeout / 1000));
  const own = /^\d+$/.test(String(call.template.activeDeadlineSeconds ?? ''))
    ? Number(call.template.activeDeadlineSeconds)
    : undefined;
  const left =
    run.deadline === undefined || call.isExit ? undefined : Math.max(1, Math.ceil((run.deadline - run.now) / 1000));
  if (own === undefined) return left;
  return left === undefined ? own : Math.min(own, left);
};
