/**
 * A policy read once: its expressions, and what is wrong with them.
 */
import { fail, type Result } from '@argosy/base';
import { invalidField, type FieldError } from '@argosy/kube';

import type { WebhookConfiguration } from '../webhooks/webhook-configuration.ts';
import type { Condition, ConditionLanguage } from './condition-language.ts';
import { compileConditions, type CompiledCondition } from './match-conditions.ts';
import type { AdmissionPolicy, PolicyValidation } from './policy-objects.ts';

/** A validation that was understood, or why not. */
export interface CompiledValidation {
  readonly declared: PolicyValidation;
  readonly condition: Result<Condition, string>;
  readonly message: Result<Condition, string> | undefined;
}

/** A policy that was read. */
export interface CompiledPolicy {
  readonly conditions: readonly CompiledCondition[];
  /** In order: each may use those before it. */
  readonly variables: readonly { readonly name: string; readonly condition: Result<Condition, string> }[];
  readonly validations: readonly CompiledValidation[];
}

/** What expressions of webhooks' conditions may use. */
export const REQUEST_VARIABLES = ['object', 'oldObject', 'request'] as const;

/** Reads a policy. */
export const compilePolicy = (language: ConditionLanguage, policy: AdmissionPolicy): CompiledPolicy => {
  const { matchConditions = [], variables = [], validations = [] } = policy.spec ?? {};
  const params = policy.spec?.paramKind ? ['params'] : [];
  const matching = [...REQUEST_VARIABLES, ...params];
  const all = [...matching, 'namespaceObject', 'variables'];
  return {
    conditions: compileConditions(language, matchConditions, matching),
    variables: variables.map(({ name, expression }) => ({ name, condition: language.compile(expression, all) })),
    validations: validations.map((declared) => ({
      declared,
      condition: language.compile(declared.expression, all),
      message: declared.messageExpression ? language.compile(declared.messageExpression, all) : undefined,
    })),
  };
};

/** What is wrong with the match conditions of webhooks; without a language they are refused. */
export const webhookFindings = (
  language: ConditionLanguage | undefined,
  configuration: WebhookConfiguration,
): readonly FieldError[] =>
  (configuration.webhooks ?? []).flatMap(({ matchConditions = [] }, index) =>
    matchConditions.flatMap(({ expression }, at) => {
      const read = language
        ? language.compile(expression, REQUEST_VARIABLES)
        : fail('this server was started without a language for conditions; select by rules and objectSelector');
      return wrong(`webhooks[${index}].matchConditions[${at}].expression`, expression, read, 'bool');
    }),
  );

/** What is wrong with a policy's expressions. */
export const policyFindings = (
  language: ConditionLanguage | undefined,
  policy: AdmissionPolicy,
): readonly FieldError[] => {
  if (!language) return [];
  const { spec = {} } = policy;
  const { conditions, variables, validations } = compilePolicy(language, policy);
  return [
    ...conditions.flatMap(({ condition }, at) =>
      wrong(`spec.matchConditions[${at}].expression`, spec.matchConditions?.[at]?.expression, condition, 'bool'),
    ),
    ...variables.flatMap(({ condition }, at) =>
      wrong(`spec.variables[${at}].expression`, spec.variables?.[at]?.expression, condition),
    ),
    ...validations.flatMap(({ declared, condition, message }, at) => [
      ...wrong(`spec.validations[${at}].expression`, declared.expression, condition, 'bool'),
      ...(message
        ? wrong(`spec.validations[${at}].messageExpression`, declared.messageExpression, message, 'string')
        : []),
    ]),
  ];
};

const wrong = (
  field: string,
  source: string | undefined,
  read: Result<Condition, string>,
  type?: string,
): readonly FieldError[] => {
  if (!read.ok) return [invalidField(field, source ?? '', `compilation failed: ${read.error}`)];
  return type !== undefined && read.value.type !== type && read.value.type !== 'dyn'
    ? [invalidField(field, source ?? '', `must evaluate to ${type}`)]
    : [];
};
