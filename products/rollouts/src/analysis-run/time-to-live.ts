/**
 * When a finished run is deleted. Pure. @spec RO-AN-22, RO-SE-23
 */
import { parseTimestamp, type Instant } from '@argosy/base';

import type { AnalysisPhase, TtlStrategy } from '../api/analysis.ts';

/** The moment after which the run is gone; undefined: never by itself. */
export const expiryOf = (
  strategy: TtlStrategy | undefined,
  of: { readonly phase: AnalysisPhase; readonly completedAt: string | undefined },
): Instant | undefined => {
  const seconds = secondsFor(strategy, of.phase);
  const completedAt = of.completedAt === undefined ? undefined : parseTimestamp(of.completedAt);
  return seconds === undefined || completedAt === undefined ? undefined : completedAt + seconds * 1000;
};

const secondsFor = (strategy: TtlStrategy | undefined, phase: AnalysisPhase): number | undefined => {
  if (phase === 'Successful') return strategy?.secondsAfterSuccess ?? strategy?.secondsAfterCompletion;
  if (phase === 'Failed') return strategy?.secondsAfterFailure ?? strategy?.secondsAfterCompletion;
  return strategy?.secondsAfterCompletion;
};
