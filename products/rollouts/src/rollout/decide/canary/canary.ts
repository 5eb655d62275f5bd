/**
 * One pass of a canary: sizes, then traffic, then analysis, then the step. Pure.
 * @upstream argo-rollouts rollout/canary.go#rolloutCanary @spec RO-CAN-15, RO-TRC-06, RO-ST-15
 */
import { abortDelayOf, isRouted } from '../../../api/defaults.ts';
import type { RolloutStatus, RunReference, TrafficWeights } from '../../../api/rollout.ts';
import { currentStepOf, describeStep, isBeforeStartingStep, stepsOf } from '../../../replicas/canary-steps.ts';
import { nextBasicSizes } from '../../../replicas/basic-canary.ts';
import type { ReplicaSplit } from '../../../replicas/ideal-split.ts';
import { hasReachedCounts } from '../../../replicas/progress.ts';
import { nextRoutedSizes } from '../../../replicas/routed-canary.ts';
import { pauseMs } from '../../../validate/step-rules.ts';
import { joinPlans, NO_PLAN, planOf, wakeAt, type Plan } from '../../plan.ts';
import { EVENTS } from '../../reasons.ts';
import { deadlineOf, sizesOf, type RolloutView } from '../../view.ts';
import { INCONCLUSIVE, runFor, terminateOthers, verdictOf, type RunState } from '../analysis.ts';
import { planOldCanarySets } from '../old-sets.ts';
import type { StrategyOutcome } from '../outcome.ts';
import { isHalted, pauseStateOf, type PauseRequest, type PauseState } from '../pause.ts';
import { canaryPromotion } from '../promotion.ts';
import { changeSet, isScaling } from '../resize-set.ts';
import { planCanaryServices } from '../services.ts';
import { routeTraffic } from './route-traffic.ts';

/** Decides the pass. The new set exists. */
export const decideCanary = (view: RolloutView): StrategyOutcome => {
  const services = planCanaryServices(view, view.status.canary?.weights?.canary.weight ?? 0);
  const scaling = isHalted(view) ? NO_PLAN : planSizes(view);
  // Sizes first: traffic, analysis and steps wait until the sizes written are seen.
  if (isScaling(scaling)) return { plan: joinPlans(services, scaling), status: carriedStatus(view), pause: {} };
  const routing = routeTraffic(view);
  const runs = decideRuns(view);
  const progress = decideProgress(view, runs, routing.weights);
  const promotion = canaryPromotion(view, progress.stepIndex);
  return {
    plan: joinPlans(services, scaling, routing.plan, runs.plan, progress.plan),
    status: {
      ...(progress.stepIndex === undefined ? {} : { currentStepIndex: progress.stepIndex }),
      canary: {
        ...(routing.weights ? { weights: routing.weights } : {}),
        ...(runs.background?.reference ? { currentBackgroundAnalysisRunStatus: runs.background.reference } : {}),
        ...(runs.step?.reference && progress.stepIndex === view.status.currentStepIndex
          ? { currentStepAnalysisRunStatus: runs.step.reference }
          : {}),
      },
    },
    pause: { ...progress.pause, ...(view.isFullyPromoted || promotion ? { clear: true } : {}) },
    ...(progress.endedPause ? { endedPause: 'CanaryPauseStep' as const } : {}),
    ...(promotion ? { promotion } : {}),
    ...(runs.fault ? { fault: runs.fault } : {}),
  };
};

/** What stays while only sizes move. */
const carriedStatus = (view: RolloutView): Partial<RolloutStatus> => ({
  ...(view.status.currentStepIndex === undefined || view.status.currentStepIndex === null
    ? {}
    : { currentStepIndex: view.status.currentStepIndex }),
  ...(view.status.canary ? { canary: view.status.canary } : {}),
});

const planSizes = (view: RolloutView): Plan => {
  const wanted = wantedSizes(view);
  const stable =
    view.stableSet && view.stableSet !== view.newSet
      ? changeSet(view, view.stableSet, { replicas: wanted.stable, deadline: null })
      : NO_PLAN;
  const canary = planNewSet(view, wanted.canary);
  const moved = joinPlans(stable, canary);
  return isScaling(moved) ? moved : joinPlans(moved, planOldCanarySets(view));
};

const wantedSizes = (view: RolloutView): ReplicaSplit => {
  if (view.isFullyPromoted || !view.stableSet) return { canary: view.replicas, stable: 0 };
  return isRouted(view.rollout)
    ? nextRoutedSizes(view.rollout, sizesOf(view))
    : nextBasicSizes(view.rollout, sizesOf(view));
};

/** An aborted canary behind a router stays up for a while, so that what went wrong can be looked at. @spec RO-TRC-09 */
const planNewSet = (view: RolloutView, wanted: number): Plan => {
  const set = view.newSet;
  if (!set) return NO_PLAN;
  if (!view.isAborted || view.isFullyPromoted || !isRouted(view.rollout))
    return changeSet(view, set, { replicas: wanted, deadline: null });
  const delay = abortDelayOf(view.spec);
  const isDynamic = view.spec.strategy?.canary?.dynamicStableScale === true && !delay.wasSet;
  if (isDynamic) return changeSet(view, set, { replicas: wanted });
  if (delay.seconds === null || (set.spec?.replicas ?? 0) === 0) return NO_PLAN;
  const deadline = deadlineOf(set);
  if (deadline !== undefined)
    return deadline > view.now ? wakeAt(deadline) : changeSet(view, set, { replicas: 0, deadline: null });
  const isStableBack = (view.stableSet?.status?.availableReplicas ?? 0) >= view.replicas;
  const at = view.now + delay.seconds * 1000;
  return isStableBack ? joinPlans(changeSet(view, set, { deadline: at }), wakeAt(at)) : NO_PLAN;
};

interface Runs {
  readonly step?: RunState;
  readonly background?: RunState;
  readonly plan: Plan;
  readonly fault?: string;
}

const decideRuns = (view: RolloutView): Runs => {
  const isOver =
    view.isFullyPromoted ||
    view.isAborted ||
    view.status.promoteFull === true ||
    view.isInRollbackWindow ||
    !view.status.stableRS;
  if (isOver) return { plan: terminateOthers(view, []) };
  const canary = view.spec.strategy?.canary;
  const current = currentStepOf(view.rollout);
  const step = current?.step.analysis
    ? runFor(view, {
        role: 'Step',
        analysis: current.step.analysis,
        suffix: String(current.index),
        current: view.status.canary?.currentStepAnalysisRunStatus,
      })
    : undefined;
  const background =
    canary?.analysis && !isBeforeStartingStep(view.rollout)
      ? runFor(view, {
          role: 'Background',
          analysis: canary.analysis,
          suffix: '',
          current: view.status.canary?.currentBackgroundAnalysisRunStatus,
        })
      : undefined;
  const kept = [step?.reference?.name, background?.reference?.name];
  const fault = step?.fault ?? background?.fault;
  return {
    ...(step ? { step } : {}),
    ...(background ? { background } : {}),
    plan: joinPlans(step?.plan ?? NO_PLAN, background?.plan ?? NO_PLAN, terminateOthers(view, kept)),
    ...(fault ? { fault } : {}),
  };
};

interface Progress {
  readonly stepIndex: number | undefined;
  readonly plan: Plan;
  readonly pause: PauseRequest;
  readonly endedPause: boolean;
}

const decideProgress = (view: RolloutView, runs: Runs, weights: TrafficWeights | undefined): Progress => {
  const steps = stepsOf(view.spec);
  const hasSteps = steps.length > 0;
  const still = (pause: Progress['pause'] = {}, plan: Plan = NO_PLAN): Progress => ({
    stepIndex: hasSteps ? (view.status.currentStepIndex ?? 0) : undefined,
    plan,
    pause,
    endedPause: false,
  });
  if (view.isFullyPromoted || !view.status.stableRS || view.isInRollbackWindow || view.status.promoteFull)
    return { ...still(), stepIndex: hasSteps ? steps.length : undefined };
  if (view.isAborted) return { ...still(), stepIndex: hasSteps ? 0 : undefined };
  const verdicts = [
    runs.step ? verdictOf(runs.step, 'Step') : undefined,
    runs.background ? verdictOf(runs.background, 'Background') : undefined,
  ];
  const abort = verdicts.find((verdict) => verdict?.kind === 'abort');
  if (abort?.kind === 'abort') return { ...still({ abort: abort.message }), stepIndex: hasSteps ? 0 : undefined };
  const undecided = verdicts.some((verdict) => verdict?.kind === 'pause');
  if (undecided) return still({ add: [INCONCLUSIVE] });
  return stepProgress(view, runs.step?.reference, { weights, still });
};

const stepProgress = (
  view: RolloutView,
  run: RunReference | undefined,
  of: {
    readonly weights: TrafficWeights | undefined;
    readonly still: (pause?: Progress['pause'], plan?: Plan) => Progress;
  },
): Progress => {
  const current = currentStepOf(view.rollout);
  if (!current || view.spec.paused) return of.still();
  const { step, index } = current;
  if (step.pause) {
    const state: PauseState = pauseStateOf(
      view,
      'CanaryPauseStep',
      step.pause.duration === undefined ? undefined : (pauseMs(step.pause.duration) ?? 0),
    );
    if (state.kind === 'due') return of.still({ add: ['CanaryPauseStep'] }, planPause(view, step.pause.duration));
    if (state.kind === 'waiting') return of.still({}, state.until === undefined ? NO_PLAN : wakeAt(state.until));
    return { ...completed(view, index), endedPause: true };
  }
  if (step.analysis) return run?.status === 'Successful' ? completed(view, index) : of.still();
  const isReached = hasReachedCounts(view.rollout, sizesOf(view));
  const isWeighted =
    step.setWeight === undefined || !isRouted(view.rollout) || of.weights?.canary.weight === step.setWeight;
  return isReached && isWeighted ? completed(view, index) : of.still();
};

/** A timed pause is looked at again when it will be over. */
const planPause = (view: RolloutView, duration: number | string | undefined): Plan =>
  duration === undefined ? NO_PLAN : wakeAt(view.now + (pauseMs(duration) ?? 0));

const completed = (view: RolloutView, index: number): Progress => {
  const steps = stepsOf(view.spec);
  const step = steps[index];
  return {
    stepIndex: index + 1,
    plan: planOf(
      [],
      [
        {
          type: 'Normal',
          reason: EVENTS.stepCompleted,
          message: `Rollout step ${index + 1}/${steps.length} completed (${step ? describeStep(step) : ''})`,
        },
      ],
    ),
    pause: {},
    endedPause: false,
  };
};
