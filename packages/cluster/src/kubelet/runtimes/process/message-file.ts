/**
 * The file in which a container may say why it ends.
 */
import fs from 'node:fs';
import path from 'node:path';

import { allContainersOf } from '../../pod-containers.ts';
import type { ContainerLaunch } from '../../pod-runtime.ts';
import { readMessage } from '../read-message.ts';
import { isMessageFromLog, terminationMessage, terminationMessagePathOf } from '../termination-message.ts';
import { DEVICES } from './container-view.ts';
import type { SandboxAbility } from './sandbox-ability.ts';

/** A launch with the file mounted where it can be. */
export interface PlacedMessage {
  readonly launch: ContainerLaunch;
  /** What the container said, given its exit code and log; empty when nothing. */
  readonly read: (exitCode: number, log: string) => string;
}

/** Makes the file in the container's folder, which exists. */
export const placeMessage = (ability: SandboxAbility, folder: string, launch: ContainerLaunch): PlacedMessage => {
  const container = allContainersOf(launch.pod).find(({ name }) => name === launch.name) ?? { name: launch.name };
  const file = path.join(folder, 'termination-message');
  const isFromLog = isMessageFromLog(container);
  const read = (exitCode: number, log: string): string =>
    terminationMessage({ written: readMessage(file), isFromLog, exitCode, log });
  const containerPath = path.posix.resolve('/', terminationMessagePathOf(container));
  if (!canPlace(ability, launch, containerPath)) return { launch, read };
  fs.writeFileSync(file, '');
  // Whoever the container runs as may write it.
  fs.chmodSync(file, 0o666);
  const mount = { containerPath, hostPath: file, readOnly: false };
  return { launch: { ...launch, mounts: [...launch.mounts, mount] }, read };
};

/** Paths in volumes are left to their author, and /dev to the machine where no layer can go over it. */
const canPlace = (ability: SandboxAbility, { mounts }: ContainerLaunch, containerPath: string): boolean => {
  if (ability.kind === 'plain') return false;
  if (containerPath.startsWith(`${DEVICES}/`) && !ability.deviceMounts) return false;
  return !mounts.some((mount) => `${containerPath}/`.startsWith(`${path.posix.resolve('/', mount.containerPath)}/`));
};
