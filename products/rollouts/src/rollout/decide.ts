/**
 * What a rollout does next. Pure and total: the first policy that applies ends the pass, as upstream's order of checks has it.
 * @upstream argo-rollouts rollout/controller.go#syncHandler, rollout/sync.go @spec RO-ST-01, RO-ST-13, RO-STF-09
 */
import type { Decision, EventDraft, Observed } from '@argosy/controller';
import { formatLabelSelector } from '@argosy/kube';

import type { Rollout, RolloutStatus } from '../api/rollout.ts';
import { resetStepIndex, stepsOf } from '../replicas/canary-steps.ts';
import { sizeOf, totalOf } from '../replicas/set-size.ts';
import { findReferenceFault } from '../validate/validate-references.ts';
import { describeFault, findRolloutFault } from '../validate/validate-rollout.ts';
import { withInvalidSpec } from './conditions.ts';
import { collectRuns } from './decide/analysis.ts';
import { decideBlueGreen } from './decide/blue-green/blue-green.ts';
import { decideCanary } from './decide/canary/canary.ts';
import type { StrategyOutcome } from './decide/outcome.ts';
import { pauseFields } from './decide/pause.ts';
import { joinPlans, planOf, type Plan, type RolloutAction } from './plan.ts';
import { EVENTS } from './reasons.ts';
import { hashOf, surplusSets } from './revisions.ts';
import { viewOf, type RolloutView } from './view.ts';
import type { RolloutWorld } from './world.ts';
import { finish } from './decide/finish.ts';
import { ensureNewSet } from './decide/new-set.ts';
import { changeEvents } from './decide/change-events.ts';
import { settled } from './decide/finish.ts';

/** A rollout's decision. */
export type RolloutDecision = Decision<RolloutStatus, RolloutAction>;

/** Decides. */
export const decideRollout = ({ object, world, now }: Observed<Rollout, RolloutWorld>): RolloutDecision => {
  const view = viewOf(object, world, now);
  if (object.metadata.deletionTimestamp) return settled(view.status);
  return refuseInvalid(view) ?? writeDefaults(view) ?? ensureNewSet(view) ?? restartOnChange(view) ?? runStrategy(view);
};

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
