/**
 * Whether this machine lets us run sandboxes, found out by running one.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { readDeviceMounts, readHostMounts } from './host-mounts.ts';
import { findSandboxObstacle, toSandboxCommand } from './sandbox-command.ts';

/** How containers can be run here. */
export type SandboxAbility =
  | {
      readonly kind: 'sandbox';
      readonly hostMounts: readonly string[];
      /** Whether a bind is made read-only at once. */
      readonly bindsReadOnly: boolean;
      /** Mounts below /dev to keep when a layer goes over it; absent where none can. */
      readonly deviceMounts?: readonly string[];
    }
  | { readonly kind: 'plain'; readonly why: string };

/** Tries a sandbox below `directory`, with the host's other mounts and, should that fail, without. */
export const findSandboxAbility = (directory: string, hidden: readonly string[]): SandboxAbility => {
  if (process.platform !== 'linux') return { kind: 'plain', why: `sandboxes need Linux, this is ${process.platform}` };
  const obstacle = findSandboxObstacle({ upper: directory, work: directory });
  if (obstacle !== undefined) return { kind: 'plain', why: obstacle };
  const folder = fs.mkdtempSync(path.join(directory, 'try-'));
  try {
    const mountinfo = fs.readFileSync('/proc/self/mountinfo', 'utf8');
    const mounts = readHostMounts(mountinfo, [directory, ...hidden]);
    let why = '';
    for (const hostMounts of [mounts, []]) {
      const tried = trySandbox(fs.mkdtempSync(path.join(folder, 'sandbox-')), hostMounts);
      if (tried.why === '') {
        const deviceMounts = readDeviceMounts(mountinfo);
        const layers = layersDevices(fs.mkdtempSync(path.join(folder, 'devices-')), deviceMounts);
        const { bindsReadOnly } = tried;
        return { kind: 'sandbox', hostMounts, bindsReadOnly, ...(layers ? { deviceMounts } : {}) };
      }
      why = tried.why;
    }
    return { kind: 'plain', why };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};

/** A mount that ought not to be written to. */
const PROBE = '/argosy-probe';

const trySandbox = (
  folder: string,
  hostMounts: readonly string[],
): { readonly why: string; readonly bindsReadOnly: boolean } => {
  const parts = ['root', 'upper', 'work', 'probe', `upper${PROBE}`].map((part) => path.join(folder, part));
  const [root = '', upper = '', work = '', probe = ''] = parts;
  for (const made of parts) fs.mkdirSync(made);
  const mounts = [
    ...hostMounts.map((point) => ({ hostPath: point, containerPath: point, readOnly: true })),
    { hostPath: probe, containerPath: PROBE, readOnly: true },
  ];
  const command = ['/bin/sh', '-c', `true > ${PROBE}/written || exit 0`];
  const sandbox = { root, upper, work, mounts, bindsReadOnly: true, workingDir: '/', command };
  const [program, ...args] = toSandboxCommand(sandbox);
  const tried = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
  const bindsReadOnly = !fs.existsSync(path.join(probe, 'written'));
  if (tried.error) return { why: tried.error.message, bindsReadOnly };
  return {
    why: tried.status === 0 ? '' : tried.stderr.trim() || `a trial sandbox ended with ${tried.status}`,
    bindsReadOnly,
  };
};

/** Whether files can be placed in /dev without touching the machine's, and devices still be used. */
const layersDevices = (folder: string, deviceMounts: readonly string[]): boolean => {
  const place = (part: string): string => path.join(folder, part);
  for (const part of ['root', 'upper', 'work', 'dev/upper', 'dev/work']) fs.mkdirSync(place(part), { recursive: true });
  for (const file of ['given', `dev/upper${PROBE}`]) fs.writeFileSync(place(file), '');
  const [program, ...args] = toSandboxCommand({
    root: place('root'),
    upper: place('upper'),
    work: place('work'),
    bindsReadOnly: true,
    mounts: [
      { hostPath: '/dev', containerPath: '/dev', readOnly: false, layer: place('dev') },
      ...deviceMounts.map((point) => ({ hostPath: point, containerPath: point, readOnly: false })),
      { hostPath: place('given'), containerPath: `/dev${PROBE}`, readOnly: false },
    ],
    workingDir: '/',
    command: ['/bin/sh', '-c', `[ -c /dev/null ] && echo x > /dev/null && echo y > /dev${PROBE}`],
  });
  const { status } = spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 });
  return status === 0 && fs.readFileSync(place('given'), 'utf8') === 'y\n';
};
