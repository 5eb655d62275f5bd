/**
 * A request as webhooks and conditions are told of it. @spec https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/
 */
import { gvkOf, type Caller, type GroupVersionKind, type KubeObject } from '@argosy/kube';

import type { WebhookTarget } from './webhook-configuration.ts';

/** Describes the request, with its objects. */
export const describeRequest = (
  target: WebhookTarget,
  of: { readonly uid: string; readonly caller: Caller; readonly dryRun: boolean },
): Readonly<Record<string, unknown>> => {
  const { group, version, plural } = target.kind;
  const requested = target.requested ?? target.kind;
  const shown = objectShown(target);
  const own = ownKind(target);
  const { name = '', namespace } = (target.object ?? target.before)?.metadata ?? {};
  return {
    uid: of.uid,
    kind: own ?? { group, version, kind: target.kind.kind },
    resource: { group, version, resource: plural },
    requestKind: own ?? { group: requested.group, version: requested.version, kind: requested.kind },
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

/** Subresources whose bodies are of a kind of their own. */
const OF_OWN_KIND: ReadonlySet<string> = new Set(['binding', 'eviction', 'scale']);

const ownKind = ({ kind, operation, subresource, object }: WebhookTarget): GroupVersionKind | undefined => {
  if (operation === 'CONNECT' && object) return { group: kind.group, version: kind.version, kind: object.kind };
  return object && OF_OWN_KIND.has(subresource ?? '') ? gvkOf(object) : undefined;
};

/** The object as others see it: what is deleted is the old one, and options of a stream have no metadata. */
export const objectShown = ({ operation, object }: WebhookTarget): Partial<KubeObject> | null => {
  if (operation === 'DELETE' || !object) return null;
  if (operation !== 'CONNECT') return object;
  const { metadata: _ofWhom, ...options } = object;
  return options;
};
