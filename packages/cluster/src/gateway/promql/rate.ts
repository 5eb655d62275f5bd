/**
 * How fast counters grow. Pure. @upstream prometheus promql/functions.go#extrapolatedRate, #instantValue
 */
import type { Sample } from '../measure/sample-store.ts';

/** A window of time, in milliseconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * The growth within the window, extrapolated to its edges, resets counted; `undefined` for fewer than two samples.
 * The rate per second is this divided by the window.
 */
export const computeIncrease = (samples: readonly Sample[], { from, to }: Window): number | undefined => {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || samples.length < 2) return undefined;
  const resets = samples.reduce((sum, { value }, index) => {
    const before = samples[index - 1]?.value ?? value;
    return value < before ? sum + before : sum;
  }, 0);
  const growth = last.value - first.value + resets;
  const sampledMs = last.at - first.at;
  const betweenMs = sampledMs / (samples.length - 1);
  // Samples that end far from an edge say the series began or ended there: only half a step is assumed beyond.
  const reach = (gapMs: number): number => (gapMs >= betweenMs * 1.1 ? betweenMs / 2 : gapMs);
  // A counter cannot have been below zero.
  const toZeroMs = growth > 0 && first.value >= 0 ? sampledMs * (first.value / growth) : Infinity;
  const coveredMs = sampledMs + Math.min(reach(first.at - from), toZeroMs) + reach(to - last.at);
  return growth * (coveredMs / sampledMs);
};

/** Growth per second between the last two samples; `undefined` for fewer. */
export const computeInstantRate = (samples: readonly Sample[]): number | undefined => {
  const [before, last] = samples.slice(-2);
  if (!before || !last || last.at === before.at) return undefined;
  const growth = last.value < before.value ? last.value : last.value - before.value;
  return growth / ((last.at - before.at) / 1000);
};
