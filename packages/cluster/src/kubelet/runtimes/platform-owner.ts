/**
 * Whose something is that outlives a platform: told by the process, for good.
 */
import os from 'node:os';

import { startTimeOf } from './process/process-tree.ts';

/** This process: an id that is used again is recognised by its start, another machine's by its name. */
export const describeOwner = (): string => `${os.hostname()}:${process.pid}:${startTimeOf(process.pid) ?? ''}`;

/** Whether an owner is no more. Processes of another host, or of another container, cannot be judged from here. */
export const isOwnerGone = (owner: string): boolean => {
  const [host, pid, startTime = ''] = owner.split(':');
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
