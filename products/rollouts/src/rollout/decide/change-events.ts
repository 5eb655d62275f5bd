/**
 * What is told of a pass: pauses, aborts, retries and promotions.
 */
import type { EventDraft } from '@argosy/controller';

import type { RolloutStatus } from '../../api/rollout.ts';
import { EVENTS } from '../reasons.ts';
import type { RolloutView } from '../view.ts';
import type { StrategyOutcome } from './outcome.ts';

/** Events of what changes between this status and the next. */
export const changeEvents = (
  view: RolloutView,
  next: RolloutStatus,
  outcome: StrategyOutcome,
): readonly EventDraft[] => {
  const normal = (reason: string, message: string): EventDraft => ({ type: 'Normal', reason, message });
  const wasPaused = (view.status.pauseConditions ?? []).length > 0;
  const isPaused = (next.pauseConditions ?? []).length > 0;
  const events: (EventDraft | undefined)[] = [
    isPaused && !wasPaused
      ? normal(EVENTS.paused, `Rollout is paused (${next.pauseConditions?.[0]?.reason ?? ''})`)
      : undefined,
    !isPaused && (wasPaused || view.status.controllerPause) && !next.abort
      ? normal(EVENTS.resumed, 'Rollout is resumed')
      : undefined,
    next.abort && !view.status.abortedAt
      ? {
          type: 'Warning',
          reason: EVENTS.aborted,
          message: `Rollout aborted update to revision ${view.revision}${outcome.pause.abort ? `: ${outcome.pause.abort}` : ''}`,
        }
      : undefined,
    view.status.abortedAt && !next.abort ? normal(EVENTS.retry, 'Retrying Rollout after abort') : undefined,
    outcome.promotion
      ? normal(
          EVENTS.completed,
          `Rollout completed update to revision ${view.revision} (${view.hash}): ${outcome.promotion}`,
        )
      : undefined,
  ];
  return events.filter((event) => event !== undefined);
};
