/**
 * What people do to workflows, as functions from one object to the next. The door and the command share them.
 * @spec WF-OPS-03 … WF-OPS-06, WF-SUSP-05, WF-SUSP-07
 */
import { fail, ok, toTimestamp, type Instant, type Result } from '@argosy/base';

import type { NodeStatus, Workflow } from '../api/kinds.ts';
import { LABEL_COMPLETED, LABEL_PHASE, LABEL_RESUBMITTED_FROM } from '../api/labels.ts';
import type { Parameter } from '../api/template-schema.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { nodeSelector } from '../nodes/node-selector.ts';
import { suppliedDefaults } from '../workflow/templates/execute-suspend.ts';

/** Holds a workflow: nothing new is started. */
const suspendWorkflow = (workflow: Workflow): Result<Workflow> =>
  isCompleted(workflow.status?.phase)
    ? fail('cannot suspend completed workflows')
    : ok({ ...workflow, spec: { ...workflow.spec, suspend: true } });

/** Lets a workflow go on: the whole of it, or the suspended nodes a selector picks. */
const resumeWorkflow = (workflow: Workflow, selector: string, now: Instant): Result<Workflow> => {
  const isWhole = selector === '';
  const matches = nodeSelector(selector);
  const nodes: Record<string, NodeStatus> = { ...workflow.status?.nodes };
  let resumed = 0;
  for (const node of Object.values(nodes)) {
    if (node.type !== 'Suspend' || node.phase !== 'Running' || !matches(node)) continue;
    const outputs = suppliedDefaults({ inputs: node.inputs }, node);
    if (typeof outputs === 'string') return fail(outputs);
    nodes[node.id] = {
      ...node,
      phase: 'Succeeded',
      finishedAt: toTimestamp(now),
      ...(outputs.length > 0 ? { outputs: { ...node.outputs, parameters: [...outputs] } } : {}),
    };
    resumed += 1;
  }
  if (!isWhole && resumed === 0)
    return fail('currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: ' + selector);
  const { suspend, ...spec } = workflow.spec ?? {};
  if (isWhole && resumed === 0 && suspend !== true)
    return fail(`workflow ${workflow.metadata.name ?? ''} is not suspended`);
  return ok({ ...workflow, spec: isWhole ? spec : workflow.spec, status: { ...workflow.status, nodes } });
};

/** Ends a workflow, exit handlers still run; with a selector, fails the suspended nodes it picks. */
const stopWorkflow = (
  workflow: Workflow,
  options: { readonly selector: string; readonly message: string },
  now: Instant,
): Result<Workflow> => {
  if (options.selector === '') return shutDown(workflow, 'Stop');
  const matches = nodeSelector(options.selector);
  const nodes: Record<string, NodeStatus> = { ...workflow.status?.nodes };
  const chosen = Object.values(nodes).filter(
    (node) => node.type === 'Suspend' && node.phase === 'Running' && matches(node),
  );
  if (chosen.length === 0) return fail(`no suspend nodes matching nodeFieldSelector: ${options.selector}`);
  for (const node of chosen)
    nodes[node.id] = {
      ...node,
      phase: 'Failed',
      finishedAt: toTimestamp(now),
      ...(options.message === '' ? {} : { message: options.message }),
    };
  return ok({ ...workflow, status: { ...workflow.status, nodes } });
};

/** Ends a workflow at once, without exit handlers. */
const terminateWorkflow = (workflow: Workflow): Result<Workflow> => shutDown(workflow, 'Terminate');

const shutDown = (workflow: Workflow, shutdown: 'Stop' | 'Terminate'): Result<Workflow> =>
  isCompleted(workflow.status?.phase)
    ? fail(`cannot shutdown a completed workflow: ${workflow.metadata.name ?? ''}`)
    : ok({ ...workflow, spec: { ...workflow.spec, shutdown } });

/** A new workflow of the same spec. */
export const resubmitWorkflow = (workflow: Workflow, parameters: readonly Parameter[] = []): Workflow => {
  const { metadata, spec } = workflow;
  const dropped = new Set([
    LABEL_COMPLETED,
    LABEL_PHASE,
    LABEL_RESUBMITTED_FROM,
    'workflows.argoproj.io/workflow-archiving-status',
    'workflows.argoproj.io/creator',
  ]);
  const labels = Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => !dropped.has(key)));
  const { shutdown: _shutdown, suspend: _suspend, ...rest } = spec ?? {};
  return {
    apiVersion: workflow.apiVersion,
    kind: workflow.kind,
    metadata: {
      generateName: metadata.generateName ?? `${metadata.name ?? 'workflow'}-`,
      namespace: metadata.namespace,
      labels: { ...labels, [LABEL_RESUBMITTED_FROM]: metadata.name ?? '' },
      ...(metadata.annotations ? { annotations: metadata.annotations } : {}),
      ...(metadata.ownerReferences ? { ownerReferences: metadata.ownerReferences } : {}),
    },
    spec: withParameters(rest, parameters),
  };
};

/** Adds or replaces arguments. @spec WF-PARAM-11 */
export const withParameters = (
  spec: NonNullable<Workflow['spec']>,
  parameters: readonly Parameter[],
): NonNullable<Workflow['spec']> => {
  if (parameters.length === 0) return spec;
  const names = new Set(parameters.map((one) => one.name));
  const kept = (spec.arguments?.parameters ?? []).filter((one) => !names.has(one.name));
  return { ...spec, arguments: { ...spec.arguments, parameters: [...kept, ...parameters] } };
};

/** A change people make to a running workflow. */
export type WorkflowChange =
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume'; readonly selector: string }
  | { readonly kind: 'stop'; readonly selector: string; readonly message: string }
  | { readonly kind: 'terminate' };

/** Applies a change; the error is upstream's sentence. */
export const applyChange = (workflow: Workflow, change: WorkflowChange, now: Instant): Result<Workflow> => {
  switch (change.kind) {
    case 'suspend':
      return suspendWorkflow(workflow);
    case 'resume':
      return resumeWorkflow(workflow, change.selector, now);
    case 'stop':
      return stopWorkflow(workflow, change, now);
    case 'terminate':
      return terminateWorkflow(workflow);
  }
};
