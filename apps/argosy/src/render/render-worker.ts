/**
 * The module of the worker threads that render sources.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { createSystemClock, createSystemRandom } from '@argosy/base';
import { createSourceJob, SOURCE_JOB } from '@argosy/cd';
import { createHelmCache, serveJobs, type WorkerSetup } from '@argosy/manifests';

const clock = createSystemClock();
const ports = { now: () => clock.now(), random: createSystemRandom() };

// What a pool starts its workers with.
if (parentPort)
  serveJobs(parentPort, workerData as WorkerSetup, {
    [SOURCE_JOB]: createSourceJob({ ports, helmCache: createHelmCache() }),
  });
