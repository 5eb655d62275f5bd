/**
 * What is left to do for a workflow that has ended: its pods and, when its time is over, itself. @spec WF-GC-01 … WF-GC-07
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import { matchesLabelSelector, type LabelSelector, type Pod } from '@argosy/kube';

import type { NodeStatus, Workflow } from '../api/kinds.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';
import { parseDurationText } from '../compile/any-string.ts';
import { expiryOf } from '../nodes/time-to-live.ts';
import type { WorkflowAction } from './run.ts';

/** Upstream's default of `podGCDeleteDelayDuration`: time enough to look at a log. */
const DEFAULT_DELAY_MS = 5000;

/** Pods to delete now, and when the next is due. */
export const decidePodGarbage = (
  spec: WorkflowSpec,
  workflow: Workflow,
  pods: Iterable<readonly [string, Pod]>,
  now: Instant,
): { readonly actions: readonly WorkflowAction[]; readonly dueAt: Instant | undefined } => {
  const strategy = spec.podGC?.strategy ?? '';
  if (strategy === '') return { actions: [], dueAt: undefined };
  const delayMs =
    (spec.podGC?.deleteDelayDuration === undefined ? undefined : parseDurationText(spec.podGC.deleteDelayDuration)) ??
    DEFAULT_DELAY_MS;
  const actions: WorkflowAction[] = [];
  let dueAt: Instant | undefined;
  for (const [nodeId, pod] of pods) {
    if (
      pod.metadata.deletionTimestamp ||
      !matchesLabelSelector((spec.podGC?.labelSelector as LabelSelector | undefined) ?? {}, pod.metadata.labels ?? {})
    )
      continue;
    const since = collectedSince(strategy, workflow, workflow.status?.nodes?.[nodeId]);
    if (since === undefined) continue;
    if (since + delayMs <= now)
      actions.push({ kind: 'deletePod', name: pod.metadata.name ?? '', uid: pod.metadata.uid });
    else dueAt = Math.min(dueAt ?? Infinity, since + delayMs);
  }
  return { actions, dueAt };
};

const collectedSince = (strategy: string, workflow: Workflow, node: NodeStatus | undefined): Instant | undefined => {
  const { phase, finishedAt } = workflow.status ?? {};
  switch (strategy) {
    case 'OnPodCompletion':
      return parseTimestamp(node?.finishedAt);
    case 'OnPodSuccess':
      return node?.phase === 'Succeeded' ? parseTimestamp(node.finishedAt) : undefined;
    case 'OnWorkflowCompletion':
      return parseTimestamp(finishedAt);
    case 'OnWorkflowSuccess':
      return phase === 'Succeeded' ? parseTimestamp(finishedAt) : undefined;
    default:
      return undefined;
  }
};

/** Deletes a workflow whose time to live is over. */
export const decideExpiry = (
  spec: WorkflowSpec,
  workflow: Workflow,
  now: Instant,
): { readonly actions: readonly WorkflowAction[]; readonly dueAt: Instant | undefined } => {
  const finishedAt = parseTimestamp(workflow.status?.finishedAt);
  const expiry = finishedAt === undefined ? undefined : expiryOf(workflow.status?.phase, spec.ttlStrategy, finishedAt);
  if (expiry === undefined) return { actions: [], dueAt: undefined };
  return expiry <= now ? { actions: [{ kind: 'deleteWorkflow' }], dueAt: undefined } : { actions: [], dueAt: expiry };
};
