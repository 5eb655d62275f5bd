/**
 * maxSurge and maxUnavailable as numbers of pods. Pure. @spec RO-SPEC-15, RO-SE-03
 */
import { fail, ok, type Result } from '@argosy/base';

import { maxSurgeOf, maxUnavailableOf, replicasOf } from '../api/defaults.ts';
import type { RolloutSpec } from '../api/rollout.ts';

/** Pods that may be above, and below, the wanted number. */
export interface SurgeLimits {
  readonly surge: number;
  readonly unavailable: number;
}

/** Resolves the pair; a surge is rounded up, an unavailability down, and both 0 gives one unavailable, or nothing could move. */
export const resolveSurge = (
  of: { readonly maxSurge: number | string | null; readonly maxUnavailable: number | string | null },
  replicas: number,
): Result<SurgeLimits, string> => {
  const surge = scale(of.maxSurge ?? 0, replicas, Math.ceil);
  if (surge === undefined) return fail(`maxSurge: ${JSON.stringify(of.maxSurge)} is neither a number nor a percentage`);
  const unavailable = scale(of.maxUnavailable ?? 0, replicas, Math.floor);
  if (unavailable === undefined)
    return fail(`maxUnavailable: ${JSON.stringify(of.maxUnavailable)} is neither a number nor a percentage`);
  return ok({ surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable });
};

/** The limits in force; unreadable ones, which validation refuses, count as 0. */
export const surgeLimitsOf = (spec: RolloutSpec | undefined): SurgeLimits => {
  const replicas = replicasOf(spec);
  const resolved = resolveSurge(
    { maxSurge: spec?.strategy?.canary ? maxSurgeOf(spec.strategy.canary) : 0, maxUnavailable: maxUnavailableOf(spec) },
    replicas,
  );
  const { surge, unavailable } = resolved.ok ? resolved.value : { surge: 0, unavailable: 0 };
  return { surge, unavailable: Math.min(unavailable, replicas) };
};

/** A bare number in a text is a percentage too: the default is the text `25`. */
const scale = (value: number | string, replicas: number, round: (value: number) => number): number | undefined => {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%?$/.exec(value)?.[1];
  return percent === undefined ? undefined : round((replicas * Number(percent)) / 100);
};
