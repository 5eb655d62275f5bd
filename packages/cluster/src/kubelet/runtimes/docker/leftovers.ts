/**
 * Containers from before: whose they are, and which of them nobody will ask for again.
 */
import os from 'node:os';

import { startTimeOf } from '../process/process-tree.ts';
import { LABELS, type ListedContainer } from './container-labels.ts';
import { listContainers, removeContainer } from './engine-containers.ts';
import type { Engine } from './engine.ts';

/** This process, for good: an id that is used again is recognised by its start, another machine's by its name. */
export const describeOwner = (): string => `${os.hostname()}:${process.pid}:${startTimeOf(process.pid) ?? ''}`;

/** Removes what platforms left whose pods were lost with them. */
export const removeOrphans = async (engine: Engine): Promise<void> => {
  const owned = await listContainers(engine, [LABELS.owner]);
  await Promise.all(owned.filter(isOrphan).map((container) => removeContainer(engine, container.Id)));
};

const isOrphan = ({ Labels: labels }: ListedContainer): boolean => {
  const [host, pid, startTime = ''] = (labels[LABELS.owner] ?? '').split(':');
  // Processes of another host, or of another container with this engine's socket, cannot be judged from here.
  if (host !== os.hostname()) return false;
  if (startTime !== '') return startTimeOf(Number(pid)) !== startTime;
  return !isAlive(Number(pid));
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // Not permitted means that there is somebody.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
};
