/**
 * A request as webhooks and conditions are told of it. @spec https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/
 */
import type { Caller } from '@argosy/kube';

import type { WebhookTarget } from './webhook-configuration.ts';

/** Describes the request, with its objects. */
export const describeRequest = (
  target: WebhookTarget,
  of: { readonly uid: string; readonly caller: Caller; readonly dryRun: boolean },
): Readonly<Record<string, unknown>> => {
  const { group, version, kind, plural } = target.kind;
  const requested = target.requested ?? target.kind;
  const { name = '', namespace } = (target.object ?? target.before)?.metadata ?? {};
  return {
    uid: of.uid,
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    requestKind: { group: requested.group, version: requested.version, kind: requested.kind },
    requestResource: { group: requested.group, version: requested.version, resource: requested.plural },
    ...(target.subresource ? { subResource: target.subresource, requestSubResource: target.subresource } : {}),
    name,
    ...(namespace ? { namespace } : {}),
    operation: target.operation,
    userInfo: of.caller,
    object: target.operation === 'DELETE' ? null : (target.object ?? null),
    oldObject: target.before ?? null,
    dryRun: of.dryRun,
    options: null,
  };
};
