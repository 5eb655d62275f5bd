/**
 * How far a canary has come, as it is shown.
 */
import { isRouted, maxWeightOf } from '../api/defaults.ts';
import type { Rollout } from '../api/rollout.ts';
import { currentWeightOf, stepsOf } from '../replicas/canary-steps.ts';

/** The weight by pods for a basic canary, by the router otherwise; what `ActualWeight` shows. */
export const actualWeightOf = (rollout: Rollout, canaryAvailable: number): number => {
  const { status } = rollout;
  if (status?.stableRS && status.stableRS === status.currentPodHash) return 100;
  if (isRouted(rollout)) return status?.canary?.weights?.canary.weight ?? 0;
  const available = status?.availableReplicas ?? 0;
  return available === 0 ? 0 : Math.floor((canaryAvailable * 100) / available);
};

/** The weight the step in force wants; all of it once nothing is left to do. */
export const wantedWeightOf = (rollout: Rollout): number =>
  rollout.status?.stableRS && rollout.status.stableRS === rollout.status.currentPodHash
    ? maxWeightOf(rollout.spec?.strategy?.canary?.trafficRouting)
    : currentWeightOf(rollout);

/** `2/5`, or nothing for blue-green and canaries without steps. */
export const stepText = (rollout: Rollout): string => {
  const count = stepsOf(rollout.spec).length;
  return count === 0 ? '' : `${rollout.status?.currentStepIndex ?? 0}/${count}`;
};
