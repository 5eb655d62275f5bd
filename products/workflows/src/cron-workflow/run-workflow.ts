/**
 * The workflow of one run of a cron workflow. @spec WF-CRON-09, WF-OPS-02
 */
import { toTimestamp, type Instant } from '@argosy/base';

import type { CronWorkflow } from '../api/cron-workflow.ts';
import type { Workflow } from '../api/kinds.ts';
import { ANNOTATION_SCHEDULED_TIME, LABEL_CRON_WORKFLOW } from '../api/labels.ts';

/** The run of a scheduled time. The name tells it, so that one time makes one run, however many schedules say it. */
export const runOf = (cron: CronWorkflow, scheduledAt: Instant): Workflow => {
  const { name = '', uid } = cron.metadata;
  const base = workflowOf(cron, toTimestamp(scheduledAt));
  return {
    ...base,
    metadata: {
      ...base.metadata,
      name: `${name}-${Math.floor(scheduledAt / 1000)}`,
      ...(uid
        ? {
            ownerReferences: [
              {
                apiVersion: 'argoproj.io/v1alpha1',
                kind: 'CronWorkflow',
                name,
                uid,
                controller: true,
                blockOwnerDeletion: true,
              },
            ],
          }
        : {}),
    },
  };
};

/** A workflow of the spec, without a name of its own. */
export const workflowOf = (cron: CronWorkflow, scheduledTime: string): Workflow => {
  const { labels, annotations, finalizers } = cron.spec?.workflowMetadata ?? {};
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      namespace: cron.metadata.namespace,
      labels: { ...labels, [LABEL_CRON_WORKFLOW]: cron.metadata.name ?? '' },
      annotations: { ...annotations, [ANNOTATION_SCHEDULED_TIME]: scheduledTime },
      ...(finalizers ? { finalizers } : {}),
    },
    spec: cron.spec?.workflowSpec,
  };
};
