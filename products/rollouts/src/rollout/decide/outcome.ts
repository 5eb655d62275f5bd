/**
 * What a strategy gives back to the pass.
 */
import type { RolloutStatus } from '../../api/rollout.ts';
import type { Plan } from '../plan.ts';
import type { PauseRequest } from './pause.ts';
import type { PauseCondition } from '../../api/rollout.ts';

/** The part of a pass that is the strategy's. */
export interface StrategyOutcome {
  readonly plan: Plan;
  /** Fields of the next status that are the strategy's. */
  readonly status: Partial<RolloutStatus>;
  readonly pause: PauseRequest;
  /** A pause that is over. */
  readonly endedPause?: PauseCondition['reason'];
  /** Why the new set becomes stable now. */
  readonly promotion?: string;
  /** What is wrong with what the rollout names. */
  readonly fault?: string;
}
