/**
 * Writes what was decided about a cron workflow, once: status, labels and annotations together.
 */
import { isEqual, type Instant } from '@argosy/base';
import { withCondition } from '@argosy/kube';

import type { CronWorkflow, CronWorkflowStatus } from '../api/cron-workflow.ts';
import type { CronOutcome } from './act.ts';
import { referenceTo, type CronDecision } from './decide.ts';

/** The cron workflow as it is to be written; the same object when nothing changed. A refused run counts as failed. */
export const reportCronWorkflow = (
  cron: CronWorkflow,
  decision: CronDecision,
  outcomes: readonly CronOutcome[],
  now: Instant,
): CronWorkflow => {
  const refused = outcomes.filter((one) => one.kind === 'refused');
  const [first] = refused;
  const started = withStarted(cron, decision.status, outcomes);
  const status = first
    ? {
        ...started,
        failed: (started.failed ?? 0) + refused.length,
        conditions: withCondition(
          started.conditions,
          { type: 'SubmissionError', status: 'True', message: `Failed to submit Workflow: ${first.message}` },
          now,
        ),
      }
    : started;
  const { metadata } = cron;
  const next: CronWorkflow = {
    ...cron,
    metadata: {
      ...metadata,
      ...(Object.keys(decision.labels).length > 0 ? { labels: { ...metadata.labels, ...decision.labels } } : {}),
      ...(Object.keys(decision.annotations).length > 0
        ? { annotations: { ...metadata.annotations, ...decision.annotations } }
        : {}),
    },
    status,
  };
  return isEqual(next, cron) ? cron : next;
};

/** A run is listed as soon as it was created: one that ends before anybody looks is counted all the same. */
const withStarted = (
  cron: CronWorkflow,
  status: CronWorkflowStatus,
  outcomes: readonly CronOutcome[],
): CronWorkflowStatus => {
  const active = [...(status.active ?? [])];
  for (const outcome of outcomes) {
    if (outcome.kind !== 'created') continue;
    const reference = referenceTo(outcome.run);
    const isOurs = outcome.run.metadata.ownerReferences?.some((owner) => owner.uid === cron.metadata.uid) === true;
    if (isOurs && !active.some((one) => one.uid === reference.uid)) active.push(reference);
  }
  return { ...status, active };
};
