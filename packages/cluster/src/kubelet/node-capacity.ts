/**
 * What the machine has, as its node tells it.
 */
import os from 'node:os';

/** Of pods there is no limit of their number: this many are known to run at once. */
const MOST_PODS = 10_000;

/** Quantities by resource. Nothing of it is set aside, so all of it is allocatable. */
export const nodeCapacity = (): Readonly<Record<string, string>> => ({
  cpu: String(os.availableParallelism()),
  memory: `${Math.floor(os.totalmem() / 1024)}Ki`,
  pods: String(MOST_PODS),
});
