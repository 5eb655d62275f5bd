/**
 * File sources: changes of the files right below a directory. What is there at the start is not told. @spec EV-SRC-22
 */
import path from 'node:path';

import { delay, messageOf } from '@argosy/base';

import type { FileSource } from '../../api/event-source.ts';
import type { AdapterDeps, Publish, SourceAdapter, SourcePlan } from '../source-adapter.ts';
import type { Directories } from './directory-port.ts';
import { FILE_OPERATIONS, findFileChanges, type FileChange } from './file-changes.ts';
import { compileWatchedPath } from './watched-path.ts';

/** Time between two looks when the source polls, as upstream; otherwise the time changes gather in. */
const LOOK_MS = 100;
/** Wait after a directory could not be read or an event could not be kept. */
const RETRY_MS = 1000;

/** Creates the adapter. */
export const createFileAdapter = (deps: AdapterDeps, directories: Directories): SourceAdapter<FileSource> => ({
  start: async (plan, publish) => {
    const directory = plan.config.watchPathConfig?.directory ?? '';
    const first = await directories.list(directory);
    const stopping = new AbortController();
    const changes = createSignal();
    const watching = plan.config.polling === true ? undefined : directories.watch(directory, changes.raise);
    const scope = { deps, directories, plan, publish, signal: stopping.signal };
    const running = run(scope, first, watching ? changes : undefined);
    return {
      stop: async () => {
        stopping.abort();
        changes.raise();
        watching?.[Symbol.dispose]();
        await running;
      },
    };
  },
});

interface Scope {
  readonly deps: AdapterDeps;
  readonly directories: Directories;
  readonly plan: SourcePlan<FileSource>;
  readonly publish: Publish;
  readonly signal: AbortSignal;
}

const run = async (of: Scope, first: Awaited<ReturnType<Directories['list']>>, changes: Signal | undefined) => {
  const { deps, plan, signal } = of;
  const directory = plan.config.watchPathConfig?.directory ?? '';
  let before = first;
  while (!signal.aborted) {
    await changes?.raised();
    await delay(deps.clock, LOOK_MS, signal);
    if (signal.aborted) return;
    try {
      const now = await of.directories.list(directory);
      for (const change of findFileChanges(before, now)) await tell(of, change);
      before = now;
    } catch (thrown) {
      deps.log.warn('a watched directory cannot be read', { directory, error: messageOf(thrown) });
      changes?.raise();
      await delay(deps.clock, RETRY_MS, signal);
    }
  }
};

const tell = async ({ deps, plan, publish, signal }: Scope, { name, operation }: FileChange): Promise<void> => {
  const { config } = plan;
  const watched = compileWatchedPath(config);
  if (config.eventType !== operation || !watched.ok || !watched.value(name)) return;
  const data = JSON.stringify({
    name: path.join(config.watchPathConfig?.directory ?? '', name),
    op: FILE_OPERATIONS[operation],
    ...(config.metadata ? { metadata: config.metadata } : {}),
  });
  while (!signal.aborted) {
    try {
      return await publish({ data });
    } catch (thrown) {
      deps.log.warn('a change of a file could not be kept', { name, error: messageOf(thrown) });
      await delay(deps.clock, RETRY_MS, signal);
    }
  }
};

/** Something that was raised at least once since one last waited for it. */
interface Signal {
  readonly raise: () => void;
  readonly raised: () => Promise<void>;
}

const createSignal = (): Signal => {
  let isRaised = false;
  let wake: (() => void) | undefined;
  return {
    raise: () => {
      isRaised = true;
      wake?.();
    },
    raised: async () => {
      if (!isRaised) await new Promise<void>((resolve) => (wake = resolve));
      isRaised = false;
      wake = undefined;
    },
  };
};
