/**
 * Conditions under which a webhook is asked or a policy applies: all must be true.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go
 */
import { fail, ok, type Result } from '@argosy/base';

import { runTruth, type Condition, type ConditionLanguage, type ConditionValue } from './condition-language.ts';

/** A condition as it is declared. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** A condition that was understood, or why not. */
export interface CompiledCondition {
  readonly name: string;
  readonly condition: Result<Condition, string>;
}

/** Reads conditions. */
export const compileConditions = (
  language: ConditionLanguage,
  conditions: readonly MatchCondition[],
  variables: readonly string[],
): readonly CompiledCondition[] =>
  conditions.map(({ name, expression }) => ({ name, condition: language.compile(expression, variables) }));

/** Whether all are true. One that is false decides, whatever goes wrong with others; fails with what went wrong. */
export const allHold = (
  language: ConditionLanguage,
  conditions: readonly CompiledCondition[],
  values: Readonly<Record<string, ConditionValue>>,
): Result<boolean, string> => {
  const problems: string[] = [];
  for (const { name, condition } of conditions) {
    const result = condition.ok ? runTruth(language, condition.value, values) : condition;
    if (!result.ok) problems.push(`matchCondition ${JSON.stringify(name)}: ${result.error}`);
    else if (!result.value) return ok(false);
  }
  return problems.length > 0 ? fail(problems.join('; ')) : ok(true);
};
