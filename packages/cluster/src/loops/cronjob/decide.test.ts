import { toTimestamp } from '@argosy/base';
import type { CronJob, CronJobSpec, CronJobStatus, Job } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { decideCronJob } from './decide.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;

const aCronJob = (spec: Partial<CronJobSpec> = {}, status: CronJobStatus = {}, createdAt = NOON - 90_000): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'c', namespace: 'a', uid: 'u', creationTimestamp: toTimestamp(createdAt) },
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: { spec: { containers: [] } } } }, ...spec },
  status,
});
const aJob = (name: string, condition?: 'Complete' | 'Failed', startedAt = NOON - MINUTE): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name,
    namespace: 'a',
    uid: name,
    creationTimestamp: toTimestamp(startedAt),
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': toTimestamp(startedAt) },
  },
  status: {
    startTime: toTimestamp(startedAt),
    ...(condition
      ? { completionTime: toTimestamp(startedAt + 1000), conditions: [{ type: condition, status: 'True' }] }
      : {}),
  },
});
const decide = (object: CronJob, jobs: readonly Job[] = [], now = NOON + 1000) => {
  const { actions, status, next, events } = decideCronJob({ object, world: { jobs }, now });
  const done = actions.map((action) =>
    action.kind === 'create-job' ? `+${action.job.metadata.name}` : `-${action.name}`,
  );
  return { done, status, next, reasons: events.map((event) => event.reason) };
};
const AT_NOON = `c-${NOON / MINUTE}`;

describe('cron jobs', () => {
  it('start on time, once', () => {
    const first = decide(aCronJob());
    expect(first.done).toEqual([`+${AT_NOON}`]);
    expect(first.status.lastScheduleTime).toBe('2026-01-01T12:00:00Z');
    expect(first.next).toEqual({ kind: 'recheck', afterMs: 5 * MINUTE - 1000 + 100 });
    expect(decide(aCronJob({}, first.status), [aJob(AT_NOON)]).done).toEqual([]);
  });
  it('say when they will never start', () => {
    const { done, reasons, next } = decide(aCronJob({ schedule: '59 23 31 2 *' }));
    expect([done, reasons, next.kind]).toEqual([[], ['InvalidSchedule'], 'stalled']);
  });
  it('do not start twice when the status was lost', () => {
    const again = decide(aCronJob(), [aJob(AT_NOON)]);
    expect([again.done, again.status.lastScheduleTime]).toEqual([[], '2026-01-01T12:00:00Z']);
  });
  it.each([
    { reason: 'suspended', object: aCronJob({ suspend: true }), done: [] },
    { reason: 'not due yet', object: aCronJob({}, {}, NOON), done: [] },
    {
      reason: 'in their own time zone',
      object: aCronJob({ schedule: '0 13 * * *', timeZone: 'Europe/Berlin' }),
      done: [`+${AT_NOON}`],
    },
    { reason: 'too late for their deadline', object: aCronJob({ startingDeadlineSeconds: 0 }), done: [] },
    { reason: 'within their deadline', object: aCronJob({ startingDeadlineSeconds: 10 }), done: [`+${AT_NOON}`] },
    {
      reason: 'forbidden while one runs',
      object: aCronJob({ concurrencyPolicy: 'Forbid' }),
      jobs: [aJob('old')],
      done: [],
    },
    {
      reason: 'replacing what runs',
      object: aCronJob({ concurrencyPolicy: 'Replace' }),
      jobs: [aJob('old')],
      done: ['-old', `+${AT_NOON}`],
    },
    {
      reason: 'beside what runs',
      object: aCronJob({ concurrencyPolicy: 'Allow' }),
      jobs: [aJob('old')],
      done: [`+${AT_NOON}`],
    },
  ])('$reason', ({ object, jobs, done }) => expect(decide(object, jobs).done).toEqual(done));
  it('start the latest of many they missed, and say so', () => {
    const late = decide(aCronJob({ schedule: '* * * * *' }, {}, NOON - 500 * MINUTE));
    expect([late.done, late.reasons]).toEqual([[`+${AT_NOON}`], ['TooManyMissedTimes', 'SuccessfulCreate']]);
  });
  it('keep as many ended jobs as they are told, the latest', () => {
    const jobs = [1, 2, 3].map((age) => aJob(`done-${age}`, 'Complete', NOON - age * MINUTE));
    const failed = [1, 2].map((age) => aJob(`failed-${age}`, 'Failed', NOON - age * MINUTE));
    const limits = { suspend: true, successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 };
    const cleaned = decide(aCronJob(limits), [...jobs, ...failed]);
    expect(cleaned.reasons).toEqual(Array.from({ length: 4 }, () => 'SuccessfulDelete'));
    expect(cleaned.done).toEqual(['-done-3', '-done-2', '-failed-2', '-failed-1']);
  });
  it.each(['Forbid', 'Replace'] as const)('leave alone what people start by hand: %s', (concurrencyPolicy) => {
    const made = aJob('by-hand');
    const byHand = { ...made, metadata: { ...made.metadata, annotations: {} } };
    const seen = decide(aCronJob({ concurrencyPolicy }), [byHand]);
    expect(seen.done).toEqual([`+${AT_NOON}`]);
    expect(seen.status.active?.map((one) => one['name'])).toEqual([AT_NOON]);
    expect(seen.reasons).toEqual(['UnexpectedJob', 'SuccessfulCreate']);
  });
  it('tell what is active and when one last succeeded', () => {
    const before = { active: [{ name: 'old' }, { name: 'gone' }] };
    const seen = decide(aCronJob({ suspend: true }, before), [aJob('old', 'Complete'), aJob('new')]);
    expect(seen.status.active?.map((one) => one['name'])).toEqual(['new']);
    expect(seen.status.lastSuccessfulTime).toBe('2026-01-01T11:59:01Z');
    expect(seen.reasons).toEqual(['SawCompletedJob', 'MissingJob']);
  });
  it('stop at a schedule that is none', () => {
    const bad = decide(aCronJob({ schedule: '99 * * * *' }));
    expect([bad.next.kind, bad.reasons]).toEqual(['stalled', ['UnparseableSchedule']]);
  });
});
