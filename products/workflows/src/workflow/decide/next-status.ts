/**
 * A workflow's status, labels and events as a step leaves them.
 */
import { toTimestamp } from '@argosy/base';
import { evaluateExpression, workflowEnvironment } from '@argosy/expressions';
import { withCondition, type Condition } from '@argosy/kube';

import type { WorkflowPhase, WorkflowStatus } from '../../api/kinds.ts';
import type { Outputs } from '../../api/template-schema.ts';
import { isCompleted, isFailedOrError } from '../../nodes/node-phase.ts';
import { progressOfNodes } from '../../nodes/progress.ts';
import { synchronizationOf } from '../../locks/synchronization-status.ts';
import type { Run } from '../run.ts';
import type { WorkflowDecision } from '../decide.ts';

/** How a workflow stands after a step. */
export interface Verdict {
  readonly phase: WorkflowPhase;
  readonly message?: string;
}

/** The complete next status. */
export const nextStatus = (run: Run, { phase, message }: Verdict): WorkflowStatus => {
  const { status, metadata } = run.workflow;
  const at = toTimestamp(run.now);
  const hasEnded = isCompleted(phase);
  const us = { namespace: metadata.namespace ?? '', name: run.name };
  const completed: Omit<Condition, 'lastTransitionTime'> = { type: 'Completed', status: hasEnded ? 'True' : 'False' };
  const outputs = exportedOutputs(run);
  return {
    ...status,
    phase,
    startedAt: status?.startedAt ?? at,
    finishedAt: hasEnded ? at : null,
    message: message || undefined,
    progress: progressOfNodes(run.nodes.values()),
    nodes: Object.fromEntries(run.nodes),
    ...(Object.keys(run.storedTemplates).length > 0 ? { storedTemplates: run.storedTemplates } : {}),
    ...(Object.keys(outputs).length > 0 ? { outputs } : {}),
    conditions: withCondition(status?.conditions, completed, run.now),
    synchronization: synchronizationOf(run.locks.table, us, status?.synchronization),
  };
};

/** What nodes gave to the whole workflow. */
const exportedOutputs = ({ outputs: { parameters, artifacts } }: Run): Outputs => ({
  ...(parameters.length > 0 ? { parameters: [...parameters] } : {}),
  ...(artifacts.length > 0 ? { artifacts: [...artifacts] } : {}),
});

/** Labels the spec asks for, evaluated once at the start. @spec WF-SPEC-09 */
export const metadataLabels = (run: Run): Readonly<Record<string, string>> => {
  const { labels, labelsFrom } = run.graph.spec.workflowMetadata ?? {};
  const computed: Record<string, string> = { ...labels };
  for (const [key, from] of Object.entries(labelsFrom ?? {})) {
    const value = evaluateExpression(from.expression, workflowEnvironment(run.globals), { now: run.now });
    if (value.ok && typeof value.value === 'string') computed[key] = value.value;
  }
  return computed;
};

/** What is told of a phase that the workflow comes to. */
export const eventsOf = (before: WorkflowPhase, verdict: Verdict): WorkflowDecision['events'] => {
  if (before === verdict.phase) return [];
  const message =
    verdict.message ??
    (verdict.phase === 'Running'
      ? 'Workflow Running'
      : verdict.phase === 'Succeeded'
        ? 'Workflow completed'
        : 'Workflow failed');
  return [
    {
      type: isFailedOrError(verdict.phase) ? 'Warning' : 'Normal',
      reason: `Workflow${verdict.phase === 'Error' ? 'Failed' : verdict.phase}`,
      message,
    },
  ];
};
