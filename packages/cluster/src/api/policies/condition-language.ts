/**
 * The language in which policies and webhooks say when they apply. A port: who starts the server brings it.
 * @spec https://kubernetes.io/docs/reference/using-api/cel/
 */
import type { Json, Result } from '@argosy/base';

/** A value of the language; only the language looks inside. */
export type ConditionValue = unknown;

/** An expression that was understood. */
export interface Condition {
  readonly source: string;
  /** What its value is known to be before it runs: `bool`, `string`, …, or `dyn`. */
  readonly type: string;
  /** Runs it, bounded in time. Fails in a sentence. */
  run(values: Readonly<Record<string, ConditionValue>>): Result<ConditionValue, string>;
}

/** The language. */
export interface ConditionLanguage {
  /** Reads an expression of these variables. Fails with what is wrong, and where. */
  compile(source: string, variables: readonly string[]): Result<Condition, string>;
  valueOf(json: Json | undefined): ConditionValue;
  /** Values by name as one value. */
  recordOf(values: Readonly<Record<string, ConditionValue>>): ConditionValue;
  /** A value that may be JSON as such. */
  jsonOf(value: ConditionValue): Json;
}

/** Runs an expression that must give true or false. */
export const runTruth = (
  language: ConditionLanguage,
  condition: Condition,
  values: Readonly<Record<string, ConditionValue>>,
): Result<boolean, string> => {
  const result = condition.run(values);
  if (!result.ok) return result;
  const json = language.jsonOf(result.value);
  return typeof json === 'boolean' ? { ok: true, value: json } : { ok: false, error: 'it must give a bool' };
};
