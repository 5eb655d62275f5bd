/**
 * Which step, weight and scale are in force. Pure. @spec RO-CAN-01, RO-CAN-06, RO-REP-01
 */
import { fnv1a32, safeEncode } from '@argosy/base';

import { abortDelayOf, isRouted, maxWeightOf } from '../api/defaults.ts';
import type { Rollout, RolloutSpec } from '../api/rollout.ts';
import type { CanaryScale, CanaryStep } from '../api/strategy.ts';

type Viewed = Pick<Rollout, 'spec' | 'status'>;

/** The steps of a canary; none for blue-green. */
export const stepsOf = (spec: RolloutSpec | undefined): readonly CanaryStep[] => spec?.strategy?.canary?.steps ?? [];

/** The step a rollout is at, with its zero-based index; undefined when none is left. An unset index is the first step. */
export const currentStepOf = (rollout: Viewed): { readonly step: CanaryStep; readonly index: number } | undefined => {
  const index = rollout.status?.currentStepIndex ?? 0;
  const step = stepsOf(rollout.spec)[index];
  return step && { step, index };
};

/** The weight in force by steps alone: that of the nearest setWeight at or before the current step. */
export const currentWeightOf = (rollout: Viewed): number => {
  if (rollout.status?.abort) return 0;
  const steps = stepsOf(rollout.spec);
  const index = rollout.status?.currentStepIndex ?? 0;
  if (steps.length > 0 && index >= steps.length) return maxWeightOf(rollout.spec?.strategy?.canary?.trafficRouting);
  return weightBefore(steps, index + 1);
};

/** The weight the steps before `index` have set; 0 when none has. */
export const weightBefore = (steps: readonly CanaryStep[], index: number): number =>
  steps.slice(0, index).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0;

/** The nearest setCanaryScale at or before the current step; it stays in force until one matches the weight again (RO-SE-06). */
const canaryScaleOf = (rollout: Viewed): CanaryScale | undefined => {
  if (!isRouted(rollout)) return undefined;
  const delay = abortDelayOf(rollout.spec);
  if (rollout.status?.abort && delay.seconds !== null) return undefined;
  const index = rollout.status?.currentStepIndex ?? 0;
  return stepsOf(rollout.spec)
    .slice(0, index + 1)
    .findLast((step) => step.setCanaryScale !== undefined)?.setCanaryScale;
};

/** What the canary is to have: a number of pods as it is, or a weight to be turned into pods. */
export const canaryTargetOf = (rollout: Viewed): { readonly replicas: number | null; readonly weight: number } => {
  const { status } = rollout;
  const isWhole = status?.promoteFull === true || !status?.stableRS || status.currentPodHash === status.stableRS;
  if (isWhole) return { replicas: null, weight: maxWeightOf(rollout.spec?.strategy?.canary?.trafficRouting) };
  const scale = canaryScaleOf(rollout);
  if (scale && !scale.matchTrafficWeight) {
    if (scale.replicas !== undefined && scale.replicas !== null) return { replicas: scale.replicas, weight: 0 };
    if (scale.weight !== undefined && scale.weight !== null) return { replicas: null, weight: scale.weight };
  }
  return { replicas: null, weight: currentWeightOf(rollout) };
};

/** Whether the background analysis is not due yet. @spec RO-CAN-14 */
export const isBeforeStartingStep = (rollout: Viewed): boolean => {
  const starting = rollout.spec?.strategy?.canary?.analysis?.startingStep;
  const index = rollout.status?.currentStepIndex;
  return starting !== undefined && index !== undefined && index !== null && index < starting;
};

/** Index a rollout starts again with: 0, or nothing without steps. */
export const resetStepIndex = (spec: RolloutSpec | undefined): number | undefined =>
  stepsOf(spec).length > 0 ? 0 : undefined;

/** The hash by which a change of steps is seen; the empty text for blue-green. Fields are in upstream's order of declaration (RO-SE-09). */
export const stepHashOf = (spec: RolloutSpec | undefined): string => {
  const canary = spec?.strategy?.canary;
  if (!canary) return '';
  return safeEncode(String(fnv1a32(JSON.stringify(canary.steps?.map(inOrder) ?? null))));
};

const FIELDS = [
  'setWeight',
  'pause',
  'experiment',
  'analysis',
  'setCanaryScale',
  'setHeaderRoute',
  'setMirrorRoute',
  'plugin',
] as const;
const inOrder = (step: CanaryStep): CanaryStep =>
  Object.fromEntries(FIELDS.flatMap((field) => (step[field] === undefined ? [] : [[field, step[field]] as const])));

/** Short text of a step, as clients show it. */
export const describeStep = (step: CanaryStep): string => {
  if (step.setWeight !== undefined) return `setWeight: ${step.setWeight}`;
  if (step.pause) return step.pause.duration === undefined ? 'pause' : `pause: ${String(step.pause.duration)}`;
  if (step.experiment) return 'experiment';
  if (step.analysis) return 'analysis';
  if (step.plugin) return `plugin: ${step.plugin.name}`;
  if (step.setHeaderRoute) return `setHeaderRoute: ${step.setHeaderRoute.name ?? ''}`;
  if (step.setMirrorRoute) return `setMirrorRoute: ${step.setMirrorRoute.name ?? ''}`;
  return step.setCanaryScale ? describeScale(step.setCanaryScale) : 'invalid';
};

const describeScale = (scale: CanaryScale): string => {
  if (scale.matchTrafficWeight) return 'setCanaryScale{matchTrafficWeight: true}';
  if (scale.weight !== undefined) return `setCanaryScale{weight: ${scale.weight}}`;
  if (scale.replicas !== undefined) return `setCanaryScale{replicas: ${scale.replicas}}`;
  return 'setCanaryScale';
};
