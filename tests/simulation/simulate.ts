/**
 * One run of the simulator: a seed decides everything.
 */
import { sha256Hex } from '@argosy/base';
import { DEPLOYMENTS, JOBS, PODS, type ResourceType } from '@argosy/kube';
import { ROLLOUTS } from '@argosy/rollouts';

import { NO_FAULTS, type Faults } from './faulty-client.ts';
import { findSetViolations } from './invariants-of-sets.ts';
import { findViolations } from './invariants.ts';
import { stopClockwork } from './user-of-sets.ts';
import { actAtRandom } from './user.ts';
import { createWorld } from './world.ts';

/** What came of a run. */
export interface SimulationResult {
  readonly seed: number;
  readonly actions: number;
  readonly crashes: number;
  readonly violations: readonly string[];
  /** The same for the same seed and program: a run can be repeated. */
  readonly fingerprint: string;
  /** What the user did, newest last. */
  readonly trace: readonly string[];
}

const FAULTS: Faults = {
  lost: 0.05,
  answerLost: 0.03,
  conflict: 0.05,
  watchDropped: 0.01,
  watchExpired: 0.1,
  eventRepeated: 0.02,
  longestDelayMs: 80,
};
/** Long enough for the longest back-off and the longest pause. */
const SETTLING_MS = 20 * 60_000;

/** Runs for `hours` of virtual time, then lets things settle and checks. */
export const simulate = async (seed: number, hours: number): Promise<SimulationResult> => {
  const world = await createWorld(seed);
  const trace: string[] = [];
  const start = world.clock.now();
  let crashes = 0;
  world.setFaults(FAULTS);
  while (world.clock.now() - start < hours * 3_600_000) {
    trace.push(`${((world.clock.now() - start) / 1000).toFixed(1)} s ${await actAtRandom(world)}`);
    await world.pass(world.random.next() * 40_000);
    if (world.random.next() < 0.05) {
      crashes += 1;
      trace.push(`${((world.clock.now() - start) / 1000).toFixed(1)} s crash`);
      await world.crash();
    }
  }
  world.setFaults(NO_FAULTS);
  await stopClockwork(world);
  await world.pass(SETTLING_MS);
  const violations = [...(await findViolations(world.client)), ...(await findSetViolations(world.client))];
  const kinds: readonly ResourceType[] = [DEPLOYMENTS, ROLLOUTS, JOBS, PODS];
  const left = await Promise.all(kinds.map(async (resource) => (await world.client.list(resource)).items));
  await world.stop();
  return {
    seed,
    actions: trace.length - crashes,
    crashes,
    violations,
    trace,
    fingerprint: sha256Hex(JSON.stringify(left)).slice(0, 16),
  };
};
