/**
 * Processes of this machine as /proc tells of them. Elsewhere than on Linux nothing is found.
 */
import fs from 'node:fs';

/** When a process started, in ticks since boot: with its id it names a process for good. */
export const startTimeOf = (pid: number): string | undefined => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain anything; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

/** Ids of a process's children. */
export const childrenOf = (pid: number): readonly number[] => {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

/** Whether a process has a root of its own; whoever still sets up a sandbox sees the host's. */
export const hasOwnRoot = (pid: number): boolean => {
  try {
    return fs.readlinkSync(`/proc/${pid}/root`) !== '/';
  } catch {
    return false;
  }
};

/** Sends a signal; a process that is gone is fine. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
};
