/**
 * The analysis before and after the switch of a blue-green update. @spec RO-BG-11
 */
import type { BlueGreenStatus } from '../../../api/rollout.ts';
import type { BlueGreenStrategy } from '../../../api/strategy.ts';
import { NO_PLAN } from '../../plan.ts';
import type { RolloutView } from '../../view.ts';
import { INCONCLUSIVE, runFor, verdictOf, type RunState } from '../analysis.ts';
import type { PauseRequest } from '../pause.ts';
import { isFastTracked, isReadyForPause } from './switch-view.ts';

/** The run before the switch, if it is wanted. */
export const decidePrePromotion = (view: RolloutView, strategy: BlueGreenStrategy): RunState | undefined => {
  const analysis = strategy.prePromotionAnalysis;
  const current = view.status.blueGreen?.prePromotionAnalysisRunStatus;
  if (!analysis || view.isAborted || isFastTracked(view, strategy)) return keep(current);
  if (!current && !isReadyForPause(view, strategy)) return undefined;
  return runFor(view, { role: 'PrePromotion', analysis, suffix: 'pre', current });
};

/** The run after the switch, if it is wanted. */
export const decidePostPromotion = (
  view: RolloutView,
  strategy: BlueGreenStrategy,
  active: string | undefined,
): RunState | undefined => {
  const analysis = strategy.postPromotionAnalysis;
  const current = view.status.blueGreen?.postPromotionAnalysisRunStatus;
  const isWanted =
    analysis !== undefined &&
    !view.isAborted &&
    !view.isFullyPromoted &&
    view.status.stableRS !== undefined &&
    view.status.stableRS !== '' &&
    view.status.promoteFull !== true &&
    active === view.hash;
  if (!isWanted || !analysis) return keep(current);
  return runFor(view, { role: 'PostPromotion', analysis, suffix: 'post', current });
};

/** Blue-green keeps its runs visible after they are over. @spec RO-BG-11 */
const keep = (current: BlueGreenStatus['prePromotionAnalysisRunStatus']): RunState | undefined =>
  current && { reference: current, plan: NO_PLAN };

/** The pause that is asked for, with what the runs say of it. */
export const withVerdicts = (
  request: PauseRequest,
  pre: RunState | undefined,
  post: RunState | undefined,
): PauseRequest => {
  const verdicts = [
    pre ? verdictOf(pre, 'PrePromotion') : undefined,
    post ? verdictOf(post, 'PostPromotion') : undefined,
  ];
  const abort = verdicts.find((verdict) => verdict?.kind === 'abort');
  if (abort?.kind === 'abort') return { abort: abort.message };
  return verdicts.some((verdict) => verdict?.kind === 'pause')
    ? { ...request, add: [...(request.add ?? []), INCONCLUSIVE] }
    : request;
};
