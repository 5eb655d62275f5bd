/**
 * When a CronJob starts its next job, and which old ones go.
 * @upstream kubernetes pkg/controller/cronjob/cronjob_controllerv2.go#syncCronJob
 */
import {
  fail,
  nextAfter,
  ok,
  parseCron,
  parseTimestamp,
  previousBefore,
  toTimestamp,
  type CronSchedule,
  type Instant,
  type Result,
} from '@argosy/base';
import type { Decision, EventDraft, Next, Observed } from '@argosy/controller';
import { controllerReferenceTo, isConditionTrue, type CronJob, type CronJobStatus, type Job } from '@argosy/kube';

import { carriedFrom } from '../pod-from-template.ts';
import { isRunningStart, SCHEDULED_AT } from './job-starts.ts';
import { refreshStatus } from './refresh-status.ts';

/** What a CronJob is decided from: the jobs it controls. */
export interface CronJobWorld {
  readonly jobs: readonly Job[];
}

/** What may be done. */
export type CronJobAction =
  | { readonly kind: 'create-job'; readonly job: Job }
  | { readonly kind: 'delete-job'; readonly name: string; readonly uid: string; readonly why: 'history' | 'replaced' };

/** More starts missed than this, and the schedule is looked at from now only. */
const MOST_MISSED = 100;
/** Added to a wait, so that the look never comes before the time. */
const MARGIN_MS = 100;

/** Decides. Pure and total. */
export const decideCronJob = (observed: Observed<CronJob, CronJobWorld>): Decision<CronJobStatus, CronJobAction> => {
  const { object: cronJob, world, now } = observed;
  const spec = cronJob.spec;
  const cleaned = cleanHistory(cronJob, world.jobs);
  const refreshed = refreshStatus(cronJob, world.jobs);
  const { status } = refreshed;
  const events = [
    ...refreshed.events,
    ...cleaned.flatMap((action) => (action.kind === 'delete-job' ? [deletedEvent(action.name)] : [])),
  ];
  const done = (next: Next, more: readonly EventDraft[] = []): Decision<CronJobStatus, CronJobAction> => ({
    actions: cleaned,
    status,
    events: [...events, ...more],
    next,
  });
  if (!spec || cronJob.metadata.deletionTimestamp || spec.suspend) return done({ kind: 'settled' });
  const schedule = scheduleOf(spec, now);
  if (!schedule.ok) {
    const { reason, message } = schedule.error;
    return done({ kind: 'stalled', reason: message }, [{ type: 'Warning', reason, message }]);
  }
  const { starts, upcoming } = schedule.value;
  const due = lastDue(cronJob, starts, now);
  const next: Next = { kind: 'recheck', afterMs: upcoming - now + MARGIN_MS };
  const missed = due.isTooMany ? [TOO_MANY_MISSED] : [];
  if (due.at === undefined) return done(next, missed);
  const start = decideStart(cronJob, { at: due.at, now, status, jobs: world.jobs });
  return {
    actions: [...cleaned, ...start.actions],
    status: start.status,
    events: [...events, ...missed, ...start.events],
    next,
  };
};

const TOO_MANY_MISSED: EventDraft = {
  type: 'Warning',
  reason: 'TooManyMissedTimes',
  message: 'too many missed start times: check the clock, or set or decrease .spec.startingDeadlineSeconds',
};

/** The starts of a schedule and the next one, or why there are none. */
const scheduleOf = (
  spec: NonNullable<CronJob['spec']>,
  now: Instant,
): Result<
  { readonly starts: CronSchedule; readonly upcoming: Instant },
  { readonly reason: string; readonly message: string }
> => {
  const parsed = parseCron(spec.schedule, spec.timeZone ? { zone: spec.timeZone } : {});
  if (!parsed.ok) {
    const message = `unparseable schedule: ${JSON.stringify(spec.schedule)} : ${parsed.error}`;
    return fail({ reason: 'UnparseableSchedule', message });
  }
  const upcoming = nextAfter(parsed.value, now);
  if (upcoming !== undefined) return ok({ starts: parsed.value, upcoming });
  return fail({ reason: 'InvalidSchedule', message: `invalid schedule: ${spec.schedule} : it never comes due` });
};

/** The latest start that is due and was not made yet. */
const lastDue = (
  cronJob: CronJob,
  schedule: CronSchedule,
  now: Instant,
): { readonly at: Instant | undefined; readonly isTooMany: boolean } => {
  const created = parseTimestamp(cronJob.metadata.creationTimestamp) ?? now;
  const last = parseTimestamp(cronJob.status?.lastScheduleTime) ?? created;
  const deadline = cronJob.spec?.startingDeadlineSeconds;
  const earliest = deadline === undefined ? last : Math.max(last, now - deadline * 1000);
  const at = latestStart(schedule, earliest, now);
  return { at, isTooMany: at !== undefined && isFarBehind(schedule, earliest, now) };
};

const latestStart = (schedule: CronSchedule, after: Instant, now: Instant): Instant | undefined => {
  if (schedule.kind === 'every') {
    const count = Math.floor((now - after) / schedule.intervalMs);
    return count > 0 ? after + count * schedule.intervalMs : undefined;
  }
  const latest = previousBefore(schedule, now + 1);
  return latest !== undefined && latest > after ? latest : undefined;
};

const isFarBehind = (schedule: CronSchedule, after: Instant, now: Instant): boolean => {
  let at = nextAfter(schedule, after);
  for (let count = 0; at !== undefined && at <= now; count += 1) {
    if (count >= MOST_MISSED) return true;
    at = nextAfter(schedule, at);
  }
  return false;
};

interface Due {
  readonly at: Instant;
  readonly now: Instant;
  readonly status: CronJobStatus;
  readonly jobs: readonly Job[];
}

const decideStart = (
  cronJob: CronJob,
  due: Due,
): Pick<Decision<CronJobStatus, CronJobAction>, 'actions' | 'status' | 'events'> => {
  const { status } = due;
  const job = jobAt(cronJob, due.at);
  const name = job.metadata.name ?? '';
  const nothing = (events: readonly EventDraft[] = []) => ({ actions: [], status, events });
  // Made in an earlier round whose status was not written.
  if (due.jobs.some((other) => other.metadata.name === name))
    return { actions: [], status: { ...status, lastScheduleTime: toTimestamp(due.at) }, events: [] };
  const running = due.jobs.filter(isRunningStart);
  const policy = cronJob.spec?.concurrencyPolicy;
  if (policy === 'Forbid' && running.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    return nothing([{ type: 'Normal', reason: 'JobAlreadyActive', message }]);
  }
  const replaced = policy === 'Replace' ? running : [];
  return {
    actions: [...replaced.map((other) => deletion(other, 'replaced')), { kind: 'create-job', job }],
    status: {
      ...status,
      active: [
        ...(status.active ?? []).filter((one) => !replaced.some((other) => other.metadata.name === one['name'])),
        { apiVersion: 'batch/v1', kind: 'Job', name, namespace: cronJob.metadata.namespace ?? '' },
      ],
      lastScheduleTime: toTimestamp(due.at),
    },
    events: [
      ...replaced.map(({ metadata }) => deletedEvent(metadata.name ?? '')),
      { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${name}` },
    ],
  };
};

/** Named by the minute it was meant for, so that a start made twice collides harmlessly. */
const jobAt = (cronJob: CronJob, at: Instant): Job => {
  const template = cronJob.spec?.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cronJob.metadata.name}-${Math.floor(at / 60_000)}`,
      namespace: cronJob.metadata.namespace,
      ...(template?.metadata?.labels ? { labels: template.metadata.labels } : {}),
      annotations: { ...carriedFrom(cronJob), ...template?.metadata?.annotations, [SCHEDULED_AT]: toTimestamp(at) },
      ownerReferences: [controllerReferenceTo(cronJob)],
    },
    spec: template?.spec ?? { template: { spec: { containers: [] } } },
  };
};

const deletion = (job: Job, why: 'history' | 'replaced'): CronJobAction => ({
  kind: 'delete-job',
  name: job.metadata.name ?? '',
  uid: job.metadata.uid ?? '',
  why,
});

const deletedEvent = (name: string): EventDraft => ({
  type: 'Normal',
  reason: 'SuccessfulDelete',
  message: `Deleted job ${name}`,
});

const startedAt = (job: Job): Instant =>
  parseTimestamp(job.status?.startTime) ?? parseTimestamp(job.metadata.creationTimestamp) ?? 0;

/** Finished jobs beyond the limits go, the oldest first. */
const cleanHistory = (cronJob: CronJob, jobs: readonly Job[]): readonly CronJobAction[] => {
  const surplus = (condition: string, limit: number | undefined): readonly Job[] => {
    if (limit === undefined) return [];
    const ended = jobs
      .filter((job) => isConditionTrue(job.status?.conditions, condition) && !job.metadata.deletionTimestamp)
      .sort((left, right) => startedAt(left) - startedAt(right));
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [
    ...surplus('Complete', cronJob.spec?.successfulJobsHistoryLimit),
    ...surplus('Failed', cronJob.spec?.failedJobsHistoryLimit),
  ].map((job) => deletion(job, 'history'));
};
