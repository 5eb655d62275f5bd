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
import { formatKey, isApiError, JOBS, keyOf, PODS, type Job, type JobStatus, type Pod } from '@argosy/kube';

import { BY_CONTROLLER, podsByController, type LoopDeps } from '../loop-deps.ts';
import { createClaims } from '../ownership/claims.ts';
import { createOwnPod, deleteOwnPod } from '../own-pods.ts';
import { podFromTemplate } from '../pod-from-template.ts';
import { createWrittenVersions } from '../written-versions.ts';
import { COMPLETION_INDEX } from './decide/indexes.ts';
import { decideJob, type JobAction, type JobWorld } from './decide.ts';
import { isManagedElsewhere } from './job-policies.ts';
import { rememberRemovedPods } from './removed-pods.ts';

/** Creates the loop. */
export const createJobLoop = (deps: LoopDeps): Controller => {
  const jobs = deps.informers.of({ resource: JOBS });
  const pods = podsByController(deps.informers);
  const removed = rememberRemovedPods(jobs, pods);
  const written = createWrittenVersions(pods);
  const claims = createClaims(deps, {
    owner: JOBS,
    owners: jobs,
    child: PODS,
    children: pods,
    written,
    selectorOf: ({ spec }) => spec?.selector,
    ignores: (_pod, job) => isManagedElsewhere(job),
  });

  const act = async (action: JobAction, job: Job): Promise<void> => {
    switch (action.kind) {
      case 'create-pod': {
        const pod = await createOwnPod(deps, job, describePod(job, action.index));
        return written.note(formatKey(keyOf(job)), pod);
      }
      case 'delete-pod':
        return deleteOwnPod(deps, job, action);
      case 'delete-job':
        return ifThere(() =>
          deps.client.delete(JOBS, keyOf(job), {
            propagationPolicy: 'Background',
            preconditions: { uid: job.metadata.uid ?? '' },
          }),
        );
    }
  };
  const reconcile = createReconcile<Job, JobWorld, JobStatus, JobAction, void>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = jobs.get(key);
      if (!object) return undefined;
      const own = pods.byIndex(BY_CONTROLLER, object.metadata.uid ?? '');
      const world = { pods: own, removedSucceeded: removed.succeededOf(object, own) };
      return { object, world, now: deps.clock.now() };
    },
    decide: decideJob,
    act: (action, { object }) => act(action, object),
    report: async ({ object }, decision) => {
      if (isManagedElsewhere(object)) return;
      if (decision.actions.some((action) => action.kind === 'delete-job')) return;
      await writeStatus(deps.client, JOBS, object, keepCounts(object.status, decision.status), 'subresource');
      for (const event of decision.events) deps.recorder.event(object, event);
    },
  });
  return createController(deps, {
    name: 'job',
    sources: [watchObjects(jobs), watchOwned(pods, { kind: 'Job' }), claims.source],
    reconcile: claims.settledBefore(reconcile),
  });
};

/** Finished pods that somebody removed still count: numbers of ended pods never go down. */
const keepCounts = (before: JobStatus | undefined, after: JobStatus): JobStatus => {
  const succeeded = Math.max(before?.succeeded ?? 0, after.succeeded ?? 0);
  const failed = Math.max(before?.failed ?? 0, after.failed ?? 0);
  return { ...after, ...(succeeded > 0 ? { succeeded } : {}), ...(failed > 0 ? { failed } : {}) };
};

const describePod = (job: Job, index: number | undefined): Pod => {
  const template = job.spec?.template ?? { spec: { containers: [] } };
  const name = job.metadata.name ?? '';
  const labels = {
    'batch.kubernetes.io/job-name': name,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': job.metadata.uid ?? '',
    'controller-uid': job.metadata.uid ?? '',
  };
  if (index === undefined) return podFromTemplate(job, template, { labels });
  const pod = podFromTemplate(job, template, {
    labels: { ...labels, [COMPLETION_INDEX]: String(index) },
    annotations: { [COMPLETION_INDEX]: String(index) },
  });
  const env = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${COMPLETION_INDEX}']` } },
  };
  const withIndex = <T extends { readonly env?: readonly unknown[] }>(container: T) => ({
    ...container,
    env: [...(container.env ?? []), env],
  });
  const spec = pod.spec ?? { containers: [] };
  return {
    ...pod,
    metadata: { ...pod.metadata, generateName: `${name}-${index}-` },
    spec: {
      ...spec,
      hostname: `${name}-${index}`,
      containers: spec.containers.map(withIndex),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withIndex) } : {}),
    },
  };
};

const ifThere = async (write: () => Promise<void>): Promise<void> => {
  try {
    await write();
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};
