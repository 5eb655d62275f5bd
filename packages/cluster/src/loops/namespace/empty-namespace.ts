/**
 * Empties a namespace before it goes. @upstream kubernetes pkg/controller/namespace
 */
import { isEqual } from '@argosy/base';
import type { ServedResource } from '@argosy/client';
import type { Next } from '@argosy/controller';
import { keyOf, NAMESPACES, type Namespace } from '@argosy/kube';

import { asStored } from '../as-stored.ts';
import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { deletionConditions, type Remainder } from './deletion-conditions.ts';

/** Objects that wait for finalizers or grace periods are looked at again this often. */
const RECHECK_MS = 250;

/** Deletes what is left in a namespace; when nothing is left, takes away the finalizer that holds the namespace. */
export const emptyNamespace = async (deps: LoopDeps, namespace: Namespace): Promise<Next> => {
  const name = namespace.metadata.name ?? '';
  const resources = (await deps.client.servedResources()).filter(isEmptied);
  const left = await Promise.all(resources.map((resource) => emptyResource(deps, resource, name)));
  const remaining = left.reduce((sum, { objects }) => sum + objects.length, 0);
  if (remaining > 0) {
    await tellRemaining(deps, namespace, left);
    return { kind: 'waiting', reason: `${remaining} objects are still there`, afterMs: RECHECK_MS };
  }
  const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
  const finished = { ...namespace, spec: { ...namespace.spec, finalizers } };
  await unlessGone(() => deps.client.update(NAMESPACES, finished, { subresource: 'finalize' }));
  return { kind: 'settled' };
};

/** Most of what is told to go is gone at the next look; only what stays then is spoken of. */
const tellRemaining = async (deps: LoopDeps, namespace: Namespace, left: readonly Remainder[]): Promise<void> => {
  const staying = left.map(({ name, objects }) => ({
    name,
    objects: objects.filter(({ metadata }) => metadata.deletionTimestamp),
  }));
  if (staying.every(({ objects }) => objects.length === 0)) return;
  const conditions = deletionConditions(namespace.status?.conditions, staying, deps.clock.now());
  if (isEqual(conditions, namespace.status?.conditions)) return;
  const patch = { status: { conditions } };
  await unlessGone(() =>
    deps.client.patch(NAMESPACES, keyOf(namespace), { kind: 'merge', patch }, { subresource: 'status' }),
  );
};

const isEmptied = (resource: ServedResource): boolean =>
  resource.namespaced && resource.preferred && resource.verbs.includes('delete') && resource.verbs.includes('list');

const emptyResource = async (deps: LoopDeps, resource: ServedResource, namespace: string): Promise<Remainder> => {
  const { items } = await deps.client.list(asStored(resource), { namespace });
  const fresh = items.filter((object) => !object.metadata.deletionTimestamp);
  await Promise.all(
    fresh.map((object) =>
      unlessGone(() => deps.client.delete(asStored(resource), keyOf(object), { propagationPolicy: 'Background' })),
    ),
  );
  // What went at once is gone now; what is held by a finalizer or a grace period is counted at the next look.
  return { name: resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`, objects: items };
};
