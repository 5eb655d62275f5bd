/**
 * One pass of a blue-green update: preview, sizes, pause, switch, analysis. Pure.
 * @upstream argo-rollouts rollout/bluegreen.go#rolloutBlueGreen @spec RO-BG-01…18
 */
import { autoPromotes } from '../../../api/defaults.ts';
import type { BlueGreenStatus } from '../../../api/rollout.ts';
import type { BlueGreenStrategy } from '../../../api/strategy.ts';
import { joinPlans, NO_PLAN, wakeAt, type Plan } from '../../plan.ts';
import { isSaturated, type RolloutView } from '../../view.ts';
import { terminateOthers, type RunState } from '../analysis.ts';
import type { StrategyOutcome } from '../outcome.ts';
import { isHalted, pauseStateOf, type PauseRequest } from '../pause.ts';
import { blueGreenPromotion } from '../promotion.ts';
import { planSwitch, selectedHash } from '../services.ts';
import { activeHashOf, isFastTracked, isReadyForPause, isReadyForSwitch } from './switch-view.ts';
import { planSizes } from './set-sizes.ts';
import { decidePostPromotion, decidePrePromotion, withVerdicts } from './analysis-around-switch.ts';

/** Decides the pass. The new set exists. */
export const decideBlueGreen = (view: RolloutView): StrategyOutcome => {
  const strategy = view.spec.strategy?.blueGreen ?? {};
  const halted = isHalted(view);
  const preview = halted ? NO_PLAN : planSwitch(view, strategy.previewService, view.hash);
  const pre = decidePrePromotion(view, strategy);
  const isPreDone = !strategy.prePromotionAnalysis || isFastTracked(view, strategy) || pre?.phase === 'Successful';
  const pause = halted ? { isOver: false, plan: NO_PLAN, request: {} } : decidePause(view, strategy, isPreDone);
  const isAccepted = pause.isOver && isPreDone;
  const scaling = halted ? NO_PLAN : planSizes(view, strategy);
  const active = halted
    ? { plan: NO_PLAN, hash: activeHashOf(view, strategy) }
    : planActive(view, strategy, isAccepted);
  const post = decidePostPromotion(view, strategy, active.hash);
  const isVerified = !strategy.postPromotionAnalysis || post?.phase === 'Successful';
  const promotion = blueGreenPromotion(view, { active: active.hash, isVerified });
  const request = withVerdicts(pause.request, pre, post);
  const kept = [pre?.reference?.name, post?.reference?.name];
  const fault = pre?.fault ?? post?.fault;
  const isCheckpoint = decideCheckpoint(view, strategy, isAccepted) && !promotion;
  const blueGreen = nextStatus(view, { strategy, active: active.hash, checkpoint: isCheckpoint, pre, post, halted });
  return {
    plan: joinPlans(
      preview,
      scaling,
      pause.plan,
      active.plan,
      pre?.plan ?? NO_PLAN,
      post?.plan ?? NO_PLAN,
      terminateOthers(view, kept),
    ),
    status: { blueGreen },
    pause: promotion || view.isFullyPromoted ? { clear: true } : request,
    ...(pause.isOver ? { endedPause: 'BlueGreenPause' as const } : {}),
    ...(promotion ? { promotion } : {}),
    ...(fault ? { fault } : {}),
  };
};

const decidePause = (
  view: RolloutView,
  strategy: BlueGreenStrategy,
  isPreDone: boolean,
): { readonly isOver: boolean; readonly plan: Plan; readonly request: PauseRequest } => {
  const over = { isOver: true, plan: NO_PLAN, request: {} };
  const open = (plan: Plan = NO_PLAN, request: PauseRequest = {}) => ({ isOver: false, plan, request });
  if (isFastTracked(view, strategy) || view.status.blueGreen?.scaleUpPreviewCheckPoint) return over;
  if (view.isAborted) return open();
  const seconds = strategy.autoPromotionSeconds ?? 0;
  const isAutomatic = autoPromotes(view.spec);
  const isReady = isReadyForPause(view, strategy) && isPreDone;
  if (isAutomatic && seconds <= 0) return isReady ? over : open();
  const durationMs = isAutomatic ? seconds * 1000 : undefined;
  const state = pauseStateOf(view, 'BlueGreenPause', durationMs);
  if (state.kind === 'over') return isReady ? over : open();
  if (state.kind === 'waiting') return open(state.until === undefined ? NO_PLAN : wakeAt(state.until));
  if (!isReady) return open();
  return open(durationMs === undefined ? NO_PLAN : wakeAt(view.now + durationMs), { add: ['BlueGreenPause'] });
};

/** Once a small preview has been accepted it grows to full size, and never shrinks again. */
const decideCheckpoint = (view: RolloutView, strategy: BlueGreenStrategy, isAccepted: boolean): boolean => {
  if (strategy.previewReplicaCount === undefined || view.isAborted) return false;
  if (view.status.blueGreen?.scaleUpPreviewCheckPoint) return true;
  return isAccepted && !isFastTracked(view, strategy) && isSaturated(view.newSet, strategy.previewReplicaCount);
};

const planActive = (
  view: RolloutView,
  strategy: BlueGreenStrategy,
  isAccepted: boolean,
): { readonly plan: Plan; readonly hash: string | undefined } => {
  const before = activeHashOf(view, strategy);
  const target = activeTarget(view, isAccepted);
  if (target === undefined) return { plan: NO_PLAN, hash: before };
  return { plan: planSwitch(view, strategy.activeService, target), hash: target };
};

const activeTarget = (view: RolloutView, isAccepted: boolean): string | undefined => {
  if (view.isAborted) return view.status.stableRS || undefined;
  return isAccepted && isReadyForSwitch(view) ? view.hash : undefined;
};

const nextStatus = (
  view: RolloutView,
  of: {
    readonly strategy: BlueGreenStrategy;
    readonly active: string | undefined;
    readonly checkpoint: boolean;
    readonly pre: RunState | undefined;
    readonly post: RunState | undefined;
    readonly halted: boolean;
  },
): BlueGreenStatus => {
  const preview = of.halted
    ? selectedHash(view.world.services[of.strategy.previewService ?? ''])
    : of.strategy.previewService
      ? view.hash
      : undefined;
  return {
    ...(of.active ? { activeSelector: of.active } : {}),
    ...(preview ? { previewSelector: preview } : {}),
    ...(of.checkpoint ? { scaleUpPreviewCheckPoint: true } : {}),
    ...(of.pre?.reference ? { prePromotionAnalysisRunStatus: of.pre.reference } : {}),
    ...(of.post?.reference ? { postPromotionAnalysisRunStatus: of.post.reference } : {}),
  };
};
