/**
 * Pauses and aborts as status. Pure.
 *
 *   running ──pause step──▶ paused (condition + controllerPause)
 *      ▲                        │ somebody takes the condition away, or its time is over
 *      └────────────────────────┘
 *   any ──bad analysis or status.abort──▶ aborted ──status.abort: false──▶ running, from step 0
 *
 * @spec RO-CAN-05, RO-ST-11, RO-ST-12, RO-OPS-01, RO-OPS-03
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';

import type { PauseCondition, RolloutStatus } from '../../api/rollout.ts';
import type { RolloutView } from '../view.ts';

type PauseReason = PauseCondition['reason'];

/** What a strategy asks of pauses. */
export interface PauseRequest {
  readonly add?: readonly PauseReason[];
  /** Takes every pause away: the update is over or starts again. */
  readonly clear?: boolean;
  /** Aborts, with the reason. */
  readonly abort?: string;
}

/** A pause that may be over. */
export type PauseState =
  /** Not started: the request to add it is the caller's. */
  { readonly kind: 'due' } | { readonly kind: 'waiting'; readonly until?: Instant } | { readonly kind: 'over' };

/** Looks at a pause: `durationMs` undefined lasts until somebody ends it. */
export const pauseStateOf = (view: RolloutView, reason: PauseReason, durationMs: number | undefined): PauseState => {
  const condition = findPause(view.status, reason);
  if (!condition) return view.status.controllerPause === true ? { kind: 'over' } : { kind: 'due' };
  if (durationMs === undefined) return { kind: 'waiting' };
  const until = (parseTimestamp(condition.startTime) ?? view.now) + durationMs;
  return view.now >= until ? { kind: 'over' } : { kind: 'waiting', until };
};

/** The pause of this reason, when there is one. */
const findPause = (status: RolloutStatus, reason: PauseReason): PauseCondition | undefined =>
  (status.pauseConditions ?? []).find((condition) => condition.reason === reason);

/** Whether sizes and Services are left alone: somebody paused the rollout, or a run could not decide. */
export const isHalted = (view: RolloutView): boolean =>
  view.spec.paused === true || findPause(view.status, 'InconclusiveAnalysisRun') !== undefined;

/** The pause fields of the next status. `ended` names a pause that is over. */
export const pauseFields = (
  view: RolloutView,
  request: PauseRequest,
  ended: PauseReason | undefined,
): Pick<RolloutStatus, 'pauseConditions' | 'controllerPause' | 'abort' | 'abortedAt'> => {
  if (request.clear) return {};
  if (view.isAborted || request.abort !== undefined)
    return { abort: true, abortedAt: view.status.abortedAt ?? toTimestamp(view.now) };
  const before = (view.status.pauseConditions ?? []).filter(({ reason }) => reason !== ended);
  const added = (request.add ?? [])
    .filter((reason) => !before.some((condition) => condition.reason === reason))
    .map((reason): PauseCondition => ({ reason, startTime: toTimestamp(view.now) }));
  const pauseConditions = [...before, ...added];
  if (pauseConditions.length > 0) return { pauseConditions, controllerPause: true };
  // While somebody holds the rollout, that it was let go must not be forgotten.
  return view.spec.paused && view.status.controllerPause ? { controllerPause: true } : {};
};
