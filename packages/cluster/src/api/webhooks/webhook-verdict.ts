/**
 * What follows from a webhook's answer: a refusal in its words, or the object as its patch leaves it.
 */
import { applyJsonPatch, ApiStatusError, STATUS_CODES, type KubeObject, type StatusReason } from '@argosy/kube';

import type { WebhookAnswer } from './call-webhook.ts';
import type { Webhook } from './webhook-configuration.ts';

/** The error a denied request ends with: the webhook's reason and code where it gave any, else Forbidden. */
export const denied = (webhook: Webhook, answer: WebhookAnswer): ApiStatusError => {
  const known = Object.entries(STATUS_CODES).find(([, code]) => code === answer.code)?.[0] as StatusReason | undefined;
  const given =
    answer.reason !== undefined && Object.hasOwn(STATUS_CODES, answer.reason)
      ? (answer.reason as StatusReason)
      : undefined;
  const said = answer.message ?? answer.reason;
  const message = `admission webhook ${JSON.stringify(webhook.name)} denied the request${said ? `: ${said}` : ' without explanation'}`;
  return new ApiStatusError(given ?? known ?? 'Forbidden', message, undefined, answer.code);
};

/** Applies a patch in Base64. Throws InternalError for what is none. */
export const patched = (webhook: Webhook, object: KubeObject, patch: string): KubeObject => {
  let operations: unknown;
  try {
    operations = JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
  } catch {
    throw badPatch(webhook, 'it is no JSON');
  }
  if (!Array.isArray(operations)) throw badPatch(webhook, 'it is no list of operations');
  const result = applyJsonPatch(object, operations as readonly Readonly<Record<string, unknown>>[], {
    asV4: true,
  });
  if (!result.ok) throw badPatch(webhook, result.error);
  return result.value as KubeObject;
};

const badPatch = (webhook: Webhook, why: string): ApiStatusError =>
  new ApiStatusError(
    'InternalError',
    `Internal error occurred: patch of webhook ${JSON.stringify(webhook.name)} cannot be applied: ${why}`,
  );
