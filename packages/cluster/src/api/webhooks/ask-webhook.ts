/**
 * Asks one webhook about one request, as far as its conditions, its side effects and its failure policy permit.
 */
import { messageOf, type Logger, type Random } from '@argosy/base';
import { ApiStatusError, type Caller } from '@argosy/kube';

import type { Store } from '../../store/store.ts';
import { OURSELVES } from '../api-context.ts';
import type { ConditionLanguage } from '../policies/condition-language.ts';
import { describeRequest } from './admission-request.ts';
import { callWebhook, type WebhookAnswer } from './call-webhook.ts';
import { createWebhookMatcher } from './match-webhook.ts';
import type { Webhook, WebhookTarget } from './webhook-configuration.ts';

/** What webhooks are told besides the objects. */
export interface WebhookOccasion {
  readonly dryRun: boolean;
  /** On whose behalf; absent for programs of this process. */
  readonly caller: Caller | undefined;
  /** Hears sentences for the user that refuse nothing. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Asks; `undefined` when the request is none of its business. Throws InternalError when it fails and may not be ignored. */
export type AskWebhook = (
  webhook: Webhook,
  target: WebhookTarget,
  occasion: WebhookOccasion,
) => Promise<WebhookAnswer | undefined>;

/** What asking takes. */
export interface AskWebhookDeps {
  readonly store: Store;
  readonly random: Random;
  readonly log: Logger;
  /** Of match conditions; without it they were refused. */
  readonly language: ConditionLanguage | undefined;
}

/** Creates the way to ask. */
export const createAskWebhook = (deps: AskWebhookDeps): AskWebhook => {
  const matches = createWebhookMatcher(deps.language);
  return async (webhook, target, { dryRun, caller = OURSELVES, warn }) => {
    const request = describeRequest(target, { uid: deps.random.uuid(), caller, dryRun });
    if (!(await orIgnored(deps.log, webhook, async () => matches(webhook, request)))) return undefined;
    if (dryRun && !['None', 'NoneOnDryRun'].includes(webhook.sideEffects ?? ''))
      throw new ApiStatusError(
        'BadRequest',
        `admission webhook ${JSON.stringify(webhook.name)} does not support dry run`,
      );
    const answer = await orIgnored(deps.log, webhook, () => callWebhook(deps.store, webhook, request));
    for (const text of answer?.warnings ?? []) warn?.(text);
    return answer;
  };
};

/** What cannot be told or reached is an error, or as if nobody had asked: the webhook says which. */
const orIgnored = async <T>(log: Logger, webhook: Webhook, work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work();
  } catch (thrown) {
    const why = `failed calling webhook ${JSON.stringify(webhook.name)}: failed to call webhook: ${messageOf(thrown)}`;
    if (webhook.failurePolicy !== 'Ignore')
      throw new ApiStatusError('InternalError', `Internal error occurred: ${why}`);
    log.warn('webhook ignored, as its failurePolicy says', { why });
    return undefined;
  }
};
