/**
 * Which program of this machine a container's command means.
 */
import path from 'node:path';

import { existsInContainer, type ContainerFiles } from './container-paths.ts';

/** Names that images have and hosts often lack. */
const ALIASES: Readonly<Record<string, string>> = { python: 'python3', pip: 'pip3' };

/** The command to run, or why there is none. */
export type FoundProgram =
  | { readonly kind: 'found'; readonly program: string }
  | { readonly kind: 'missing'; readonly message: string };

/** Looks a program up as the container sees it. */
export const findProgram = (
  files: ContainerFiles,
  wanted: string,
  at: { readonly searchPath: string; readonly workingDir: string; readonly host: string },
): FoundProgram => {
  const exists = (file: string): boolean => existsInContainer(files, path.posix.resolve(at.workingDir, file));
  const find = (name: string): boolean =>
    name.includes('/')
      ? exists(name)
      : at.searchPath.split(':').some((folder) => folder !== '' && exists(`${folder}/${name}`));
  if (find(wanted)) return { kind: 'found', program: wanted };
  const alias = Object.hasOwn(ALIASES, wanted) ? ALIASES[wanted] : undefined;
  if (alias !== undefined && find(alias)) return { kind: 'found', program: alias };
  const what = wanted.includes('/') ? 'no such file' : 'executable file not found in $PATH';
  const message = `exec: "${wanted}": ${what} on host ${at.host}: the process runtime runs the host's programs; install "${wanted}" there or change the command`;
  return { kind: 'missing', message };
};
