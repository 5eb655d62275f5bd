/**
 * Renders of the command that are remembered between runs, where the user asks for it: `--cache`.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';

import { createRenderCache, traceTree, type CachedRender, type Look, type RenderCacheInfo } from '@argosy/manifests';

import { VERSION } from '../version.ts';
import {
  readNamed,
  renderPlace,
  type Place,
  type RenderPorts,
  type RenderFlags,
  type Rendered,
} from './render-place.ts';

/** A render, what it looked at, and in words where it came from. */
export interface RememberedRender {
  readonly rendered: Rendered;
  readonly looks: readonly Look[];
  readonly story: readonly string[];
}

/** Renders a place, with the flags of the command. */
export const openRememberedRenders = (
  deps: RenderPorts,
  flags: RenderFlags,
): { render(place: Place): Promise<RememberedRender> } => {
  const directory = cacheFolder(deps, flags);
  const cache =
    directory === undefined
      ? undefined
      : createRenderCache({ random: deps.random, now: () => deps.clock.now() }, { directory });
  return {
    render: async ({ tree, path: inside }) => {
      if (!cache) {
        const traced = traceTree(tree);
        const rendered = await renderPlace(deps, { tree: traced, path: inside }, flags);
        return { rendered, looks: traced.looks(), story: ['cache: off; --cache keeps renders for the next run'] };
      }
      const found = await cache.render<Rendered>({
        inputs: await inputsOf(inside, flags),
        trees: new Map([['', tree]]),
        make: async (trees) => {
          const watched = watchPorts(deps);
          const rendered = await renderPlace(watched, { tree: trees.get('') ?? tree, path: inside }, flags);
          // What programs print may depend on anything.
          return { value: rendered, isRepeatable: !watched.wasUsed() && flags.plugin === undefined };
        },
      });
      const looks = found.looks.flatMap(([, own]) => own);
      return { rendered: found.value, looks, story: tellStory(found, await cache.info(), directory ?? '') };
    },
  };
};

/** `--cache FOLDER`, or the user's own: `--cache`, `--cache-info`. */
const cacheFolder = ({ env }: RenderPorts, { cache, cacheInfo }: RenderFlags): string | undefined => {
  if (typeof cache === 'string') return cache;
  if (cache !== true && cacheInfo !== true) return undefined;
  const home = env['XDG_CACHE_HOME'] || (env['HOME'] && path.join(env['HOME'], '.cache'));
  return home ? path.join(home, 'argosy', 'renders') : undefined;
};

/** All that decides a render beside the tree. Files of flags are outside of it: their content counts. */
const inputsOf = async (inside: string, flags: RenderFlags): Promise<unknown> => {
  const { trace: _trace, cache: _cache, cacheInfo: _info, revision: _revision, path: _path, ...deciding } = flags;
  const named = [...flags.values, ...flags.setFile.flatMap((text) => text.split(',').map(fileOfSet))];
  const digests = await Promise.all(
    named.map(async (file) =>
      createHash('sha256')
        .update(await readNamed(file))
        .digest('hex'),
    ),
  );
  return { program: VERSION, inside, deciding, digests };
};

const fileOfSet = (text: string): string => text.slice(text.indexOf('=') + 1);

/** Whether a template asked for the time or for random numbers: it would give something else the next time. */
const watchPorts = ({ clock, random, env }: RenderPorts): RenderPorts & { wasUsed(): boolean } => {
  let used = false;
  const note = <T>(value: T): T => {
    used = true;
    return value;
  };
  return {
    env,
    clock: { ...clock, now: () => note(clock.now()) },
    random: { next: () => note(random.next()), uuid: () => note(random.uuid()) },
    wasUsed: () => used,
  };
};

const tellStory = (
  { from, isKept, looks }: CachedRender<Rendered>,
  info: RenderCacheInfo,
  directory: string,
): readonly string[] => {
  const count = looks.reduce((sum, [, own]) => sum + own.length, 0);
  const outcome = {
    memory: `used again: all ${count} looks still hold`,
    disk: `used again: all ${count} looks still hold`,
    rendered: isKept
      ? `rendered; kept with ${count} looks`
      : 'rendered; not kept: the time, random numbers or a program went into it',
  }[from];
  return [`cache: ${outcome}`, `cache: ${info.diskEntries} renders, ${info.diskBytes} bytes in ${directory}`];
};
