/**
 * What a field of a rollout is in force when it is absent. Pure. @spec RO-SPEC-01…17
 */
import type { Rollout, RolloutSpec } from './rollout.ts';
import type { CanaryStrategy, TrafficRouting } from './strategy.ts';

/** Default of maxSurge and maxUnavailable; without a percent sign, and read as a percentage all the same (RO-SE-03). */
const SURGE = '25';
const REPLICAS = 1;
const REVISION_HISTORY_LIMIT = 10;
const RUN_HISTORY_LIMIT = 5;
/** As a Deployment's: long enough for an image to be pulled. */
const PROGRESS_DEADLINE_SECONDS = 600;
/** Long enough for endpoints and proxies to have seen a switch before the pods behind the old one go. */
const SCALE_DOWN_DELAY_SECONDS = 30;
const MAX_TRAFFIC_WEIGHT = 100;

/** How long an aborted canary or preview stays up: seconds, or never scaled down; and whether the user said so. */
export interface AbortDelay {
  readonly seconds: number | null;
  readonly wasSet: boolean;
}

/** Pods wanted: 1. */
export const replicasOf = (spec: RolloutSpec | undefined): number => spec?.replicas ?? REPLICAS;

/** Old revisions kept: 10. */
export const historyLimitOf = (spec: RolloutSpec | undefined): number =>
  spec?.revisionHistoryLimit ?? REVISION_HISTORY_LIMIT;

/** Analysis runs kept of those that succeeded: 5. */
export const successfulRunLimitOf = (spec: RolloutSpec | undefined): number =>
  spec?.analysis?.successfulRunHistoryLimit ?? RUN_HISTORY_LIMIT;

/** Analysis runs kept of those that did not: 5. */
export const unsuccessfulRunLimitOf = (spec: RolloutSpec | undefined): number =>
  spec?.analysis?.unsuccessfulRunHistoryLimit ?? RUN_HISTORY_LIMIT;

/** Seconds a rollout may stand still: 600. 0 is in force as well, and refused by validation as too short. */
export const progressDeadlineOf = (spec: RolloutSpec | undefined): number =>
  spec?.progressDeadlineSeconds ?? PROGRESS_DEADLINE_SECONDS;

/** Pods of a canary beyond those wanted, as a number or a share: a quarter. */
export const maxSurgeOf = (canary: CanaryStrategy | undefined): number | string => canary?.maxSurge ?? SURGE;

/** Pods that may be missing, as a number or a share: a quarter. */
export const maxUnavailableOf = (spec: RolloutSpec | undefined): number | string =>
  spec?.strategy?.canary?.maxUnavailable ?? spec?.strategy?.blueGreen?.maxUnavailable ?? SURGE;

/** Most a weight can be; other than 100 with nginx and plugins only. */
export const maxWeightOf = (routing: TrafficRouting | undefined): number =>
  routing?.maxTrafficWeight ?? MAX_TRAFFIC_WEIGHT;

/** Seconds the old version stays up after a switch; 0 for a canary without a router. @spec RO-SPEC-16 */
export const scaleDownDelayOf = (spec: RolloutSpec | undefined): number => {
  const { canary, blueGreen } = spec?.strategy ?? {};
  if (canary) return canary.trafficRouting ? (canary.scaleDownDelaySeconds ?? SCALE_DOWN_DELAY_SECONDS) : 0;
  return blueGreen ? (blueGreen.scaleDownDelaySeconds ?? SCALE_DOWN_DELAY_SECONDS) : 0;
};

/** Seconds an aborted version stays up. An explicit 0 means for ever. @spec RO-SPEC-17, RO-SE-08 */
export const abortDelayOf = (spec: RolloutSpec | undefined): AbortDelay => {
  const { canary, blueGreen } = spec?.strategy ?? {};
  if (!blueGreen && !canary?.trafficRouting) return { seconds: 0, wasSet: false };
  const set = canary ? canary.abortScaleDownDelaySeconds : blueGreen?.abortScaleDownDelaySeconds;
  if (set === undefined || set === null) return { seconds: SCALE_DOWN_DELAY_SECONDS, wasSet: false };
  return { seconds: set === 0 ? null : set, wasSet: true };
};

/** Whether a preview becomes active by itself: yes. */
export const autoPromotes = (spec: RolloutSpec | undefined): boolean =>
  spec?.strategy?.blueGreen?.autoPromotionEnabled ?? true;

/** Whether a router carries the canary's share. */
export const isRouted = (rollout: Pick<Rollout, 'spec'>): boolean =>
  rollout.spec?.strategy?.canary?.trafficRouting !== undefined;
