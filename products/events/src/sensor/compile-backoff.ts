/**
 * Upstream's Backoff in every way it may be written. @spec EV-ES-12, EV-NUM-05
 */
import { fail, isObject, ok, parseGoDuration, type Json, type Result } from '@argosy/base';

import type { BackoffSpec } from '../api/shared-schema.ts';
import type { RetryPlan } from './sensor-plan.ts';

/** Reads a backoff; what is not given is 1 s, factor 1, jitter 1, 5 steps. */
export const compileBackoff = (backoff: BackoffSpec, place: string): Result<RetryPlan> => {
  const durationMs = toDurationMs(backoff.duration ?? '1s');
  const [factor, jitter] = [toAmount(backoff.factor ?? 1), toAmount(backoff.jitter ?? 1)];
  if (durationMs === undefined) return fail(`${place}.duration: write a duration such as 10s`);
  if (factor === undefined) return fail(`${place}.factor: must be a number`);
  if (jitter === undefined) return fail(`${place}.jitter: must be a number`);
  return ok({ attempts: Math.max(1, backoff.steps ?? 5), durationMs, factor, jitter });
};

/** A whole number counts nanoseconds. */
const toDurationMs = (value: Json): number | undefined => {
  if (typeof value === 'number') return value / 1e6;
  if (typeof value !== 'string') return undefined;
  return /^\d+$/.test(value) ? Number(value) / 1e6 : parseGoDuration(value);
};

const toAmount = (value: Json): number | undefined => {
  const number = isObject(value) || value === null || value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
};
