/**
 * When a finished workflow is deleted. @spec WF-GC-07
 */
import type { Instant } from '@argosy/base';

import type { WorkflowPhase } from '../api/kinds.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';

/** Instant of deletion; `undefined` = never. Phase Error knows only `secondsAfterCompletion`, as upstream. */
export const expiryOf = (
  phase: WorkflowPhase | undefined,
  strategy: WorkflowSpec['ttlStrategy'] | null,
  finishedAt: Instant,
): Instant | undefined => {
  if (!strategy || (phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Error')) return undefined;
  const own =
    phase === 'Succeeded'
      ? strategy.secondsAfterSuccess
      : phase === 'Failed'
        ? strategy.secondsAfterFailure
        : undefined;
  const seconds = own ?? strategy.secondsAfterCompletion;
  return seconds === undefined ? undefined : finishedAt + seconds * 1000;
};
