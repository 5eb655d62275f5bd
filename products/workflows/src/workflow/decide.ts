/**
 * One step of a workflow: from the compiled graph, the status as it stands, the facts and the time to the next status
 * and what to do. Pure and total. The order follows upstream's operate.
 * @upstream argo-workflows workflow/controller/operator.go#operate
 * @spec WF-CTRL-02, WF-HOOK-01, WF-HOOK-02, WF-OPS-04, WF-OPS-05, WF-TIME-01
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import { evaluateExpression, workflowEnvironment } from '@argosy/expressions';
import { withCondition, type Condition } from '@argosy/kube';

import type { NodeStatus, Workflow, WorkflowPhase, WorkflowStatus } from '../api/kinds.ts';
import { LABEL_COMPLETED, LABEL_PHASE } from '../api/labels.ts';
import type { Outputs } from '../api/template-schema.ts';
import type { WorkflowGraph } from '../compile/workflow-graph.ts';
import { isCompleted, isFailedOrError, isFulfilled } from '../nodes/node-phase.ts';
import { progressOfNodes } from '../nodes/progress.ts';
import type { LockTable } from '../locks/lock-table.ts';
import { synchronizationOf } from '../locks/synchronization-status.ts';
import { executeByType, executeTemplate } from './execute.ts';
import { acquireWorkflowLocks, releaseEndedNodes, releaseWorkflow } from './execute-locks.ts';
import { globalsOf } from './globals.ts';
import { reconcilePods } from './reconcile-pods.ts';
import { nodeNamed, setPhase, type Run, type WorkflowAction, type WorkflowFacts } from './run.ts';
import { argumentsOf, executeExitHandler, executeWorkflowHooks } from './workflow-hooks.ts';

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
  return isHeld(run) ? { phase: 'Running' } : execute(run);
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

interface Verdict {
  readonly phase: WorkflowPhase;
  readonly message?: string;
}

const startRun = (graph: WorkflowGraph, workflow: Workflow, facts: WorkflowFacts, now: Instant): Run => {
  const { status } = workflow;
  const { spec } = graph;
  const startedAt = parseTimestamp(status?.startedAt) ?? now;
  const run: Run = {
    workflow,
    name: workflow.metadata.name ?? '',
    graph,
    facts,
    now,
    nodes: new Map(Object.entries(status?.nodes ?? {})),
    actions: [],
    due: [],
    globals: globalsOf(workflow, spec, now),
    globalArtifacts: new Map((status?.outputs?.artifacts ?? []).map((artifact) => [artifact.name, artifact])),
    outputs: { parameters: status?.outputs?.parameters ?? [], artifacts: status?.outputs?.artifacts ?? [] },
    storedTemplates: { ...status?.storedTemplates },
    shutdown:
      workflow.spec?.shutdown === 'Stop' || workflow.spec?.shutdown === 'Terminate' ? workflow.spec.shutdown : '',
    deadline: spec.activeDeadlineSeconds === undefined ? undefined : startedAt + spec.activeDeadlineSeconds * 1000,
    runner: { execute: executeTemplate, executeByType },
    locks: { table: facts.locks },
    activePods: 0,
    depth: 0,
  };
  resolveGlobalParameters(run);
  if (run.deadline !== undefined && now < run.deadline) run.due.push(run.deadline);
  return run;
};

/** Workflow arguments that come from ConfigMaps. */
const resolveGlobalParameters = (run: Run): void => {
  for (const parameter of run.graph.spec.arguments?.parameters ?? []) {
    const reference = parameter.valueFrom?.configMapKeyRef;
    if (!reference || parameter.value !== undefined) continue;
    const found = run.facts.configMapValue(reference.name ?? '', reference.key);
    if (found.kind === 'found') run.globals[`workflow.parameters.${parameter.name}`] = found.value;
    else if (parameter.valueFrom?.default !== undefined)
      run.globals[`workflow.parameters.${parameter.name}`] = String(parameter.valueFrom.default);
  }
};

/** Suspended before or while running: nothing new is started, running pods go on. Shutting down overrides. */
const isHeld = (run: Run): boolean => run.workflow.spec?.suspend === true && run.shutdown === '';

/** Nodes without a pod do not outlive a shutdown or the deadline; those of exit handlers outlive a stop. */
const endSuspended = (run: Run): void => {
  const isOver = run.deadline !== undefined && run.now >= run.deadline;
  if (run.shutdown === '' && !isOver) return;
  for (const node of run.nodes.values()) {
    if ((node.type !== 'Suspend' && node.type !== 'HTTP') || isFulfilled(node)) continue;
    if (run.shutdown !== 'Terminate' && isOnExit(node)) continue;
    setPhase(
      run,
      node,
      'Failed',
      run.shutdown === '' ? 'Step exceeded its deadline' : `Stopped with strategy '${run.shutdown}'`,
    );
  }
};

const execute = (run: Run): Verdict => {
  const { spec } = run.graph;
  const isOver = run.deadline !== undefined && run.now >= run.deadline;
  const root = nodeNamed(run, run.name);
  if (isOver && root && !isFulfilled(root) && run.shutdown === '') failOpenNodes(run);
  const hooksDone = executeWorkflowHooks(run, root?.phase ?? 'Pending');
  const entry = executeTemplate(run, {
    nodeName: run.name,
    caller: { template: spec.entrypoint },
    scope: run.graph.localScope,
    arguments: argumentsOf(run),
  });
  if (!entry) return { phase: 'Running' };
  if (!isFulfilled(entry) || entry.daemoned === true) return { phase: 'Running' };
  const lateHooksDone = executeWorkflowHooks(run, entry.phase);
  const exit = executeExitHandler(run, entry);
  if (exit === 'running' || !hooksDone || !lateHooksDone) return { phase: 'Running' };
  return conclude(entry, exit, run);
};

/** The deadline has passed: what has not ended has failed. */
const failOpenNodes = (run: Run): void => {
  for (const node of run.nodes.values()) {
    if (isFulfilled(node) || isOnExit(node)) continue;
    const isLeaf = node.type === 'Pod' || node.type === 'Suspend' || node.type === 'HTTP';
    setPhase(run, node, 'Failed', isLeaf ? 'Step exceeded its deadline' : '');
  }
};

const isOnExit = (node: NodeStatus): boolean => /\.onExit($|[.[(])/.test(node.name);

const conclude = (entry: NodeStatus, exit: NodeStatus | undefined, run: Run): Verdict => {
  const main: WorkflowPhase = entry.phase === 'Failed' || entry.phase === 'Error' ? entry.phase : 'Succeeded';
  const isStopped =
    run.shutdown !== '' &&
    main === 'Succeeded' &&
    [...run.nodes.values()].some(
      (node) => isFailedOrError(node.phase) && node.message?.includes('shutdown with strategy'),
    );
  if (isStopped) return { phase: 'Failed', message: `Stopped with strategy '${run.shutdown}'` };
  if (main === 'Succeeded' && exit && isFailedOrError(exit.phase))
    return { phase: exit.phase === 'Error' ? 'Error' : 'Failed', message: exit.message };
  const message =
    main === 'Succeeded' ? undefined : run.shutdown === '' ? entry.message : `Stopped with strategy '${run.shutdown}'`;
  return { phase: main, message };
};

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

const nextStatus = (run: Run, { phase, message }: Verdict): WorkflowStatus => {
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
const metadataLabels = (run: Run): Readonly<Record<string, string>> => {
  const { labels, labelsFrom } = run.graph.spec.workflowMetadata ?? {};
  const computed: Record<string, string> = { ...labels };
  for (const [key, from] of Object.entries(labelsFrom ?? {})) {
    const value = evaluateExpression(from.expression, workflowEnvironment(run.globals), { now: run.now });
    if (value.ok && typeof value.value === 'string') computed[key] = value.value;
  }
  return computed;
};

const eventsOf = (before: WorkflowPhase, verdict: Verdict): WorkflowDecision['events'] => {
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
