/** One language for a while: texts are made from a seed, run, and watched. */
import fc from 'fast-check';

import { programsOf } from './programs.ts';
import type { FuzzTarget } from './targets.ts';

/** How long, and from where. */
export interface FuzzOptions {
  readonly seed: number;
  /** Texts of one round. */
  readonly runs: number;
  /** Most time of the processor that one text may take, in ms. */
  readonly mostMs: number;
}

/** A text that breaks the contract, as small as it could be made. */
export interface Fault {
  readonly target: string;
  readonly seed: number;
  readonly text: string;
  readonly what: string;
}

/** Runs a round; `undefined` when nothing is wrong. */
export const fuzz = async (target: FuzzTarget, { seed, runs, mostMs }: FuzzOptions): Promise<Fault | undefined> => {
  const property = fc.asyncProperty(programsOf(target), async (text) => {
    const before = process.cpuUsage();
    await target.run(text);
    const { user, system } = process.cpuUsage(before);
    const tookMs = (user + system) / 1000;
    if (tookMs > mostMs) throw new Error(`took ${Math.round(tookMs)} ms of the processor; ${mostMs} are allowed`);
  });
  const details = await fc.check(property, { seed, numRuns: runs, interruptAfterTimeLimit: 120_000 });
  if (!details.failed || details.interrupted) return undefined;
  const [text = ''] = details.counterexample ?? [];
  const thrown = details.errorInstance;
  const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { target: target.name, seed, text, what };
};
