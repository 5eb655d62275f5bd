/**
 * delete, for every kind: at once, after finalizers, or for pods after a grace period.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go#BeforeDelete
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import type { DeleteOptions } from '@argosy/client';
import { ApiStatusError, notFound, type KubeObject, type Namespace, type ObjectKey, type Pod } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { StoreWrite } from '../../store/store.ts';
import { admitNode } from '../admission/admit-node.ts';
import { resourceName, type ApiContext } from '../api-context.ts';
import { checkPreconditions } from '../metadata/object-metadata.ts';
import { scopedKey, shownObject } from '../reads/read-objects.ts';
import { served } from '../reads/served-object.ts';

/** Grace of a pod that names none, in seconds: Kubernetes' own default. */
const DEFAULT_POD_GRACE_SECONDS = 30;

/** Namespaces a cluster cannot do without. @upstream kubernetes plugin/pkg/admission/namespace/lifecycle (default, kube-system, kube-public) */
const LASTING_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** Deletes; resolves with the object as it was left, in its stored version where a webhook converts. Throws NotFound, Conflict (preconditions), Forbidden (lasting namespaces). */
export const deleteObject = async (
  context: ApiContext,
  kind: ServedKind,
  request: { readonly key: ObjectKey; readonly options?: DeleteOptions },
): Promise<KubeObject> => {
  const { options = {} } = request;
  const key = scopedKey(kind, request.key);
  checkLasting(kind, key.name);
  const before = context.store.get(kind.storage, key);
  if (before) {
    const asked = { kind, operation: 'DELETE' as const, object: undefined, before };
    if (context.webhooks.concern(asked)) {
      const target = { ...asked, before: await shownObject(context, kind, before) };
      const dryRun = options.dryRun ?? false;
      await context.webhooks.mutate(target, { dryRun, caller: context.caller, warn: options.onWarning });
      await context.webhooks.validate(target, { dryRun, caller: context.caller, warn: options.onWarning });
    }
  }
  const now = context.clock.now();
  const decide = (current: KubeObject | undefined): StoreWrite => {
    if (!current) throw notFound(resourceName(kind), key.name);
    admitNode(context, kind, { operation: 'DELETE', before: current });
    checkPreconditions(kind, current, options.preconditions);
    return decideDeletion(kind, current, { options, now });
  };
  // Who deletes need not see the object: a dead conversion webhook does not keep it.
  const shown = (object: KubeObject): KubeObject => (kind.conversion ? object : served(kind, object));
  if (options.dryRun) return shown(decide(context.store.get(kind.storage, key)).object);
  return shown(await context.store.write(kind.storage, key, decide));
};

const checkLasting = (kind: ServedKind, name: string): void => {
  if (kind.storage !== '/namespaces' || !LASTING_NAMESPACES.has(name)) return;
  throw new ApiStatusError('Forbidden', `namespaces "${name}" is forbidden: this namespace may not be deleted`, {
    name,
    kind: 'namespaces',
  });
};

/** What a deletion does to an object. Pure. */
const decideDeletion = (
  kind: ServedKind,
  current: KubeObject,
  at: { readonly options: DeleteOptions; readonly now: Instant },
): StoreWrite => {
  const finalizers = finalizersAfter(current, at.options.propagationPolicy);
  const graceSeconds = graceOf(kind, current, at.options);
  const held = finalizers.length > 0 || graceSeconds > 0 || namespaceHolds(kind, current);
  if (!held) return { kind: 'remove', object: current };
  const { metadata } = current;
  const due = at.now + graceSeconds * 1000;
  const earlier = parseTimestamp(metadata.deletionTimestamp);
  const unchanged = finalizers.length === (metadata.finalizers ?? []).length;
  // A second deletion may only shorten the grace period.
  const shortens = earlier === undefined || graceSeconds < (metadata.deletionGracePeriodSeconds ?? 0);
  if (!shortens && unchanged) return { kind: 'keep', object: current };
  const next: KubeObject = {
    ...current,
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ...(shortens ? { deletionTimestamp: toTimestamp(due), deletionGracePeriodSeconds: graceSeconds } : {}),
      ...(earlier === undefined && metadata.generation !== undefined ? { generation: metadata.generation + 1 } : {}),
    },
  };
  return { kind: 'put', object: kind.storage === '/namespaces' ? withTerminating(next as Namespace) : next };
};

/** @upstream kubernetes apiserver/pkg/registry/generic/registry/store.go#deletionFinalizersForGarbageCollection */
const finalizersAfter = (current: KubeObject, policy: DeleteOptions['propagationPolicy']): readonly string[] => {
  const given = current.metadata.finalizers ?? [];
  if (policy === undefined) return given;
  const others = given.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  if (policy === 'Orphan') return [...others, 'orphan'];
  return policy === 'Foreground' ? [...others, 'foregroundDeletion'] : others;
};

const graceOf = (kind: ServedKind, current: KubeObject, options: DeleteOptions): number => {
  if (kind.storage !== '/pods') return 0;
  const pod = current as Pod;
  // Nobody runs a pod without a node, and one that has ended needs no time: both go at once.
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  if (!pod.spec?.nodeName || ended) return 0;
  return Math.max(0, options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_POD_GRACE_SECONDS);
};

const namespaceHolds = (kind: ServedKind, current: KubeObject): boolean =>
  kind.storage === '/namespaces' && ((current as Namespace).spec?.finalizers ?? []).length > 0;

const withTerminating = (namespace: Namespace): KubeObject => ({
  ...namespace,
  status: { ...namespace.status, phase: 'Terminating' },
});
