/**
 * Where the platform renders sources: on worker threads and from a cache on its disk where it is built, in its own
 * thread where it runs from source.
 */
import { statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Clock, Random } from '@argosy/base';
import { renderCached, renderOnWorker, type RenderSource } from '@argosy/cd';
import { createRenderCache, createRenderPool } from '@argosy/manifests';

/** Renders sources. */
export interface RenderWorkers {
  readonly renderSource: RenderSource;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Of all that run at once; one thread is left to everything else. */
const MOST_WORKERS = 4;
/** Little: applications remember their own renders. */
const MEMORY_BYTES = 4 * 1024 * 1024;

/** Prepares rendering; `undefined` where there is no module for workers. It starts nothing and reads nothing. */
export const createRenderWorkers = (
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  of: { readonly folder: string; readonly inMemory: boolean },
): RenderWorkers | undefined => {
  const module = findModule();
  if (!module) return undefined;
  const workers = Math.max(1, Math.min(MOST_WORKERS, os.availableParallelism() - 1));
  const pool = createRenderPool({ entry: module.entry, workers });
  const onWorker = renderOnWorker(pool);
  const close = (): Promise<void> => pool.close();
  if (of.inMemory) return { renderSource: onWorker, close };
  const directory = path.join(of.folder, 'renders');
  const cache = createRenderCache({ random, now: () => clock.now() }, { directory, memoryBytes: MEMORY_BYTES });
  return { renderSource: renderCached(cache, onWorker, module.build), close };
};

/** Beside the command, or one folder up from the parts that it loads when they are needed; each build has its own time. */
const findModule = (): { readonly entry: URL; readonly build: string } | undefined => {
  for (const name of ['./render-worker.mjs', '../render-worker.mjs']) {
    const entry = new URL(name, import.meta.url);
    const found = statSync(entry, { throwIfNoEntry: false });
    if (found) return { entry, build: `${found.size} ${found.mtimeMs}` };
  }
  return undefined;
};
