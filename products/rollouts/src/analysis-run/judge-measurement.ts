/**
 * What a measured value means: the two conditions over `result`. Pure. @spec RO-AN-12, RO-AN-13
 */
import { fail, messageOf, ok, type Json, type Result } from '@argosy/base';
import { evaluateCondition, fromJsonValue, type ExprMap, type ExprValue } from '@argosy/expressions';

import type { AnalysisPhase, Metric } from '../api/analysis.ts';

/** The verdict on a value. */
export interface Verdict {
  readonly phase: AnalysisPhase;
  readonly message?: string;
}

/** Judges a value. Without conditions it is good; with both, a value that meets neither is inconclusive. */
export const judgeMeasurement = (
  result: ExprValue,
  conditions: Pick<Metric, 'successCondition' | 'failureCondition'>,
): Verdict => {
  const env = conditionEnvironment(result);
  const success = holds(conditions.successCondition, env, result);
  if (!success.ok) return { phase: 'Error', message: success.error };
  const failure = holds(conditions.failureCondition, env, result);
  if (!failure.ok) return { phase: 'Error', message: failure.error };
  if (failure.value === true) return { phase: 'Failed' };
  if (success.value === true) return { phase: 'Successful' };
  if (success.value === undefined) return { phase: 'Successful' };
  return { phase: failure.value === undefined ? 'Failed' : 'Inconclusive' };
};

/** A JSON value as conditions see it. */
export const toResult = (value: Json): ExprValue => fromJsonValue(value);

/** What conditions may use beside the built-ins of the language. */
export const conditionEnvironment = (result: ExprValue): ExprMap => ({
  result,
  asInt: (value) => toWhole(value),
  asFloat: (value) => toNumber(value),
  isNaN: (value) => typeof value === 'number' && Number.isNaN(value),
  isInf: (value) => value === Infinity || value === -Infinity,
  isNil: (value) => value === null || value === undefined,
  default: (value, otherwise) => (value === null || value === undefined ? (otherwise ?? null) : value),
});

/** `undefined`: there is no condition. */
const holds = (condition: string | undefined, env: ExprMap, result: ExprValue): Result<boolean | undefined, string> => {
  if (!condition) return ok(undefined);
  const found = evaluateCondition(condition, env);
  if (found.ok) return found;
  const isEmpty = result === null || result === undefined || (Array.isArray(result) && result.length === 0);
  return fail(isEmpty ? `${found.error.message}: the result is nil or empty` : messageOf(found.error.message));
};

const toWhole = (value: ExprValue): bigint => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return BigInt(value);
  throw new TypeError(`asInt: ${describe(value)} is not a whole number`);
};

const toNumber = (value: ExprValue): number => {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw new TypeError(`asFloat: ${describe(value)} is not a number`);
  return number;
};

const describe = (value: ExprValue): string => (typeof value === 'string' ? JSON.stringify(value) : typeof value);
