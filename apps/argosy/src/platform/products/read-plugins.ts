/**
 * Config management plugins of a platform: the files of its data folder's `plugins/`, each a ConfigManagementPlugin.
 * Whoever may write there may run programs here; without the folder there are none.
 * @spec CD-CMP-01
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { SourcePlugins } from '@argosy/cd';
import { parsePluginConfig, runMachineProgram } from '@argosy/manifests';

/** Reads them, in order of file name; `undefined` when there are none. Throws Failure naming the file and field at fault. */
export const readPlugins = (folder: string, env: Readonly<Record<string, string>>): SourcePlugins | undefined => {
  const directory = path.join(folder, 'plugins');
  const configs = filesIn(directory).map((name) => {
    const file = path.join(directory, name);
    return parsePluginConfig(readFileSync(file, 'utf8'), file);
  });
  if (configs.length === 0) return undefined;
  const deps = { run: runMachineProgram, directory: path.join(folder, 'scratch', 'plugins'), path: env['PATH'] ?? '' };
  return { configs, deps };
};

const filesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
};
