/**
 * A request as webhooks and conditions are told of it. @spec https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/
 */
import type { Caller, KubeObject } from '@argosy/kube';

import type { WebhookTarget } from './webhook-configuration.ts';

/** Describes the request, with its objects. */
export const describeRequest = (
  target: WebhookTarget,
  of: { readonly uid: string; readonly caller: Caller; readonly dryRun: boolean },
): Readonly<Record<string, unknown>> => {
  const { group, version, kind, plural } = target.kind;
  const requested = target.requested ?? target.kind;
  const shown = objectShown(target);
  const { name = '', namespace } = (target.object ?? target.before)?.metadata ?? {};
  return {
    uid: of.uid,
    kind: { group, version, kind: target.operation === 'CONNECT' ? (shown?.kind ?? kind) : kind },
    resource: { group, version, resource: plural },
    requestKind: {
      group: requested.group,
      version: requested.version,
      kind: target.operation === 'CONNECT' ? (shown?.kind ?? kind) : requested.kind,
    },
    requestResource: { group: requested.group, version: requested.version, resource: requested.plural },
    ...(target.subresource ? { subResource: target.subresource, requestSubResource: target.subresource } : {}),
    name,
    ...(namespace ? { namespace } : {}),
    operation: target.operation,
    userInfo: of.caller,
    object: shown,
    oldObject: target.before ?? null,
    dryRun: of.dryRun,
    options: null,
  };
};

/** The object as others see it: what is deleted is the old one, and options of a stream have no metadata. */
export const objectShown = ({ operation, object }: WebhookTarget): Partial<KubeObject> | null => {
  if (operation === 'DELETE' || !object) return null;
  if (operation !== 'CONNECT') return object;
  const { metadata: _ofWhom, ...options } = object;
  return options;
};
