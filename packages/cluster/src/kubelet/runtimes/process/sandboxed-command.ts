/**
 * The command of a container inside its sandbox: every mount in order, outer ones first.
 */
import fs from 'node:fs';
import path from 'node:path';

import { MOUNTS_FOLDER } from '../../mounts/pod-mounts.ts';
import { resolveLinks, toHostPath } from './container-paths.ts';
import { DEVICES, type ContainerView, type ViewedMount } from './container-view.ts';
import type { RunAs } from './run-as.ts';
import type { SandboxAbility } from './sandbox-ability.ts';
import { toSandboxCommand, type SandboxMount } from './sandbox-command.ts';

/** A container about to be put into a sandbox. */
export interface SandboxedContainer {
  /** Folder of the attempt. */
  readonly folder: string;
  readonly view: ContainerView;
  /** Folders of the host it must not see. */
  readonly hidden: readonly string[];
  readonly workingDir: string;
  readonly runAs: RunAs | undefined;
  /** Host name of its own, unless it joins another tree. */
  readonly hostname: string | undefined;
  /** A process whose process tree it joins. */
  readonly joins: number | undefined;
}

/** The words to spawn; makes the mount points. Without sandboxes the command as it is. */
export const sandboxedCommand = (
  ability: SandboxAbility,
  container: SandboxedContainer,
  command: readonly string[],
): readonly string[] => {
  if (ability.kind === 'plain') return command;
  const { folder, view, runAs } = container;
  for (const cover of view.covers)
    for (const part of ['upper', 'work']) fs.mkdirSync(path.join(cover.folder, part), { recursive: true });
  return toSandboxCommand({
    root: path.join(folder, 'root'),
    upper: view.upper,
    work: path.join(folder, 'work'),
    bindsReadOnly: ability.bindsReadOnly,
    mounts: [
      ...hostMounts(ability.hostMounts, view),
      ...devices(ability.deviceMounts ?? [], view),
      ...hiding(container),
      ...ownMounts(view),
    ],
    workingDir: container.workingDir,
    command,
    // A copy of them in the container would keep memory of pods that are gone.
    ...(isFilled(MOUNTS_FOLDER) ? { drops: MOUNTS_FOLDER } : {}),
    ...(container.joins === undefined ? {} : { joins: container.joins }),
    ...(container.joins !== undefined || container.hostname === undefined ? {} : { hostname: container.hostname }),
    userSpec: runAs ? `${runAs.user}:${runAs.group}` : '',
  });
};

const isFilled = (folder: string): boolean => {
  try {
    return fs.readdirSync(folder).length > 0;
  } catch {
    // Not there, or not ours to see: then there is nothing of ours in it.
    return false;
  }
};

/** What was there when we began may be gone: no container fails for that. */
const hostMounts = (points: readonly string[], { covers }: ContainerView): readonly SandboxMount[] =>
  points
    .filter((point) => fs.existsSync(point))
    .map((point) => {
      const cover = covers.find(({ containerPath }) => containerPath === point);
      return {
        hostPath: point,
        containerPath: point,
        readOnly: true,
        ...(cover ? { layer: cover.folder } : {}),
      };
    });

/** A layer over the devices hides what is mounted among them. */
const devices = (points: readonly string[], { covers }: ContainerView): readonly SandboxMount[] => {
  const cover = covers.find(({ containerPath }) => containerPath === DEVICES);
  if (!cover) return [];
  return [
    { hostPath: DEVICES, containerPath: DEVICES, readOnly: false, layer: cover.folder },
    ...points
      .filter((point) => fs.existsSync(point))
      .map((point) => ({ hostPath: point, containerPath: point, readOnly: false })),
  ];
};

const hiding = ({ folder, hidden }: SandboxedContainer): readonly SandboxMount[] =>
  hidden
    .filter((one) => fs.existsSync(one))
    .map((one) => ({ hostPath: path.join(folder, 'empty'), containerPath: fs.realpathSync(one), readOnly: true }));

const ownMounts = (view: ContainerView): readonly SandboxMount[] => {
  const covering = new Set(view.covers.map(({ containerPath }) => containerPath));
  return view.mounts
    .filter(({ containerPath }) => !covering.has(containerPath))
    .map((mount) => ({ ...mount, containerPath: makeMountPoint(view, mount) }))
    .toSorted((one, other) => one.containerPath.length - other.containerPath.length);
};

/** Makes the place a mount covers and returns its path without links. */
const makeMountPoint = (view: ContainerView, mount: ViewedMount): string => {
  const around = (containerPath: string) => ({
    ...view,
    mounts: view.mounts.filter((one) => one !== mount && containerPath.startsWith(`${one.containerPath}/`)),
  });
  const containerPath = resolveLinks(around(mount.containerPath), mount.containerPath);
  const place = toHostPath(around(containerPath), containerPath);
  if (fs.statSync(mount.hostPath).isDirectory()) fs.mkdirSync(place, { recursive: true });
  else if (!fs.existsSync(place)) {
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, '');
  }
  return containerPath;
};
