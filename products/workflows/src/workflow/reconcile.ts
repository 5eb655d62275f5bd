/**
 * One look at a workflow: it is decided, what was decided is done, and what came of it is written.
 */
import type { Instant } from '@argosy/base';
import type { Informer } from '@argosy/client';
import type { Next } from '@argosy/controller';
import { formatKey, keyOf, type ObjectKey } from '@argosy/kube';

import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import type { WorkflowGraph } from '../compile/workflow-graph.ts';
import type { HttpAgent } from '../http/http-agent.ts';
import type { LockKeeper } from '../locks/lock-keeper.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { actOnWorkflow, type WorkflowOutcome } from './act.ts';
import { decideWorkflow, rejectWorkflow, type WorkflowDecision } from './decide.ts';
import { decideExpiry, decidePodGarbage } from './finished.ts';
import type { GraphCache } from './graph-cache.ts';
import { factsOf, type WorkflowCaches } from './observe.ts';
import { reportWorkflow, withoutUnstarted } from './report.ts';
import type { WorkflowAction } from './run.ts';
import type { WorkflowLoopDeps } from './controller.ts';

/** What one look at a workflow works with. */
export interface Parts {
  readonly deps: WorkflowLoopDeps;
  readonly workflows: Informer<Workflow>;
  readonly caches: WorkflowCaches;
  /** Read and replaced without a pause in between, so that no two steps take the same place. */
  readonly locks: LockKeeper;
  readonly agent: HttpAgent;
  readonly graphs: GraphCache;
  /** Version of what was last written, by workflow. */
  readonly written: Map<string, string>;
}

/** Steps a workflow, or tidies up after one that has ended. Throws when the API refuses. */
export const reconcile = async (parts: Parts, key: ObjectKey, signal: AbortSignal): Promise<Next> => {
  const { workflows, written, locks, graphs, agent } = parts;
  // What we wrote last must be what we decide on next, or a step could be taken twice.
  await workflows.whenSeen(written.get(formatKey(key)), signal);
  const workflow = workflows.get(key);
  if (workflow && !workflow.metadata.deletionTimestamp)
    return isCompleted(workflow.status?.phase) ? tidyUp(parts, workflow) : step(parts, workflow);
  agent.forget(graphs.uidOf(key));
  graphs.forget(key);
  written.delete(formatKey(key));
  locks.forget(key);
  return { kind: 'settled' };
};

const step = async (parts: Parts, workflow: Workflow): Promise<Next> => {
  const { graphs, locks, caches } = parts;
  const now = parts.deps.clock.now();
  const graph = graphs.of(workflow);
  const decision = graph.ok
    ? withStoredSpec(
        workflow,
        graph.value,
        decideWorkflow(graph.value, workflow, factsOf(caches, workflow, locks.table()), now),
      )
    : rejectWorkflow(workflow, graph.error, { locks: locks.table(), now });
  locks.replace(decision.locks);
  const { outcomes, failure } = await actAll(parts, workflow, decision.actions);
  if (failure) {
    const kept = withoutUnstarted(decision, decision.actions.slice(outcomes.length));
    if (kept) await write(parts, workflow, { decision: kept, outcomes });
    throw failure.thrown;
  }
  await write(parts, workflow, { decision, outcomes });
  if (outcomes.some((outcome) => outcome.kind === 'refused')) return { kind: 'recheck', afterMs: 0 };
  return nextOf(earliest(decision.dueAt, await collectPods(parts, workflow)), now);
};

const actAll = async (parts: Parts, workflow: Workflow, actions: readonly WorkflowAction[]) => {
  const outcomes: WorkflowOutcome[] = [];
  for (const action of actions) {
    try {
      outcomes.push(await actOnWorkflow({ client: parts.deps.client, agent: parts.agent }, action, workflow));
    } catch (thrown) {
      return { outcomes, failure: { thrown } };
    }
  }
  return { outcomes };
};

const write = async (
  { deps, written }: Parts,
  workflow: Workflow,
  { decision, outcomes }: { readonly decision: WorkflowDecision; readonly outcomes: readonly WorkflowOutcome[] },
): Promise<void> => {
  const next = reportWorkflow(workflow, decision, outcomes, deps.clock.now());
  if (next === workflow) return;
  const stored = await deps.client.update(WORKFLOWS, next);
  written.set(formatKey(keyOf(workflow)), stored.metadata.resourceVersion ?? '');
  for (const event of decision.events) deps.recorder.event(stored, event);
};

/** Deletes pods of nodes that ended before this step, if the strategy says so; when the next is due. */
const collectPods = async (parts: Parts, workflow: Workflow): Promise<Instant | undefined> => {
  const spec = { ...workflow.status?.storedWorkflowTemplateSpec, ...workflow.spec };
  if (!spec.podGC?.strategy) return undefined;
  const { pods } = factsOf(parts.caches, workflow, parts.locks.table());
  const { actions, dueAt } = decidePodGarbage(spec, workflow, pods, parts.deps.clock.now());
  const { failure } = await actAll(parts, workflow, actions);
  if (failure) throw failure.thrown;
  return dueAt;
};

const tidyUp = async (parts: Parts, workflow: Workflow): Promise<Next> => {
  const now = parts.deps.clock.now();
  parts.graphs.forget(keyOf(workflow));
  parts.locks.forget(keyOf(workflow));
  parts.agent.forget(workflow.metadata.uid);
  const spec = { ...workflow.status?.storedWorkflowTemplateSpec, ...workflow.spec };
  const podsDueAt = await collectPods(parts, workflow);
  const expiry = decideExpiry(spec, workflow, now);
  const { failure } = await actAll(parts, workflow, expiry.actions);
  if (failure) throw failure.thrown;
  return nextOf(earliest(podsDueAt, expiry.dueAt), now);
};

/** The spec of a referenced template is frozen at the first step. @spec WF-SPEC-03 */
const withStoredSpec = (workflow: Workflow, graph: WorkflowGraph, decision: WorkflowDecision): WorkflowDecision =>
  workflow.spec?.workflowTemplateRef && !workflow.status?.storedWorkflowTemplateSpec
    ? { ...decision, status: { ...decision.status, storedWorkflowTemplateSpec: graph.spec } }
    : decision;

const earliest = (...due: readonly (Instant | undefined)[]): Instant | undefined => {
  const known = due.filter((at) => at !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};

const nextOf = (dueAt: Instant | undefined, now: Instant): Next =>
  dueAt === undefined ? { kind: 'settled' } : { kind: 'recheck', afterMs: Math.max(0, dueAt - now) };
