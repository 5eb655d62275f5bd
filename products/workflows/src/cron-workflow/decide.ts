/**
 * One look at a cron workflow: fold what has ended into the counts, start what is due, tidy up. Pure and total.
 * @upstream argo-workflows workflow/cron/operator.go
 * @spec WF-CRON-01 … WF-CRON-14
 */
import { parseTimestamp, toTimestamp, type CronSchedule, type Instant } from '@argosy/base';
import { withCondition, type Condition } from '@argosy/kube';

import { judgeCronSpec, type ActiveRun, type CronWorkflow, type CronWorkflowStatus } from '../api/cron-workflow.ts';
import type { Workflow } from '../api/kinds.ts';
import { ANNOTATION_LAST_SCHEDULE, LABEL_CRON_COMPLETED } from '../api/labels.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { factsOf, shouldRun, shouldStop } from './expressions.ts';
import type { CronObserved } from './observe.ts';
import { runOf } from './run-workflow.ts';
import { dueBetween, missedRun, nextDue, readSchedules, scheduleText, type Timetable } from './schedules.ts';

/** What is to be done. Repeating an action is harmless. */
export type CronAction =
  | { readonly kind: 'terminateRun'; readonly name: string }
  | { readonly kind: 'createRun'; readonly workflow: Workflow; readonly scheduledAt: Instant }
  | { readonly kind: 'deleteRun'; readonly name: string; readonly uid: string | undefined };

/** What a look decides. */
export interface CronDecision {
  readonly actions: readonly CronAction[];
  readonly status: CronWorkflowStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When the schedule is due next. */
  readonly dueAt: Instant | undefined;
}

/** Decides. */
export const decideCronWorkflow = (observed: CronObserved): CronDecision => {
  const { cron, now } = observed;
  const folded = foldRuns(observed);
  const tidying = tidyRuns(observed);
  const still = (status: CronWorkflowStatus, labels: Readonly<Record<string, string>> = {}): CronDecision => ({
    actions: tidying,
    status,
    labels,
    annotations: {},
    dueAt: undefined,
  });
  const [wrong] = judgeCronSpec(cron);
  const problem = wrong ? `${wrong.field}: ${wrong.message}` : observed.problem;
  if (!cron.spec || wrong) return still(withError(folded, 'SpecError', problem, now));
  const status = withError(folded, 'SpecError', problem, now);
  if (status.phase === 'Stopped') return still(status, { [LABEL_CRON_COMPLETED]: 'true' });
  const stop = cron.spec.stopStrategy
    ? shouldStop(cron.spec.stopStrategy.expression, factsOf(cron, countsOf(status)), now)
    : undefined;
  if (stop && !stop.ok) return still(withError(status, 'SpecError', stop.error, now));
  if (stop?.value === true) return still({ ...status, phase: 'Stopped' }, { [LABEL_CRON_COMPLETED]: 'true' });
  const schedules = readSchedules(cron.spec);
  if (!schedules.ok) return still(status);
  const annotations = { [ANNOTATION_LAST_SCHEDULE]: scheduleText(cron.spec) };
  if (cron.spec.suspend === true) return { ...still(status), annotations };
  const timetable = timetableOf(cron, schedules.value, now);
  const dueAt = nextDue(timetable, now);
  if (problem !== undefined) return { ...still(status), annotations, dueAt };
  const started = start(observed, status, timetable);
  return { actions: [...started.actions, ...tidying], status: started.status, labels: {}, annotations, dueAt };
};

/** What `@every` counts from: the last run, or the creation. */
const timetableOf = (
  { metadata, status }: CronWorkflow,
  schedules: readonly CronSchedule[],
  now: Instant,
): Timetable => ({
  schedules,
  anchor: parseTimestamp(status?.lastScheduledTime) ?? parseTimestamp(metadata.creationTimestamp) ?? now,
});

const countsOf = (status: CronWorkflowStatus) => ({ failed: status.failed ?? 0, succeeded: status.succeeded ?? 0 });

const withError = (
  status: CronWorkflowStatus,
  type: 'SpecError' | 'SubmissionError',
  message: string | undefined,
  now: Instant,
): CronWorkflowStatus => ({
  ...status,
  conditions:
    message === undefined
      ? (status.conditions ?? []).filter((one) => one.type !== type)
      : withCondition(
          status.conditions,
          { type, status: 'True', message } satisfies Omit<Condition, 'lastTransitionTime'>,
          now,
        ),
});

/** Runs that have ended leave `active` and are counted, once: only what is in `active` counts. */
const foldRuns = ({ cron, runs }: CronObserved): CronWorkflowStatus => {
  const before = cron.status ?? {};
  const known = new Set((before.active ?? []).map((one) => one.uid));
  const ended = runs.filter((run) => known.has(run.metadata.uid) && isCompleted(run.status?.phase));
  const active = runs.filter((run) => !isCompleted(run.status?.phase)).map(referenceTo);
  const succeeded = ended.filter((run) => run.status?.phase === 'Succeeded').length;
  return {
    ...before,
    phase: before.phase || 'Active',
    active: [...active].sort((left, right) => ((left.name ?? '') < (right.name ?? '') ? -1 : 1)),
    succeeded: (before.succeeded ?? 0) + succeeded,
    failed: (before.failed ?? 0) + ended.length - succeeded,
  };
};

/** How `status.active` names a run. */
export const referenceTo = ({ apiVersion, kind, metadata }: Workflow): ActiveRun => ({
  apiVersion,
  kind,
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
});

const DEFAULT_SUCCESSFUL = 3;
const DEFAULT_FAILED = 1;

/** Runs beyond the limits of the history, the oldest first to go. */
const tidyRuns = ({ cron, runs }: CronObserved): readonly CronAction[] => {
  const counted = new Set((cron.status?.active ?? []).map((one) => one.uid));
  const beyond = (phases: readonly string[], limit: number): readonly Workflow[] =>
    runs
      // What is still in `active` has not been counted yet.
      .filter((run) => phases.includes(run.status?.phase ?? '') && !counted.has(run.metadata.uid))
      .sort((left, right) => endOf(right) - endOf(left))
      .slice(limit);
  return [
    ...beyond(['Succeeded'], cron.spec?.successfulJobsHistoryLimit ?? DEFAULT_SUCCESSFUL),
    ...beyond(['Failed', 'Error'], cron.spec?.failedJobsHistoryLimit ?? DEFAULT_FAILED),
  ].map(({ metadata }) => ({ kind: 'deleteRun', name: metadata.name ?? '', uid: metadata.uid }));
};

const endOf = (run: Workflow): Instant =>
  parseTimestamp(run.status?.finishedAt) ?? parseTimestamp(run.metadata.creationTimestamp) ?? 0;

/** Starts what is due now or was missed within its deadline. */
const start = (
  observed: CronObserved,
  status: CronWorkflowStatus,
  timetable: Timetable,
): Pick<CronDecision, 'actions' | 'status'> => {
  const { cron, now } = observed;
  const due = dueRuns(observed, timetable);
  if (due.length === 0) return { actions: [], status };
  const policy = cron.spec?.concurrencyPolicy ?? 'Allow';
  const active = status.active ?? [];
  if (policy === 'Forbid' && active.length > 0) return { actions: [], status };
  const may = cron.spec?.when ? shouldRun(cron.spec.when, factsOf(cron, countsOf(status)), now) : undefined;
  if (may && !may.ok) return { actions: [], status: withError(status, 'SpecError', may.error, now) };
  if (may?.value === false) return { actions: [], status };
  // Replace and Forbid allow one run at a time, so of several times that are due only the latest is one.
  const times = policy === 'Allow' ? due : due.slice(-1);
  const terminations: readonly CronAction[] =
    policy === 'Replace' ? active.map((one) => ({ kind: 'terminateRun', name: one.name ?? '' })) : [];
  return {
    actions: [
      ...terminations,
      ...times.map((at): CronAction => ({ kind: 'createRun', workflow: runOf(cron, at), scheduledAt: at })),
    ],
    status: withError(
      { ...status, lastScheduledTime: toTimestamp(times.at(-1) ?? now) },
      'SubmissionError',
      undefined,
      now,
    ),
  };
};

/** Times that are due, in order, each once. */
const dueRuns = (observed: CronObserved, timetable: Timetable): readonly Instant[] => {
  const { cron, consideredUntil, now } = observed;
  const lastScheduledAt = parseTimestamp(cron.status?.lastScheduledTime);
  const due = dueBetween(timetable, Math.max(consideredUntil, lastScheduledAt ?? 0), now);
  if (due.length > 0) return due;
  const missed = missedRun({
    schedules: timetable.schedules,
    lastScheduledAt,
    startingDeadlineSeconds: cron.spec?.startingDeadlineSeconds,
    scheduleJustChanged:
      cron.metadata.annotations?.[ANNOTATION_LAST_SCHEDULE] !== scheduleText(cron.spec ?? { schedules: [] }),
    now,
  });
  return missed === undefined ? [] : [missed];
};
