/**
 * The match conditions of webhooks, compiled once for each state of their configuration.
 * @spec https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
 */
import { Failure, type JsonObject } from '@argosy/base';

import { REQUEST_VARIABLES } from '../policies/compile-policy.ts';
import type { ConditionLanguage } from '../policies/condition-language.ts';
import { allHold, compileConditions, type CompiledCondition } from '../policies/match-conditions.ts';
import type { Webhook } from './webhook-configuration.ts';

/** Whether a webhook's match conditions hold for a request. Throws what cannot be told. */
export type MatchWebhook = (webhook: Webhook, request: Readonly<Record<string, unknown>>) => boolean;

/** Creates the matcher; without a language webhooks with conditions were refused, and all match. */
export const createWebhookMatcher = (language: ConditionLanguage | undefined): MatchWebhook => {
  const compiled = new WeakMap<Webhook, readonly CompiledCondition[]>();
  return (webhook, request) => {
    const { matchConditions = [] } = webhook;
    if (!language || matchConditions.length === 0) return true;
    const known = compiled.get(webhook) ?? compileConditions(language, matchConditions, REQUEST_VARIABLES);
    compiled.set(webhook, known);
    const { object, oldObject, ...rest } = request as JsonObject;
    const held = allHold(language, known, {
      object: language.valueOf(object),
      oldObject: language.valueOf(oldObject),
      request: language.valueOf(rest),
    });
    if (!held.ok) throw new Failure(held.error, { code: 'ConditionFailed' });
    return held.value;
  };
};
