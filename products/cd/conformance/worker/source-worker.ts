/** A worker that renders sources, for tests: what the command's own does. */
import { parentPort, workerData } from 'node:worker_threads';

import { createSeededRandom } from '@argosy/base';
import { createHelmCache, serveJobs, type WorkerSetup } from '@argosy/manifests';

import { createSourceJob, SOURCE_JOB } from '../../src/source/render-on-worker.ts';

const ports = { now: () => 0, random: createSeededRandom(1) };
if (parentPort)
  serveJobs(parentPort, workerData as WorkerSetup, {
    [SOURCE_JOB]: createSourceJob({ ports, helmCache: createHelmCache() }),
  });
