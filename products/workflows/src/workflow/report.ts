/**
 * Writes what was decided, once: status, labels and annotations together, since a Workflow has no status subresource.
 * The resourceVersion guards against whoever wrote in between. @spec WF-CRD-02, WF-CTRL-07, WF-CTRL-08
 */
import { isEqual, toTimestamp, type Instant } from '@argosy/base';

import type { NodeStatus, Workflow } from '../api/kinds.ts';
import type { WorkflowOutcome } from './act.ts';
import type { WorkflowDecision } from './decide.ts';
import type { WorkflowAction } from './run.ts';

/** The workflow as it is to be written; the same object when nothing changed. */
export const reportWorkflow = (
  workflow: Workflow,
  decision: WorkflowDecision,
  outcomes: readonly WorkflowOutcome[],
  now: Instant,
): Workflow => {
  const status = { ...decision.status, ...withRefusals(decision.status.nodes, outcomes, now) };
  const { metadata } = workflow;
  const next: Workflow = {
    ...workflow,
    metadata: {
      ...metadata,
      ...(Object.keys(decision.labels).length > 0 ? { labels: { ...metadata.labels, ...decision.labels } } : {}),
      ...(Object.keys(decision.annotations).length > 0
        ? { annotations: { ...decision.annotations, ...metadata.annotations } }
        : {}),
    },
    status: withoutUndefined(status),
  };
  return isEqual(next, workflow) ? workflow : next;
};

/**
 * What may be written although some actions were not done: a node whose pod could not be created now has not started,
 * and the next step starts it. Absent when something else is left to do, which only the whole step does again.
 */
export const withoutUnstarted = (
  decision: WorkflowDecision,
  undone: readonly WorkflowAction[],
): WorkflowDecision | undefined => {
  const unstarted = new Set<string>();
  for (const action of undone) {
    if (action.kind === 'createPod') unstarted.add(action.nodeId);
    else if (action.kind !== 'sendRequest') return undefined;
  }
  const nodes = Object.entries(decision.status.nodes ?? {}).filter(([id]) => !unstarted.has(id));
  return { ...decision, status: { ...decision.status, nodes: Object.fromEntries(nodes) } };
};

/** Nodes whose pods the cluster refused end in Error. */
const withRefusals = (
  nodes: Readonly<Record<string, NodeStatus>> | undefined,
  outcomes: readonly WorkflowOutcome[],
  now: Instant,
): Pick<Workflow['status'] & object, 'nodes'> => {
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  if (!nodes || refused.length === 0) return {};
  const changed = { ...nodes };
  for (const { nodeId, message } of refused) {
    const node = changed[nodeId];
    if (node) changed[nodeId] = { ...node, phase: 'Error', message, finishedAt: toTimestamp(now) };
  }
  return { nodes: changed };
};

/** The API does not keep `undefined`; without it equal states compare equal. */
const withoutUndefined = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(withoutUndefined) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, withoutUndefined(part)]])),
  ) as T;
};
