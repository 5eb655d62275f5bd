/**
 * One pass of a blue-green update: preview, sizes, pause, switch, analysis. Pure.
 * @upstream argo-rollouts rollout/bluegreen.go#rolloutBlueGreen @spec RO-BG-01…18
 */
import { abortDelayOf, autoPromotes } from '../../api/defaults.ts';
import type { BlueGreenStatus } from '../../api/rollout.ts';
import type { BlueGreenStrategy } from '../../api/strategy.ts';
import { DESIRED_REPLICAS } from '../names.ts';
import { joinPlans, NO_PLAN, wakeAt, type Plan } from '../plan.ts';
import { deadlineOf, isSaturated, type RolloutView } from '../view.ts';
import { INCONCLUSIVE, runFor, terminateOthers, verdictOf, type RunState } from './analysis.ts';
import { planOldBlueGreenSets } from './old-sets.ts';
import type { StrategyOutcome } from './outcome.ts';
import { isHalted, pauseStateOf, type PauseRequest } from './pause.ts';
import { blueGreenPromotion } from './promotion.ts';
import { changeSet } from './resize-set.ts';
import { planSwitch, selectedHash } from './services.ts';

/** Decides the pass. The new set exists. */
export const decideBlueGreen = (view: RolloutView): StrategyOutcome => {
  const strategy = view.spec.strategy?.blueGreen ?? {};
  const halted = isHalted(view);
  const preview = halted ? NO_PLAN : planSwitch(view, strategy.previewService, view.hash);
  const pre = decidePrePromotion(view, strategy);
  const isPreDone = !strategy.prePromotionAnalysis || isFastTracked(view, strategy) || pre?.phase === 'Successful';
  const pause = halted ? { isOver: false, plan: NO_PLAN, request: {} } : decidePause(view, strategy, isPreDone);
  const checkpoint = decideCheckpoint(view, strategy, pause.isOver && isPreDone);
  const scaling = halted ? NO_PLAN : planSizes(view, strategy);
  const active = halted
    ? { plan: NO_PLAN, hash: activeHashOf(view, strategy) }
    : planActive(view, strategy, pause.isOver && isPreDone);
  const post = decidePostPromotion(view, strategy, active.hash);
  const isVerified = !strategy.postPromotionAnalysis || post?.phase === 'Successful';
  const promotion = blueGreenPromotion(view, { active: active.hash, isVerified });
  const request = withVerdicts(pause.request, pre, post);
  const kept = [pre?.reference?.name, post?.reference?.name];
  const fault = pre?.fault ?? post?.fault;
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
    status: {
      blueGreen: nextStatus(view, {
        strategy,
        active: active.hash,
        checkpoint: checkpoint && !promotion,
        pre,
        post,
        halted,
      }),
    },
    pause: promotion || view.isFullyPromoted ? { clear: true } : request,
    ...(pause.isOver ? { endedPause: 'BlueGreenPause' as const } : {}),
    ...(promotion ? { promotion } : {}),
    ...(fault ? { fault } : {}),
  };
};

const activeHashOf = (view: RolloutView, strategy: BlueGreenStrategy): string | undefined =>
  selectedHash(view.world.services[strategy.activeService ?? '']);

/** Whether pause and pre-promotion analysis are skipped: the version is known to be good, or nobody is served yet. @spec RO-BG-08 */
const isFastTracked = (view: RolloutView, strategy: BlueGreenStrategy): boolean => {
  const active = activeHashOf(view, strategy);
  return (
    view.isFullyPromoted ||
    view.isInRollbackWindow ||
    view.status.promoteFull === true ||
    active === undefined ||
    active === view.hash ||
    (view.newSet !== undefined && deadlineOf(view.newSet) !== undefined && !view.isAborted)
  );
};

/** Pods of the new set. @spec RO-BG-03 */
export const newSetSize = (of: {
  readonly replicas: number;
  readonly previewReplicaCount: number | undefined;
  readonly hash: string;
  readonly activeSelector: string | undefined;
  readonly currentPodHash: string | undefined;
  readonly checkpoint: boolean;
  readonly promoteFull: boolean;
}): number => {
  const { previewReplicaCount, activeSelector } = of;
  const isWhole = previewReplicaCount === undefined || of.promoteFull || !activeSelector || activeSelector === of.hash;
  if (isWhole) return of.replicas;
  return of.checkpoint && of.currentPodHash === of.hash ? of.replicas : previewReplicaCount;
};

const planSizes = (view: RolloutView, strategy: BlueGreenStrategy): Plan => {
  const stable =
    view.stableSet && view.stableSet !== view.newSet
      ? changeSet(view, view.stableSet, {
          replicas: view.replicas,
          ...(isServed(view, strategy) ? {} : { deadline: null }),
        })
      : NO_PLAN;
  return joinPlans(stable, planNewSet(view, strategy), planOldBlueGreenSets(view));
};

/** The old stable waits for its end only after the switch; until then it serves. */
const isServed = (view: RolloutView, strategy: BlueGreenStrategy): boolean =>
  activeHashOf(view, strategy) === view.hash;

const planNewSet = (view: RolloutView, strategy: BlueGreenStrategy): Plan => {
  const set = view.newSet;
  if (!set) return NO_PLAN;
  if (view.isAborted && !view.isFullyPromoted) return planAborted(view);
  const replicas = newSetSize({
    replicas: view.replicas,
    previewReplicaCount: strategy.previewReplicaCount,
    hash: view.hash,
    activeSelector: activeHashOf(view, strategy),
    currentPodHash: view.status.currentPodHash,
    checkpoint: view.status.blueGreen?.scaleUpPreviewCheckPoint === true,
    promoteFull: view.status.promoteFull === true,
  });
  return changeSet(view, set, { replicas, deadline: null });
};

/** The preview of an aborted update stays up for the delay. @spec RO-BG-14 */
export const planAborted = (view: RolloutView): Plan => {
  const set = view.newSet;
  const delay = abortDelayOf(view.spec).seconds;
  if (!set || delay === null || (set.spec?.replicas ?? 0) === 0) return NO_PLAN;
  const deadline = deadlineOf(set);
  if (deadline === undefined) {
    const at = view.now + delay * 1000;
    return joinPlans(changeSet(view, set, { deadline: at }), wakeAt(at));
  }
  return deadline > view.now ? wakeAt(deadline) : changeSet(view, set, { replicas: 0, deadline: null });
};

const isReadyForSwitch = (view: RolloutView): boolean =>
  isSaturated(view.newSet, view.replicas) &&
  view.newSet?.metadata.annotations?.[DESIRED_REPLICAS] === String(view.replicas);

const isReadyForPause = (view: RolloutView, strategy: BlueGreenStrategy): boolean =>
  isReadyForSwitch(view) ||
  (strategy.previewReplicaCount !== undefined && isSaturated(view.newSet, strategy.previewReplicaCount));

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

const decidePrePromotion = (view: RolloutView, strategy: BlueGreenStrategy): RunState | undefined => {
  const analysis = strategy.prePromotionAnalysis;
  const current = view.status.blueGreen?.prePromotionAnalysisRunStatus;
  if (!analysis || view.isAborted || isFastTracked(view, strategy)) return keep(current);
  if (!current && !isReadyForPause(view, strategy)) return undefined;
  return runFor(view, { role: 'PrePromotion', analysis, suffix: 'pre', current });
};

const decidePostPromotion = (
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

const withVerdicts = (request: PauseRequest, pre: RunState | undefined, post: RunState | undefined): PauseRequest => {
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
