/**
 * The phase of a rollout, as controller and clients derive it. Pure. @spec RO-ST-02, RO-ST-03
 */
import { findCondition } from '@argosy/kube';

import { isRouted, replicasOf } from '../api/defaults.ts';
import type { Rollout, RolloutPhase } from '../api/rollout.ts';

/** Phase and what it means. */
export interface PhaseVerdict {
  readonly phase: RolloutPhase;
  readonly message: string;
}

const WORKLOAD_GENERATION = 'rollout.argoproj.io/workload-generation';

/** The phase by spec and status alone; what the controller writes. */
export const phaseOf = (rollout: Rollout): PhaseVerdict => {
  const { spec, status = {} } = rollout;
  const broken = brokenCondition(rollout);
  if (broken) return { phase: 'Degraded', message: `${broken.reason ?? ''}: ${broken.message ?? ''}` };
  if (spec?.paused) return { phase: 'Paused', message: 'manually paused' };
  const pause = status.pauseConditions?.[0];
  if (pause) return { phase: 'Paused', message: pause.reason };
  const waiting = pendingWork(rollout);
  return waiting === undefined ? { phase: 'Healthy', message: '' } : { phase: 'Progressing', message: waiting };
};

/** The phase a client shows: the controller's, unless it has not seen the newest spec. */
export const shownPhaseOf = (rollout: Rollout): PhaseVerdict => {
  const { metadata, status = {} } = rollout;
  if (!isGenerationObserved(metadata.generation ?? 0, status.observedGeneration))
    return { phase: 'Progressing', message: 'waiting for rollout spec update to be observed' };
  if (!isWorkloadObserved(rollout))
    return {
      phase: 'Progressing',
      message: 'waiting for rollout spec update to be observed for the reference workload',
    };
  if (status.phase) {
    const isResuming =
      status.controllerPause === true && (status.pauseConditions ?? []).length === 0 && !rollout.spec?.paused;
    return isResuming && status.phase === 'Paused'
      ? { phase: 'Progressing', message: 'waiting for rollout to unpause' }
      : { phase: status.phase, message: status.message ?? '' };
  }
  return phaseOf(rollout);
};

/** Whether a status belongs to a generation; a text that is no number is of an old controller and not judged. */
export const isGenerationObserved = (generation: number, observed: string | undefined): boolean => {
  if (observed === undefined || !/^\d+$/.test(observed)) return observed !== undefined || generation === 0;
  return Number(observed) >= generation;
};

const isWorkloadObserved = (rollout: Rollout): boolean => {
  const generation = rollout.metadata.annotations?.[WORKLOAD_GENERATION];
  const observed = (rollout.status as { readonly workloadObservedGeneration?: string } | undefined)
    ?.workloadObservedGeneration;
  if (generation === undefined || observed === undefined) return true;
  return Number(observed) >= Number(generation);
};

const brokenCondition = (rollout: Rollout) => {
  const conditions = rollout.status?.conditions;
  const invalid = findCondition(conditions, 'InvalidSpec');
  if (invalid) return { reason: 'InvalidSpec', message: invalid.message };
  const progressing = findCondition(conditions, 'Progressing');
  return progressing?.reason === 'RolloutAborted' || progressing?.reason === 'ProgressDeadlineExceeded'
    ? progressing
    : undefined;
};

const pendingWork = (rollout: Rollout): string | undefined => {
  const { spec, status = {} } = rollout;
  const { updatedReplicas = 0, availableReplicas = 0, replicas: total = 0 } = status;
  if (spec?.restartAt !== undefined && spec.restartAt !== status.restartedAt) return 'rollout is restarting';
  if (updatedReplicas < replicasOf(spec)) return 'more replicas need to be updated';
  if (availableReplicas < updatedReplicas) return 'updated replicas are still becoming available';
  if (spec?.strategy?.blueGreen) return pendingSwitch(rollout);
  if (!isRouted(rollout) && total > updatedReplicas) return 'old replicas are pending termination';
  return !status.stableRS || status.stableRS !== status.currentPodHash
    ? 'waiting for all steps to complete'
    : undefined;
};

const pendingSwitch = ({ spec, status = {} }: Rollout): string | undefined => {
  const { currentPodHash, stableRS } = status;
  if (status.blueGreen?.activeSelector === undefined || status.blueGreen.activeSelector !== currentPodHash)
    return 'active service cutover pending';
  if (stableRS !== undefined && stableRS !== '' && stableRS === currentPodHash) return undefined;
  return spec?.strategy?.blueGreen?.postPromotionAnalysis
    ? 'waiting for analysis to complete'
    : 'waiting for post-promotion verification to complete';
};
