/**
 * What the machine has, as its node tells it.
 */
import fs from 'node:fs';
import os from 'node:os';

import type { PodRuntime } from './pod-runtime.ts';

/** Of pods there is no limit of their number; this is beyond what is known to run at once. */
const MOST_PODS = '16384';

/** What is only simulated takes nothing of the machine: more than anybody simulates. */
const SIMULATED = { cpu: '10000', memory: '64Ti', 'ephemeral-storage': '1Pi', pods: MOST_PODS } as const;

/** Quantities by resource. Nothing of it is set aside, so all of it is allocatable. `directory` is where pods' files lie. */
export const nodeCapacity = (runtime?: Pick<PodRuntime, 'name' | 'directory'>): Readonly<Record<string, string>> =>
  runtime?.name === 'simulated'
    ? SIMULATED
    : {
        cpu: String(os.availableParallelism()),
        memory: `${Math.floor(os.totalmem() / 1024)}Ki`,
        'ephemeral-storage': diskSize(runtime?.directory ?? os.tmpdir()),
        pods: MOST_PODS,
      };

/** Size of the file system a folder is on. */
const diskSize = (directory: string): string => {
  const { blocks, bsize } = fs.statfsSync(directory);
  return `${Math.floor((blocks * bsize) / 1024)}Ki`;
};
