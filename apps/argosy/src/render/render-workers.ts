/**
 * Where the command renders sources: on worker threads where it is built, in its own thread where it runs from source.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';

import { createRenderPool, type RenderPool } from '@argosy/manifests';

/** Of all that run at once; one thread is left to everything else. */
const MOST_WORKERS = 4;

/** Creates the pool; `undefined` where there is no module for workers. It starts nothing. */
export const createRenderWorkers = (): RenderPool | undefined => {
  // Beside the command, and one folder up from the parts that it loads when they are needed.
  const entry = ['./render-worker.mjs', '../render-worker.mjs']
    .map((name) => new URL(name, import.meta.url))
    .find((candidate) => existsSync(candidate));
  if (!entry) return undefined;
  const workers = Math.max(1, Math.min(MOST_WORKERS, os.availableParallelism() - 1));
  return createRenderPool({ entry, workers });
};
