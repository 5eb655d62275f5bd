/**
 * One step of a workflow: from the compiled graph, the status as it stands, the facts and the time to the next status
 * and what to do. Pure and total. The order follows upstream's operate.
 * @upstream argo-workflows workflow/controller/operator.go#operate
 * @spec WF-CTRL-02, WF-HOOK-01, WF-HOOK-02, WF-OPS-04, WF-OPS-05, WF-TIME-01
 */
import { toTimestamp, type Instant } from '@argosy/base';
import { withCondition } from '@argosy/kube';

import type { Workflow, WorkflowStatus } from '../api/kinds.ts';
import { LABEL_COMPLETED, LABEL_PHASE } from '../api/labels.ts';
import type { WorkflowGraph } from '../compile/workflow-graph.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import type { LockTable } from '../locks/lock-table.ts';
import { acquireWorkflowLocks, releaseEndedNodes, releaseWorkflow } from './templates/execute-locks.ts';
import { reconcilePods } from './reconcile-pods.ts';
import type { Run, WorkflowAction, WorkflowFacts } from './run.ts';
import { startRun } from './decide/start-run.ts';
import { type Verdict, eventsOf, metadataLabels, nextStatus } from './decide/next-status.ts';
import { endSuspended } from './decide/deadline.ts';
import { runTemplates } from './decide/run-templates.ts';

/** What a step decides. A printable value. */
export interface WorkflowDecision {
  readonly status: WorkflowStatus;
  /** Labels and annotations of the workflow that change. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Phase changes worth an event. */
  readonly events: readonly {
    readonly type: 'Normal' | 'Warning';
    readonly reason: string;
    readonly message: string;
  }[];
  readonly actions: readonly WorkflowAction[];
  /** The locks of everybody as this step leaves them. */
  readonly locks: LockTable;
  /** When to look again although nothing happened. */
  readonly dueAt: Instant | undefined;
}

/** Decides the next step of a workflow that is not completed. */
export const decideWorkflow = (
  graph: WorkflowGraph,
  workflow: Workflow,
  facts: WorkflowFacts,
  now: Instant,
): WorkflowDecision => {
  const run = startRun(graph, workflow, facts, now);
  reconcilePods(run);
  endSuspended(run);
  releaseEndedNodes(run);
  return finish(run, verdictOf(run));
};

/** A workflow waits for its own locks before anything of it starts; one that is being stopped waits for nothing. */
const verdictOf = (run: Run): Verdict => {
  const locks = acquireWorkflowLocks(run);
  if (!locks.ok) return { phase: 'Failed', message: locks.error };
  if (locks.value) {
    if (run.shutdown !== '') return { phase: 'Failed', message: `Stopped with strategy '${run.shutdown}'` };
    return { phase: run.workflow.status?.phase || 'Pending', message: locks.value.message };
  }
  return isHeld(run) ? { phase: 'Running' } : runTemplates(run);
};

/** Fails a workflow whose spec cannot be compiled. @spec WF-CTRL-03 */
export const rejectWorkflow = (
  workflow: Workflow,
  message: string,
  { locks, now }: { readonly locks: LockTable; readonly now: Instant },
): WorkflowDecision => {
  const text = `invalid spec: ${message}`;
  const at = toTimestamp(now);
  const conditions = withCondition(
    withCondition(workflow.status?.conditions ?? [], { type: 'SpecError', status: 'True', message: text }, now),
    { type: 'Completed', status: 'True' },
    now,
  );
  return {
    status: {
      ...workflow.status,
      phase: 'Failed',
      message: text,
      startedAt: workflow.status?.startedAt ?? at,
      finishedAt: at,
      conditions,
    },
    labels: { [LABEL_COMPLETED]: 'true', [LABEL_PHASE]: 'Failed' },
    annotations: {},
    events: [{ type: 'Warning', reason: 'WorkflowFailed', message: text }],
    actions: [],
    locks,
    dueAt: undefined,
  };
};

/** Suspended before or while running: nothing new is started, running pods go on. Shutting down overrides. */
const isHeld = (run: Run): boolean => run.workflow.spec?.suspend === true && run.shutdown === '';

const finish = (run: Run, verdict: Verdict): WorkflowDecision => {
  const { status } = run.workflow;
  const hasEnded = isCompleted(verdict.phase);
  if (hasEnded) releaseWorkflow(run);
  else releaseEndedNodes(run);
  const isNew = (status?.phase ?? '') === '';
  return {
    status: nextStatus(run, verdict),
    labels: {
      ...(isNew ? metadataLabels(run) : {}),
      [LABEL_PHASE]: verdict.phase,
      [LABEL_COMPLETED]: String(hasEnded),
    },
    annotations: isNew ? { ...run.graph.spec.workflowMetadata?.annotations } : {},
    events: eventsOf(status?.phase ?? '', verdict),
    locks: run.locks.table,
    actions: [...run.actions, ...(hasEnded ? [{ kind: 'deleteTaskResults' as const }] : [])],
    dueAt: hasEnded || run.due.length === 0 ? undefined : Math.min(...run.due),
  };
};
