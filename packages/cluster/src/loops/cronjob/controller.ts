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
import { CRON_JOBS, formatKey, isApiError, JOBS, keyOf, type CronJob, type CronJobStatus } from '@argosy/kube';

import { BY_CONTROLLER, byController, type LoopDeps } from '../loop-deps.ts';
import { createWrittenVersions } from '../written-versions.ts';
import { decideCronJob, type CronJobAction, type CronJobWorld } from './decide.ts';

/** Creates the loop. */
export const createCronJobLoop = (deps: LoopDeps): Controller => {
  const cronJobs = deps.informers.of({ resource: CRON_JOBS });
  const jobs = deps.informers.of({ resource: JOBS, indexes: { [BY_CONTROLLER]: byController } });
  const written = createWrittenVersions(jobs);

  const act = async (action: CronJobAction, cronJob: CronJob): Promise<void> => {
    if (action.kind === 'create-job') {
      try {
        written.note(formatKey(keyOf(cronJob)), await deps.client.create(JOBS, action.job));
      } catch (thrown) {
        if (isApiError(thrown, 'AlreadyExists')) return;
        const message = `Error creating job: ${messageOf(thrown)}`;
        deps.recorder.event(cronJob, { type: 'Warning', reason: 'FailedCreate', message });
        throw thrown;
      }
      return;
    }
    try {
      const key = { namespace: cronJob.metadata.namespace ?? '', name: action.name };
      const options = { preconditions: { uid: action.uid }, propagationPolicy: 'Background' } as const;
      await deps.client.delete(JOBS, key, options);
    } catch (thrown) {
      if (!isApiError(thrown, 'NotFound')) throw thrown;
    }
  };
  const reconcile = createReconcile<CronJob, CronJobWorld, CronJobStatus, CronJobAction, void>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = cronJobs.get(key);
      const owned = jobs.byIndex(BY_CONTROLLER, object?.metadata.uid ?? '');
      return object && { object, world: { jobs: owned }, now: deps.clock.now() };
    },
    decide: decideCronJob,
    act: (action, { object }) => act(action, object),
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
