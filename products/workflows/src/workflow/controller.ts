/**
 * The workflow loop: watches workflows, their pods and task results, and steps each workflow whenever something about
 * it changes. Wiring only.
 */
import { isEqual, type Clock, type Instant, type Logger, type Random } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import {
  createController,
  watchMapped,
  watchObjects,
  type Controller,
  type Next,
  type Recorder,
} from '@argosy/controller';
import { CONFIG_MAPS, formatKey, keyOf, PODS, type KubeObject, type ObjectKey } from '@argosy/kube';

import {
  CLUSTER_WORKFLOW_TEMPLATES,
  WORKFLOW_TASK_RESULTS,
  WORKFLOW_TEMPLATES,
  WORKFLOWS,
  type Workflow,
} from '../api/kinds.ts';
import { LABEL_WORKFLOW } from '../api/labels.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';
import { compileGraph, compileWorkflow } from '../compile/compile-workflow.ts';
import { formatFinding } from '../compile/rules/finding.ts';
import type { WorkflowGraph } from '../compile/workflow-graph.ts';
import { createUndiciHttp } from '../adapters/undici/undici-http.ts';
import { createHttpAgent } from '../http/http-agent.ts';
import type { HttpPort } from '../http/http-port.ts';
import { createLockKeeper } from '../locks/lock-keeper.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { actOnWorkflow, type WorkflowOutcome } from './act.ts';
import { decideWorkflow, rejectWorkflow, type WorkflowDecision } from './decide.ts';
import { decideExpiry, decidePodGarbage } from './finished.ts';
import { factsOf, referencedSpecs, WORKFLOW_INDEX, workflowIndex, type WorkflowCaches } from './observe.ts';
import { reportWorkflow, withoutUnstarted } from './report.ts';
import type { WorkflowAction } from './run.ts';

/** Ports of the loop. */
export interface WorkflowLoopDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The network of HTTP templates; by default the machine's. */
  readonly http?: HttpPort;
}

/** How the loop runs. */
export interface WorkflowLoopOptions {
  /** Workflows stepped side by side; default 8. */
  readonly concurrency?: number;
}

/** The loop, ready to run. */
export interface WorkflowLoop {
  readonly controller: Controller;
}

/** A compiled workflow, kept while its spec stays the same. */
interface Compiled {
  readonly uid: string | undefined;
  readonly spec: WorkflowSpec | undefined;
  readonly graph: WorkflowGraph;
}

/** Creates the loop; nothing happens before its controller runs. */
export const createWorkflowLoop = (deps: WorkflowLoopDeps, options: WorkflowLoopOptions = {}): WorkflowLoop => {
  const { client, informers, clock, recorder } = deps;
  const workflows = informers.of({ resource: WORKFLOWS });
  const pods = informers.of({
    resource: PODS,
    labelSelector: LABEL_WORKFLOW,
    indexes: { [WORKFLOW_INDEX]: workflowIndex },
  });
  const taskResults = informers.of({ resource: WORKFLOW_TASK_RESULTS, indexes: { [WORKFLOW_INDEX]: workflowIndex } });
  const templates = informers.of({ resource: WORKFLOW_TEMPLATES });
  const clusterTemplates = informers.of({ resource: CLUSTER_WORKFLOW_TEMPLATES });
  const configMaps = informers.of({ resource: CONFIG_MAPS });
  const caches: WorkflowCaches = { workflows, pods, taskResults, templates, clusterTemplates, configMaps };
  const agent = createHttpAgent({ ...deps, http: deps.http ?? createUndiciHttp() });
  const compiled = new Map<string, Compiled>();
  const written = new Map<string, string>();
  /** Read and replaced without a pause in between, so that no two steps take the same place. */
  const locks = createLockKeeper(
    () => workflows.list(),
    (key) => controller.enqueue(key),
  );

  const graphOf = (workflow: Workflow): WorkflowGraph | string => {
    const key = formatKey(keyOf(workflow));
    const known = compiled.get(key);
    if (known && known.uid === workflow.metadata.uid && isEqual(known.spec, workflow.spec)) return known.graph;
    const referenced = referencedSpecs(caches, workflow.metadata.namespace ?? '', {
      ...workflow.status?.storedWorkflowTemplateSpec,
      ...workflow.spec,
    });
    const isNew = (workflow.status?.phase ?? '') === '';
    const result = isNew ? compileWorkflow(workflow, referenced) : compileGraph(workflow, referenced);
    if (!result.ok) return typeof result.error === 'string' ? result.error : result.error.map(formatFinding).join('; ');
    compiled.set(key, { uid: workflow.metadata.uid, spec: workflow.spec, graph: result.value });
    return result.value;
  };

  const actAll = async (workflow: Workflow, actions: readonly WorkflowAction[]) => {
    const outcomes: WorkflowOutcome[] = [];
    for (const action of actions) {
      try {
        outcomes.push(await actOnWorkflow({ client, agent }, action, workflow));
      } catch (thrown) {
        return { outcomes, failure: { thrown } };
      }
    }
    return { outcomes };
  };

  const write = async (
    workflow: Workflow,
    decision: WorkflowDecision,
    outcomes: readonly WorkflowOutcome[],
  ): Promise<void> => {
    const next = reportWorkflow(workflow, decision, outcomes, clock.now());
    if (next === workflow) return;
    const stored = await client.update(WORKFLOWS, next);
    written.set(formatKey(keyOf(workflow)), stored.metadata.resourceVersion ?? '');
    for (const event of decision.events) recorder.event(stored, event);
  };

  const reconcile = async (key: ObjectKey, signal: AbortSignal): Promise<Next> => {
    const id = formatKey(key);
    // What we wrote last must be what we decide on next, or a step could be taken twice.
    await workflows.whenSeen(written.get(id), signal);
    const workflow = workflows.get(key);
    if (!workflow || workflow.metadata.deletionTimestamp) {
      agent.forget(compiled.get(id)?.uid);
      compiled.delete(id);
      written.delete(id);
      locks.forget(key);
      return { kind: 'settled' };
    }
    const now = clock.now();
    if (isCompleted(workflow.status?.phase)) return tidyUp(workflow, now);
    const graph = graphOf(workflow);
    const decision =
      typeof graph === 'string'
        ? rejectWorkflow(workflow, graph, { locks: locks.table(), now })
        : withStoredSpec(
            workflow,
            graph,
            decideWorkflow(graph, workflow, factsOf(caches, workflow, locks.table()), now),
          );
    locks.replace(decision.locks);
    const { outcomes, failure } = await actAll(workflow, decision.actions);
    if (failure) {
      const kept = withoutUnstarted(decision, decision.actions.slice(outcomes.length));
      if (kept) await write(workflow, kept, outcomes);
      throw failure.thrown;
    }
    await write(workflow, decision, outcomes);
    if (outcomes.some((outcome) => outcome.kind === 'refused')) return { kind: 'recheck', afterMs: 0 };
    return nextOf(earliest(decision.dueAt, await collectPods(workflow, now)), now);
  };

  /** Deletes pods of nodes that ended before this step, if the strategy says so; when the next is due. */
  const collectPods = async (workflow: Workflow, now: Instant): Promise<Instant | undefined> => {
    const spec = { ...workflow.status?.storedWorkflowTemplateSpec, ...workflow.spec };
    if (!spec.podGC?.strategy) return undefined;
    const { actions, dueAt } = decidePodGarbage(spec, workflow, factsOf(caches, workflow, locks.table()).pods, now);
    const { failure } = await actAll(workflow, actions);
    if (failure) throw failure.thrown;
    return dueAt;
  };

  const tidyUp = async (workflow: Workflow, now: Instant): Promise<Next> => {
    compiled.delete(formatKey(keyOf(workflow)));
    locks.forget(keyOf(workflow));
    agent.forget(workflow.metadata.uid);
    const spec = { ...workflow.status?.storedWorkflowTemplateSpec, ...workflow.spec };
    const podsDueAt = await collectPods(workflow, now);
    const expiry = decideExpiry(spec, workflow, now);
    const { failure } = await actAll(workflow, expiry.actions);
    if (failure) throw failure.thrown;
    return nextOf(earliest(podsDueAt, expiry.dueAt), now);
  };

  const toWorkflow = (object: KubeObject): readonly ObjectKey[] => {
    const name = object.metadata.labels?.[LABEL_WORKFLOW];
    return name === undefined ? [] : [{ namespace: object.metadata.namespace, name }];
  };
  const controller: Controller = createController(deps, {
    name: 'workflow',
    concurrency: options.concurrency ?? 8,
    sources: [
      watchObjects(workflows),
      watchMapped(pods, (change) => toWorkflow(change.object)),
      watchMapped(taskResults, (change) => (change.kind === 'deleted' ? [] : toWorkflow(change.object))),
      { ...watchMapped(templates, () => []) },
      { ...watchMapped(clusterTemplates, () => []) },
      // A semaphore whose limit changed may let somebody in.
      watchMapped(configMaps, ({ object }) => locks.waitingAt(object)),
    ],
    reconcile,
  });
  return { controller };
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
