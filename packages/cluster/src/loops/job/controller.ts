/**
 * Runs Jobs to their end. @upstream kubernetes pkg/controller/job/job_controller.go
 *
 * Deviates: pods of a Job carry no tracking finalizer. Upstream needs one because its counts must survive pods that
 * others delete; here those are remembered (`removed-pods.ts`, `keepCounts`), and pods stay plain.
 */
import {
  createController,
  createReconcile,
  watchObjects,
  watchOwned,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import { JOBS, keyOf, type Job, type JobStatus, type Pod } from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { followOwnedPods } from '../ownership/owned-pods.ts';
import { createOwnPod, deleteOwnPod } from '../own-pods.ts';
import { decideJob, type JobAction, type JobWorld } from './decide.ts';
import { isManagedElsewhere } from './job-policies.ts';
import { jobPod } from './job-pod.ts';
import { rememberRemovedPods } from './removed-pods.ts';

/** Creates the loop. */
export const createJobLoop = (deps: LoopDeps): Controller => {
  const jobs = deps.informers.of({ resource: JOBS });
  const owned = followOwnedPods(deps, {
    owner: JOBS,
    owners: jobs,
    selectorOf: ({ spec }) => spec?.selector,
    ignores: (_pod, job) => isManagedElsewhere(job),
  });
  const removed = rememberRemovedPods(jobs, owned.pods);
  const reconcile = createReconcile<Job, JobWorld, JobStatus, JobAction, void>({
    observe: async (key, signal) => {
      await owned.caughtUp(key, signal);
      const object = jobs.get(key);
      if (!object) return undefined;
      const own = owned.of(object);
      const world = { pods: own, removedSucceeded: removed.succeededOf(object, own) };
      return { object, world, now: deps.clock.now() };
    },
    decide: decideJob,
    act: (action, { object: job }) => act(deps, action, { job, note: (pod) => owned.note(job, pod) }),
    report: async ({ object }, decision) => {
      if (isManagedElsewhere(object)) return;
      if (decision.actions.some((action) => action.kind === 'delete-job')) return;
      await writeStatus(deps.client, JOBS, object, keepCounts(object.status, decision.status), 'subresource');
      for (const event of decision.events) deps.recorder.event(object, event);
    },
  });
  return createController(deps, {
    name: 'job',
    sources: [watchObjects(jobs), watchOwned(owned.pods, { kind: 'Job' }), owned.claims.source],
    reconcile: owned.claims.settledBefore(reconcile),
  });
};

/** Finished pods that somebody removed still count: numbers of ended pods never go down. */
const keepCounts = (before: JobStatus | undefined, after: JobStatus): JobStatus => {
  const succeeded = Math.max(before?.succeeded ?? 0, after.succeeded ?? 0);
  const failed = Math.max(before?.failed ?? 0, after.failed ?? 0);
  return { ...after, ...(succeeded > 0 ? { succeeded } : {}), ...(failed > 0 ? { failed } : {}) };
};

const act = async (
  deps: LoopDeps,
  action: JobAction,
  { job, note }: { readonly job: Job; readonly note: (pod: Pod) => void },
): Promise<void> => {
  switch (action.kind) {
    case 'create-pod':
      return note(await createOwnPod(deps, job, jobPod(job, action.index)));
    case 'delete-pod':
      return deleteOwnPod(deps, job, action);
    case 'delete-job': {
      const preconditions = { uid: job.metadata.uid ?? '' };
      await unlessGone(() => deps.client.delete(JOBS, keyOf(job), { propagationPolicy: 'Background', preconditions }));
    }
  }
};
