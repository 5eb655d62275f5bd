/**
 * What runs the pods: host processes, or nothing at all. Docker is not supported yet and is refused by name.
 */
import path from 'node:path';

import { Failure } from '@argosy/base';
import { createProcessRuntime, createSimulatedRuntime, type PodRuntime } from '@argosy/cluster';

import type { MachinePorts, PlatformDeps, PlatformOptions } from './platform-options.ts';

/** Creates the runtime the options name. Throws Failure NotSupported. */
export const createRuntime = (
  deps: PlatformDeps & MachinePorts,
  of: { readonly folder: string; readonly options: PlatformOptions },
): PodRuntime => {
  const { clock, log } = deps;
  switch (of.options.runtime) {
    case 'auto':
    case 'process': {
      const { PATH = '', HOME = '', LANG = 'C.UTF-8', TZ } = deps.env;
      return createProcessRuntime(
        { clock, log },
        {
          directory: path.join(of.folder, 'pods'),
          hidden: [path.resolve(of.folder)],
          env: { PATH, HOME, LANG, ...(TZ ? { TZ } : {}) },
        },
      );
    }
    case 'docker':
      throw new Failure('--runtime docker is not supported yet; use process', { code: 'NotSupported' });
    case 'simulated':
      return createSimulatedRuntime({ clock }, { seed: Math.floor(deps.random.next() * 2 ** 32) });
  }
};
