/**
 * Whether this machine lets us run sandboxes, found out by running one.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { readHostMounts } from './host-mounts.ts';
import { findSandboxObstacle, toSandboxCommand } from './sandbox-command.ts';

/** How containers can be run here. */
export type SandboxAbility =
  | { readonly kind: 'sandbox'; readonly hostMounts: readonly string[] }
  | { readonly kind: 'plain'; readonly why: string };

/** Tries a sandbox below `directory`, with the host's other mounts and, should that fail, without. */
export const findSandboxAbility = (directory: string, hidden: readonly string[]): SandboxAbility => {
  if (process.platform !== 'linux') return { kind: 'plain', why: `sandboxes need Linux, this is ${process.platform}` };
  const obstacle = findSandboxObstacle({ upper: directory, work: directory });
  if (obstacle !== undefined) return { kind: 'plain', why: obstacle };
  const folder = fs.mkdtempSync(path.join(directory, 'try-'));
  try {
    const mounts = readHostMounts(fs.readFileSync('/proc/self/mountinfo', 'utf8'), [directory, ...hidden]);
    let why = '';
    for (const hostMounts of [mounts, []]) {
      why = trySandbox(fs.mkdtempSync(path.join(folder, 'sandbox-')), hostMounts);
      if (why === '') return { kind: 'sandbox', hostMounts };
    }
    return { kind: 'plain', why };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};

const trySandbox = (folder: string, hostMounts: readonly string[]): string => {
  const [root = '', upper = '', work = ''] = ['root', 'upper', 'work'].map((part) => path.join(folder, part));
  for (const made of [root, upper, work]) fs.mkdirSync(made);
  const mounts = hostMounts.map((point) => ({ hostPath: point, containerPath: point, readOnly: true }));
  const [program, ...args] = toSandboxCommand({ root, upper, work, mounts, workingDir: '/', command: ['true'] });
  const tried = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
  if (tried.error) return tried.error.message;
  return tried.status === 0 ? '' : tried.stderr.trim() || `a trial sandbox ended with ${tried.status}`;
};
