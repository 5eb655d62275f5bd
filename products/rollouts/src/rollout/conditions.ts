/**
 * The conditions of a rollout. Pure. @spec RO-ST-05, RO-ST-06, RO-ST-07, RO-ST-08, RO-ST-09
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import { findCondition, type ReplicaSet } from '@argosy/kube';

import { maxUnavailableOf, progressDeadlineOf, replicasOf } from '../api/defaults.ts';
import type { Rollout, RolloutCondition, RolloutSpec, RolloutStatus } from '../api/rollout.ts';
import { stepsOf } from '../replicas/canary-steps.ts';
import { surgeLimitsOf } from '../replicas/surge.ts';
import { PROGRESSING } from './reasons.ts';

/** A condition before its times are known. */
type Draft = Pick<RolloutCondition, 'type' | 'status' | 'reason' | 'message'>;

/** What conditions are derived from. */
export interface ConditionFacts {
  readonly rollout: Rollout;
  /** The next status, without conditions. */
  readonly status: RolloutStatus;
  readonly newSet: ReplicaSet | undefined;
  readonly revision: number;
  readonly now: Instant;
  /** Why the update was aborted, when it was in this pass. */
  readonly abortMessage: string | undefined;
  /** Steps that wait for something else than pods have no deadline. */
  readonly hasDeadline: boolean;
}

/** The conditions of the next status. */
export const conditionsFor = (facts: ConditionFacts): readonly RolloutCondition[] => {
  const { rollout, status, now } = facts;
  const before = rollout.status?.conditions ?? [];
  const drafts = [
    availableDraft(rollout.spec, status),
    progressingDraft(facts),
    pausedDraft(rollout.spec, status),
    completedDraft(facts),
    healthyDraft(rollout, status),
  ].filter((draft) => draft !== undefined);
  return drafts.map((draft) =>
    stamped(draft, before, { now, refresh: draft.type === 'Progressing' && hasProgressed(rollout, status) }),
  );
};

/** The one condition of a rollout that cannot be acted on; the others stay. */
export const withInvalidSpec = (
  before: readonly RolloutCondition[] | undefined,
  message: string,
  now: Instant,
): readonly RolloutCondition[] => {
  const kept = (before ?? []).filter(({ type }) => type !== 'InvalidSpec');
  const draft: Draft = { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message };
  return [...kept, stamped(draft, before ?? [], { now, refresh: false })];
};

const stamped = (
  draft: Draft,
  before: readonly RolloutCondition[],
  of: { readonly now: Instant; readonly refresh: boolean },
): RolloutCondition => {
  const known: RolloutCondition | undefined = before.find(({ type }) => type === draft.type);
  const isSame = known?.status === draft.status && known.reason === draft.reason;
  if (known && isSame && !of.refresh)
    return known.message === draft.message ? known : { ...known, message: draft.message };
  const time = toTimestamp(of.now);
  return {
    ...draft,
    lastUpdateTime: time,
    lastTransitionTime: known?.status === draft.status ? (known.lastTransitionTime ?? time) : time,
  };
};

const availableDraft = (spec: RolloutSpec | undefined, status: RolloutStatus): Draft => {
  const least = replicasOf(spec) - (maxUnavailableOf(spec) === undefined ? 0 : surgeLimitsOf(spec).unavailable);
  return (status.availableReplicas ?? 0) >= least
    ? { type: 'Available', status: 'True', reason: 'AvailableReason', message: 'Rollout has minimum availability' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'AvailableReason',
        message: 'Rollout does not have minimum availability',
      };
};

const progressingDraft = (facts: ConditionFacts): Draft | undefined => {
  const { rollout, status, newSet, abortMessage } = facts;
  const known = findCondition(rollout.status?.conditions, 'Progressing');
  const name = `ReplicaSet "${newSet?.metadata.name ?? ''}"`;
  const draft = (of: Pick<Draft, 'status' | 'reason' | 'message'>): Draft => ({ type: 'Progressing', ...of });
  if (status.abort) {
    const said = abortMessage === undefined ? '' : `: ${abortMessage}`;
    const message = `Rollout aborted update to revision ${facts.revision}${said}`;
    // What was said when it was aborted stays.
    const isKnown = known?.reason === PROGRESSING.aborted && abortMessage === undefined;
    return draft({
      status: 'False',
      reason: PROGRESSING.aborted,
      message: (isKnown ? known.message : message) ?? message,
    });
  }
  if (rollout.status?.abortedAt && !status.abortedAt && known?.reason === PROGRESSING.aborted)
    return draft({ status: 'Unknown', reason: PROGRESSING.retry, message: 'Retrying Rollout after abort' });
  if (isPaused(rollout.spec, status))
    return draft({ status: 'Unknown', reason: PROGRESSING.paused, message: 'Rollout is paused' });
  if (known?.reason === PROGRESSING.paused)
    return draft({ status: 'Unknown', reason: PROGRESSING.resumed, message: 'Rollout is resumed' });
  if (isCompleted(status) && (status.availableReplicas ?? 0) >= replicasOf(rollout.spec))
    return draft({ status: 'True', reason: PROGRESSING.available, message: `${name} has successfully progressed.` });
  if (!known || hasProgressed(rollout, status))
    return draft({ status: 'True', reason: PROGRESSING.updated, message: `${name} is progressing.` });
  if (facts.hasDeadline && hasTimedOut(known, progressDeadlineOf(rollout.spec), facts.now))
    return draft({ status: 'False', reason: PROGRESSING.deadline, message: `${name} has timed out progressing.` });
  return known.reason === PROGRESSING.available && !isCompleted(status)
    ? draft({ status: 'True', reason: PROGRESSING.updated, message: `${name} is progressing.` })
    : draft({ status: known.status, reason: known.reason, message: known.message });
};

/** Whether the deadline has passed. Paused and aborted rollouts have none. @spec RO-ST-09 */
export const hasTimedOut = (
  progressing: RolloutCondition | undefined,
  deadlineSeconds: number,
  now: Instant,
): boolean => {
  if (!progressing) return false;
  if (progressing.reason === PROGRESSING.deadline) return true;
  if (progressing.reason === PROGRESSING.paused || progressing.reason === PROGRESSING.aborted) return false;
  const since = parseTimestamp(progressing.lastUpdateTime ?? '');
  return since !== undefined && now > since + deadlineSeconds * 1000;
};

/** When the deadline will have passed; undefined when none runs. */
export const deadlineAt = (rollout: Rollout, status: RolloutStatus): Instant | undefined => {
  const progressing: RolloutCondition | undefined = status.conditions?.find(({ type }) => type === 'Progressing');
  const isRunning =
    progressing?.reason === PROGRESSING.updated ||
    progressing?.reason === PROGRESSING.resumed ||
    progressing?.reason === PROGRESSING.retry;
  const since = isRunning ? parseTimestamp(progressing?.lastUpdateTime ?? '') : undefined;
  return since === undefined ? undefined : since + progressDeadlineOf(rollout.spec) * 1000 + 1000;
};

const isPaused = (spec: RolloutSpec | undefined, status: RolloutStatus): boolean =>
  spec?.paused === true || (status.pauseConditions ?? []).length > 0;

const pausedDraft = (spec: RolloutSpec | undefined, status: RolloutStatus): Draft => ({
  type: 'Paused',
  status: isPaused(spec, status) ? 'True' : 'False',
  reason: 'RolloutPaused',
  message: isPaused(spec, status) ? 'Rollout is paused' : 'Rollout is not paused',
});

/** Whether the newest template is the stable one. */
export const isCompleted = (status: Pick<RolloutStatus, 'stableRS' | 'currentPodHash'>): boolean =>
  status.stableRS !== undefined && status.stableRS !== '' && status.stableRS === status.currentPodHash;

const completedDraft = ({ status, revision }: ConditionFacts): Draft => ({
  type: 'Completed',
  status: isCompleted(status) ? 'True' : 'False',
  reason: 'RolloutCompleted',
  message: isCompleted(status) ? 'RolloutCompleted' : `Rollout not completed, started update to revision ${revision}`,
});

const healthyDraft = (rollout: Rollout, status: RolloutStatus): Draft => ({
  type: 'Healthy',
  status: isHealthy(rollout, status) ? 'True' : 'False',
  reason: 'RolloutHealthy',
  message: isHealthy(rollout, status) ? 'Rollout is healthy' : 'Rollout is not healthy',
});

/** Whether everything is as wanted and nothing old is left. @spec RO-ST-07 */
export const isHealthy = (rollout: Rollout, status: RolloutStatus): boolean => {
  const replicas = replicasOf(rollout.spec);
  const isWhole =
    status.updatedReplicas === replicas &&
    status.availableReplicas === replicas &&
    status.observedGeneration === String(rollout.metadata.generation ?? 0);
  if (!isWhole) return false;
  const { blueGreen, canary } = rollout.spec?.strategy ?? {};
  if (blueGreen) {
    const { activeSelector, previewSelector } = status.blueGreen ?? {};
    return (
      activeSelector === status.currentPodHash &&
      (!blueGreen.previewService || previewSelector === status.currentPodHash)
    );
  }
  const count = stepsOf(rollout.spec).length;
  return (
    canary !== undefined &&
    isCompleted(status) &&
    (count === 0 || status.currentStepIndex === count) &&
    status.replicas === replicas
  );
};

/** Whether a status differs in a way that counts as progress. @spec RO-ST-09 */
export const hasProgressed = (rollout: Rollout, next: RolloutStatus): boolean => {
  const before = rollout.status ?? {};
  const old = (status: RolloutStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  if ((next.updatedReplicas ?? 0) !== (before.updatedReplicas ?? 0) || old(next) < old(before)) return true;
  if ((next.readyReplicas ?? 0) !== (before.readyReplicas ?? 0)) return true;
  if ((next.availableReplicas ?? 0) !== (before.availableReplicas ?? 0)) return true;
  if (rollout.spec?.strategy?.blueGreen)
    return (
      next.blueGreen?.activeSelector !== before.blueGreen?.activeSelector ||
      next.blueGreen?.previewSelector !== before.blueGreen?.previewSelector
    );
  return (
    next.stableRS !== before.stableRS ||
    next.currentStepIndex !== before.currentStepIndex ||
    next.currentStepHash !== before.currentStepHash
  );
};
