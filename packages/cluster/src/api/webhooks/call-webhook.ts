/**
 * Asks a webhook, over HTTPS. @spec https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 */
import { isObject } from '@argosy/base';

import type { Store } from '../../store/store.ts';
import { postToWebhook } from './post-to-webhook.ts';
import type { Webhook } from './webhook-configuration.ts';

/** What a webhook answered. */
export interface WebhookAnswer {
  readonly allowed: boolean;
  /** A JSON patch in base64. */
  readonly patch?: string;
  readonly warnings: readonly string[];
  readonly code?: number;
  readonly message?: string;
  readonly reason?: string;
}

const DEFAULT_SECONDS = 10;
/** Longest answer taken, in bytes. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

/** Sends a review and reads the answer. Rejects with an Error that says what went wrong. */
export const callWebhook = async (
  store: Store,
  webhook: Webhook,
  request: Readonly<Record<string, unknown>>,
): Promise<WebhookAnswer> => {
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const answer = await postToWebhook(store, webhook.clientConfig, {
    body: JSON.stringify(review),
    timeoutSeconds: webhook.timeoutSeconds ?? DEFAULT_SECONDS,
    largestAnswerBytes: LONGEST_ANSWER,
  });
  const response = isObject(answer) && isObject(answer['response']) ? answer['response'] : undefined;
  if (!response || response['uid'] !== request['uid'])
    throw new Error('the answer is no AdmissionReview for this request');
  const status = isObject(response['status']) ? response['status'] : {};
  const warnings = Array.isArray(response['warnings']) ? (response['warnings'] as readonly unknown[]).map(String) : [];
  return {
    allowed: response['allowed'] === true,
    warnings,
    ...(typeof response['patch'] === 'string' ? { patch: response['patch'] } : {}),
    ...(typeof status['code'] === 'number' ? { code: status['code'] } : {}),
    ...(typeof status['message'] === 'string' ? { message: status['message'] } : {}),
    ...(typeof status['reason'] === 'string' ? { reason: status['reason'] } : {}),
  };
};
