/**
 * What this machine uses.
 */
import os from 'node:os';

import type { MachineUsage } from './node-documents.ts';

/** Looks once. `now` is the time, in milliseconds. */
export const machineUsage = (now: number): MachineUsage => {
  const busyMs = os.cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const freeBytes = os.freemem();
  return {
    cpuSeconds: busyMs / 1000,
    memoryBytes: os.totalmem() - freeBytes,
    freeBytes,
    startedAt: now - Math.round(os.uptime() * 1000),
  };
};
