/**
 * What a policy says of one request, with one set of parameters. Pure.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/validator.go
 */
import type { CompiledPolicy, CompiledValidation } from './compile-policy.ts';
import { runTruth, type ConditionLanguage, type ConditionValue } from './condition-language.ts';
import { allHold } from './match-conditions.ts';

/** What was found. */
export type Judgement =
  | { readonly kind: 'holds' }
  /** It could not be told; the policy's failurePolicy decides. */
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'broken'; readonly message: string; readonly reason: string };

type Values = Readonly<Record<string, ConditionValue>>;

/** Judges. Nothing is found where the policy's conditions do not hold. */
export const judgeRequest = (
  language: ConditionLanguage,
  policy: CompiledPolicy,
  given: Values,
): readonly Judgement[] => {
  const applies = allHold(language, policy.conditions, given);
  if (!applies.ok) return [{ kind: 'failed', why: applies.error }];
  if (!applies.value) return [];
  const { values, problems } = withVariables(language, policy, given);
  return policy.validations.map((validation) => judge(language, validation, { values, problems }));
};

/** A variable that fails is absent: it matters to those who use it. */
const withVariables = (
  language: ConditionLanguage,
  policy: CompiledPolicy,
  given: Values,
): { readonly values: Values; readonly problems: readonly string[] } => {
  const made: Record<string, ConditionValue> = {};
  const problems: string[] = [];
  for (const { name, condition } of policy.variables) {
    const result = condition.ok ? condition.value.run({ ...given, variables: language.recordOf(made) }) : condition;
    if (result.ok) made[name] = result.value;
    else problems.push(`variable ${name}: ${result.error}`);
  }
  return { values: { ...given, variables: language.recordOf(made) }, problems };
};

const judge = (
  language: ConditionLanguage,
  { declared, condition, message }: CompiledValidation,
  { values, problems }: { readonly values: Values; readonly problems: readonly string[] },
): Judgement => {
  const result = condition.ok ? runTruth(language, condition.value, values) : condition;
  if (!result.ok) {
    const why = [`expression '${declared.expression}' resulted in error: ${result.error}`, ...problems].join('; ');
    return { kind: 'failed', why };
  }
  if (result.value) return { kind: 'holds' };
  const told = message?.ok ? message.value.run(values) : undefined;
  const text = told?.ok ? language.jsonOf(told.value) : undefined;
  return {
    kind: 'broken',
    message: isMessage(text) ? text.trim() : (declared.message ?? `failed expression: ${declared.expression.trim()}`),
    reason: declared.reason ?? 'Invalid',
  };
};

/** Longest message an expression may make, in characters. */
const LONGEST_MESSAGE = 5 * 1024;

const isMessage = (text: unknown): text is string =>
  typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST_MESSAGE && !text.trim().includes('\n');
