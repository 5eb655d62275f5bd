/**
 * What a rollout does next. Pure and total: the first policy that applies ends the pass, as upstream's order of checks has it.
 * @upstream argo-rollouts rollout/controller.go#syncHandler, rollout/sync.go @spec RO-ST-01, RO-ST-13, RO-STF-09
 */
import type { Decision, EventDraft, Next, Observed } from '@argosy/controller';
import { formatLabelSelector } from '@argosy/kube';

import type { Rollout, RolloutStatus } from '../api/rollout.ts';
import { currentStepOf, resetStepIndex, stepsOf } from '../replicas/canary-steps.ts';
import { sizeOf, totalOf } from '../replicas/set-size.ts';
import { findReferenceFault } from '../validate/validate-references.ts';
import { describeFault, findRolloutFault } from '../validate/validate-rollout.ts';
import { conditionsFor, deadlineAt, isCompleted, withInvalidSpec } from './conditions.ts';
import { collectRuns } from './decide/analysis.ts';
import { decideBlueGreen } from './decide/blue-green.ts';
import { decideCanary } from './decide/canary.ts';
import type { StrategyOutcome } from './decide/outcome.ts';
import { pauseFields } from './decide/pause.ts';
import { REVISION } from './names.ts';
import { phaseOf } from './phase.ts';
import { joinPlans, planOf, type Plan, type RolloutAction } from './plan.ts';
import { EVENTS } from './reasons.ts';
import { describeNewSet, hashOf, nextRevision, revisionOf, surplusSets, withRevision } from './revisions.ts';
import { deadlineOf, viewOf, type RolloutView } from './view.ts';
import type { RolloutWorld } from './world.ts';

/** A rollout's decision. */
export type RolloutDecision = Decision<RolloutStatus, RolloutAction>;

/** Decides. */
export const decideRollout = ({ object, world, now }: Observed<Rollout, RolloutWorld>): RolloutDecision => {
  const view = viewOf(object, world, now);
  if (object.metadata.deletionTimestamp) return settled(view.status);
  return refuseInvalid(view) ?? writeDefaults(view) ?? ensureNewSet(view) ?? restartOnChange(view) ?? runStrategy(view);
};

const settled = (status: RolloutStatus): RolloutDecision => ({
  actions: [],
  status,
  events: [],
  next: { kind: 'settled' },
});

/** A rollout that breaks a rule is left as it is, and says why. @spec RO-CTL-18 */
const refuseInvalid = (view: RolloutView): RolloutDecision | undefined => {
  const fault = findRolloutFault(view.rollout.spec);
  if (fault) return invalid(view, describeFault(fault), 'stalled');
  const missing = findReferenceFault(view.rollout, view.world);
  return missing && invalid(view, describeFault(missing), 'waiting');
};

/** A wrong spec needs somebody; what it names may be on its way. */
const invalid = (view: RolloutView, said: string, kind: 'stalled' | 'waiting'): RolloutDecision => {
  const message = `The Rollout "${view.rollout.metadata.name ?? ''}" is invalid: ${said}`;
  const before = view.status.conditions?.find(({ type }) => type === 'InvalidSpec');
  const status: RolloutStatus = {
    ...view.status,
    observedGeneration: String(view.rollout.metadata.generation ?? 0),
    conditions: withInvalidSpec(view.status.conditions, message, view.now),
    phase: 'Degraded',
    message: `InvalidSpec: ${message}`,
  };
  const events: readonly EventDraft[] =
    before?.message === message ? [] : [{ type: 'Warning', reason: EVENTS.invalidSpec, message }];
  return { actions: [], status, events, next: { kind, reason: message } };
};

/** The default is written, so that an autoscaler finds a number. @spec RO-SPEC-01 */
const writeDefaults = (view: RolloutView): RolloutDecision | undefined =>
  view.spec.replicas === undefined
    ? { ...settled(view.status), actions: [{ kind: 'write-replicas', replicas: view.replicas }] }
    : undefined;

/** The set of the template exists and carries the newest revision, and the rollout says which that is. */
const ensureNewSet = (view: RolloutView): RolloutDecision | undefined => {
  const others = view.world.sets.filter((set) => set !== view.newSet);
  const revision = nextRevision(others, view.newSet ? revisionOf(view.newSet) : 0);
  const annotate: readonly RolloutAction[] =
    view.rollout.metadata.annotations?.[REVISION] === String(revision) ? [] : [{ kind: 'annotate', revision }];
  if (!view.newSet) {
    const set = describeNewSet(view.rollout, view.hash, revision);
    const events: readonly EventDraft[] = [
      { type: 'Normal', reason: EVENTS.updated, message: `Rollout updated to revision ${revision}` },
      {
        type: 'Normal',
        reason: EVENTS.setCreated,
        message: `Created ReplicaSet ${set.metadata.name ?? ''} (revision ${revision})`,
      },
    ];
    return { ...settled(view.status), actions: [{ kind: 'create-set', set }, ...annotate], events };
  }
  if (revisionOf(view.newSet) !== revision)
    return {
      ...settled(view.status),
      actions: [{ kind: 'update-set', set: withRevision(view.newSet, revision) }, ...annotate],
      events: [{ type: 'Normal', reason: EVENTS.updated, message: `Rollout updated to revision ${revision}` }],
    };
  return annotate.length > 0 ? { ...settled(view.status), actions: annotate } : undefined;
};

/** A changed template or changed steps start the update again, at step 0 against the old stable. @spec RO-ST-13, RO-CAN-18, RO-CAN-20 */
const restartOnChange = (view: RolloutView): RolloutDecision | undefined => {
  const isSame = view.status.currentPodHash === view.hash && (view.status.currentStepHash ?? '') === view.stepHash;
  if (isSame) return undefined;
  const count = stepsOf(view.spec).length;
  const isActive = (view.newSet?.spec?.replicas ?? 0) > 0;
  const skips = view.isFullyPromoted || !view.status.stableRS || (view.isInRollbackWindow && isActive);
  const index = count === 0 ? undefined : skips ? count : resetStepIndex(view.spec);
  const { currentStepIndex: _index, canary, blueGreen, ...kept } = baseStatus(view);
  const status: RolloutStatus = {
    ...kept,
    ...(index === undefined ? {} : { currentStepIndex: index }),
    ...(canary?.weights ? { canary: { weights: canary.weights } } : {}),
    ...(blueGreen ? { blueGreen: selectorsOf(blueGreen) } : {}),
  };
  const isSkipping =
    skips &&
    view.isFullyPromoted &&
    view.status.currentPodHash !== undefined &&
    view.status.currentPodHash !== view.hash;
  const events: readonly EventDraft[] =
    isSkipping && count > 0 ? [{ type: 'Normal', reason: EVENTS.skipSteps, message: 'Rollback to stable' }] : [];
  return finish(view, { plan: planOf([], events), status, abortMessage: undefined });
};

const selectorsOf = ({ activeSelector, previewSelector }: NonNullable<RolloutStatus['blueGreen']>) => ({
  ...(activeSelector ? { activeSelector } : {}),
  ...(previewSelector ? { previewSelector } : {}),
});

const runStrategy = (view: RolloutView): RolloutDecision => {
  const outcome = view.spec.strategy?.blueGreen ? decideBlueGreen(view) : decideCanary(view);
  if (outcome.fault) return invalid(view, outcome.fault, 'waiting');
  const pause = pauseFields(view, withDeadlineAbort(view, outcome), outcome.endedPause);
  const promoted = outcome.promotion !== undefined;
  const { promoteFull: _full, ...base } = baseStatus(view);
  const status: RolloutStatus = {
    ...base,
    ...outcome.status,
    ...pause,
    ...(view.status.promoteFull && !promoted && !view.isFullyPromoted ? { promoteFull: true } : {}),
    ...(promoted ? { stableRS: view.hash } : {}),
  };
  const plan = joinPlans(
    outcome.plan,
    planHistory(view),
    collectRuns(view, currentRuns(status)),
    planOf([], changeEvents(view, status, outcome)),
  );
  return finish(view, { plan, status, abortMessage: outcome.pause.abort });
};

/** With progressDeadlineAbort a missed deadline is a reason to abort. @spec RO-SPEC-08, RO-ST-10 */
const withDeadlineAbort = (view: RolloutView, outcome: StrategyOutcome): StrategyOutcome['pause'] => {
  const progressing = view.status.conditions?.find(({ type }) => type === 'Progressing');
  const isLate = progressing?.reason === 'ProgressDeadlineExceeded';
  if (
    !view.spec.progressDeadlineAbort ||
    !isLate ||
    view.isFullyPromoted ||
    !view.status.stableRS ||
    outcome.pause.abort
  )
    return outcome.pause;
  return { ...outcome.pause, abort: progressing.message ?? '' };
};

const currentRuns = ({ canary, blueGreen }: RolloutStatus): readonly (string | undefined)[] => [
  canary?.currentStepAnalysisRunStatus?.name,
  canary?.currentBackgroundAnalysisRunStatus?.name,
  blueGreen?.prePromotionAnalysisRunStatus?.name,
  blueGreen?.postPromotionAnalysisRunStatus?.name,
];

const planHistory = (view: RolloutView): Plan =>
  planOf(surplusSets(view.rollout, view.otherSets).map((set) => ({ kind: 'delete-set', set })));

/** Counters and identity. For blue-green an autoscaler must see the active pods only. @spec RO-STF-01, RO-BG-15 */
const baseStatus = (view: RolloutView): RolloutStatus => {
  const sizes = view.world.sets.map((set) => sizeOf(set));
  const active = view.spec.strategy?.blueGreen
    ? view.world.sets.find((set) => hashOf(set) === (view.status.blueGreen?.activeSelector ?? view.hash))
    : undefined;
  const counted = active ? [active] : view.spec.strategy?.blueGreen ? [] : view.world.sets;
  const selector = formatLabelSelector(view.spec.selector ?? {});
  return {
    replicas: totalOf(sizes, 'created'),
    updatedReplicas: view.newSet?.status?.replicas ?? 0,
    readyReplicas: counted.reduce((sum, set) => sum + (set.status?.readyReplicas ?? 0), 0),
    availableReplicas: counted.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0),
    HPAReplicas: counted.reduce((sum, set) => sum + (set.status?.replicas ?? 0), 0),
    selector: active ? `${selector},rollouts-pod-template-hash=${hashOf(active)}` : selector,
    currentPodHash: view.hash,
    ...(view.stepHash === '' ? {} : { currentStepHash: view.stepHash }),
    ...(view.status.stableRS ? { stableRS: view.status.stableRS } : {}),
    ...(view.status.collisionCount === undefined ? {} : { collisionCount: view.status.collisionCount }),
    observedGeneration: String(view.rollout.metadata.generation ?? 0),
    ...(view.status.canary ? { canary: view.status.canary } : {}),
    ...(view.status.blueGreen ? { blueGreen: view.status.blueGreen } : {}),
  };
};

/** Events of what changes between this status and the next. */
const changeEvents = (view: RolloutView, next: RolloutStatus, outcome: StrategyOutcome): readonly EventDraft[] => {
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

const finish = (
  view: RolloutView,
  of: { readonly plan: Plan; readonly status: RolloutStatus; readonly abortMessage: string | undefined },
): RolloutDecision => {
  const conditions = conditionsFor({
    rollout: view.rollout,
    status: of.status,
    newSet: view.newSet,
    revision: view.revision,
    now: view.now,
    abortMessage: of.abortMessage,
    hasDeadline: hasDeadline(view),
  });
  const withConditions: RolloutStatus = { ...of.status, conditions };
  const { phase, message } = phaseOf({ ...view.rollout, status: withConditions });
  const status: RolloutStatus = { ...withConditions, phase, ...(message ? { message } : {}) };
  return { actions: of.plan.actions, status, events: of.plan.events, next: nextOf(view, of.plan, status) };
};

/** Pods have a deadline; a person, a clock and an analysis have none. @spec RO-ST-09 */
const hasDeadline = (view: RolloutView): boolean => {
  const step = view.spec.strategy?.canary ? currentStepOf(view.rollout)?.step : undefined;
  if (step?.pause || step?.analysis) return false;
  return !view.otherSets.some((set) => deadlineOf(set) !== undefined);
};

const nextOf = (view: RolloutView, plan: Plan, status: RolloutStatus): Next => {
  const deadline = isCompleted(status) ? undefined : deadlineAt(view.rollout, status);
  const times = [...plan.wakeAt, ...(deadline === undefined || deadline <= view.now ? [] : [deadline])];
  if (times.length === 0) return { kind: 'settled' };
  return { kind: 'recheck', afterMs: Math.max(0, Math.min(...times) - view.now) + 1 };
};
