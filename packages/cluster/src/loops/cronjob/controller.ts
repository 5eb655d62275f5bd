/**
 * Starts the jobs of each CronJob on time. @upstream kubernetes pkg/controller/cronjob/cronjob_controllerv2.go
 */
import { messageOf } from '@argosy/base';
import {
  createController,
  createReconcile,
  watchObjects,
  watchOwned,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import { CRON_JOBS, formatKey, JOBS, keyOf, type CronJob, type CronJobStatus, type Job } from '@argosy/kube';

import { unlessGone, unlessThere } from '../idempotent-writes.ts';
import { BY_CONTROLLER, byController, type LoopDeps } from '../loop-deps.ts';
import { createWrittenVersions } from '../written-versions.ts';
import { decideCronJob, type CronJobAction, type CronJobWorld } from './decide.ts';

/** Creates the loop. */
export const createCronJobLoop = (deps: LoopDeps): Controller => {
  const cronJobs = deps.informers.of({ resource: CRON_JOBS });
  const jobs = deps.informers.of({ resource: JOBS, indexes: { [BY_CONTROLLER]: byController } });
  const written = createWrittenVersions(jobs);
  const reconcile = createReconcile<CronJob, CronJobWorld, CronJobStatus, CronJobAction, void>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = cronJobs.get(key);
      const owned = jobs.byIndex(BY_CONTROLLER, object?.metadata.uid ?? '');
      return object && { object, world: { jobs: owned }, now: deps.clock.now() };
    },
    decide: decideCronJob,
    act: (action, { object: cronJob }) =>
      act(deps, action, { cronJob, note: (job) => written.note(formatKey(keyOf(cronJob)), job) }),
    report: async ({ object }, decision, outcomes) => {
      // A start that failed is not written down as made.
      if (outcomes.length < decision.actions.length) return;
      await writeStatus(deps.client, CRON_JOBS, object, decision.status, 'subresource');
      for (const event of decision.events) deps.recorder.event(object, event);
    },
  });
  return createController(deps, {
    name: 'cronjob',
    sources: [watchObjects(cronJobs), watchOwned(jobs, { kind: 'CronJob' })],
    reconcile,
  });
};

const act = async (
  deps: LoopDeps,
  action: CronJobAction,
  of: { readonly cronJob: CronJob; readonly note: (job: Job) => void },
): Promise<void> => {
  const { cronJob } = of;
  if (action.kind === 'create-job') return start(deps, action.job, of);
  const key = { namespace: cronJob.metadata.namespace ?? '', name: action.name };
  const options = { preconditions: { uid: action.uid }, propagationPolicy: 'Background' } as const;
  await unlessGone(() => deps.client.delete(JOBS, key, options));
};

const start = async (
  { client, recorder }: LoopDeps,
  job: Job,
  { cronJob, note }: { readonly cronJob: CronJob; readonly note: (job: Job) => void },
): Promise<void> => {
  try {
    await unlessThere(async () => note(await client.create(JOBS, job)));
  } catch (thrown) {
    const message = `Error creating job: ${messageOf(thrown)}`;
    recorder.event(cronJob, { type: 'Warning', reason: 'FailedCreate', message });
    throw thrown;
  }
};
