/**
 * `when` and `stopStrategy.expression` of a cron workflow. @spec WF-VAR-20, WF-WHEN-07, WF-CRON-06
 */
import { fail, ok, parseTimestamp, type Instant, type Result } from '@argosy/base';
import {
  evaluateCondition,
  evaluateExpression,
  formatGoValue,
  GoTime,
  splitTags,
  WORKFLOW_FUNCTIONS,
  type ExprMap,
} from '@argosy/expressions';

import type { CronWorkflow } from '../api/cron-workflow.ts';

/** What the expressions see below `cronworkflow`. */
export interface CronFacts {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly lastScheduledAt: Instant | undefined;
  readonly failed: number;
  readonly succeeded: number;
}

/** The facts of a cron workflow with the counts as they will be written. */
export const factsOf = (
  cron: CronWorkflow,
  counts: { readonly failed: number; readonly succeeded: number },
): CronFacts => ({
  name: cron.metadata.name ?? '',
  namespace: cron.metadata.namespace ?? '',
  labels: cron.metadata.labels ?? {},
  annotations: cron.metadata.annotations ?? {},
  lastScheduledAt: parseTimestamp(cron.status?.lastScheduledTime),
  ...counts,
});

/** Whether a cron workflow has reached its end. */
export const shouldStop = (expression: string, facts: CronFacts, now: Instant): Result<boolean> => {
  const verdict = evaluateCondition(expression, environmentOf(facts), { now });
  return verdict.ok ? verdict : fail(`stopStrategy.expression: ${verdict.error.message}`);
};

/** Whether a run may start: the tags are replaced, what is left is an expression. Words need quotes. */
export const shouldRun = (when: string, facts: CronFacts, now: Instant): Result<boolean> => {
  const parts = splitTags(when);
  if (!parts.ok) return fail(`when: ${parts.error}`);
  let text = '';
  for (const part of parts.value) {
    if (part.kind === 'text') text += part.text;
    else {
      const value = evaluateExpression(part.content.replace(/^=/, ''), environmentOf(facts), { now });
      if (!value.ok) return fail(`when: ${value.error.message}`);
      text += formatGoValue(value.value);
    }
  }
  const verdict = evaluateCondition(text, {}, { now });
  return verdict.ok ? ok(verdict.value) : fail(`when: ${verdict.error.message}`);
};

const environmentOf = (facts: CronFacts): ExprMap => {
  const { lastScheduledAt, labels, annotations, ...rest } = facts;
  return {
    ...WORKFLOW_FUNCTIONS,
    cronworkflow: {
      ...rest,
      labels: { ...labels, json: JSON.stringify(labels) },
      annotations: { ...annotations, json: JSON.stringify(annotations) },
      lastScheduledTime: lastScheduledAt === undefined ? null : new GoTime(lastScheduledAt),
    },
  };
};
