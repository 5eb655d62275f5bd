/**
 * Gives each namespace what workloads expect to find in it, and empties it before it goes.
 * @upstream kubernetes pkg/controller/namespace, pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher
 */
import { isEqual } from '@argosy/base';
import { createController, watchMapped, watchObjects, type Controller, type Next } from '@argosy/controller';
import type { ServedResource } from '@argosy/client';
import {
  CONFIG_MAPS,
  isApiError,
  keyOf,
  NAMESPACES,
  SERVICE_ACCOUNTS,
  type Namespace,
  type ObjectKey,
} from '@argosy/kube';

import { asStored } from '../as-stored.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { deletionConditions, type Remainder } from './deletion-conditions.ts';

/** Every namespace has a service account of this name. */
const DEFAULT_ACCOUNT = 'default';
/** Every namespace has the cluster's certificate authority in a config map of this name. */
const ROOT_CA = 'kube-root-ca.crt';
/** Objects that wait for finalizers or grace periods are looked at again this often. */
const RECHECK_MS = 250;

/** Options of the loop. */
export interface NamespaceLoopOptions {
  /** The cluster's certificate authority in PEM; without it namespaces get no config map. */
  readonly rootCertificate?: string;
}

/** Creates the loop. */
export const createNamespaceLoop = (deps: LoopDeps, options: NamespaceLoopOptions = {}): Controller => {
  const namespaces = deps.informers.of({ resource: NAMESPACES });
  const accounts = deps.informers.of({ resource: SERVICE_ACCOUNTS, fieldSelector: `metadata.name=${DEFAULT_ACCOUNT}` });
  const maps = deps.informers.of({ resource: CONFIG_MAPS, fieldSelector: `metadata.name=${ROOT_CA}` });
  const wanted = options.rootCertificate === undefined ? undefined : { 'ca.crt': options.rootCertificate };

  const furnish = async (name: string): Promise<void> => {
    if (!accounts.get({ namespace: name, name: DEFAULT_ACCOUNT })) {
      await ifMissing(() =>
        deps.client.create(SERVICE_ACCOUNTS, {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: DEFAULT_ACCOUNT, namespace: name },
        }),
      );
    }
    if (wanted === undefined) return;
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: ROOT_CA, namespace: name }, data: wanted };
    const current = maps.get({ namespace: name, name: ROOT_CA });
    if (!current) await ifMissing(() => deps.client.create(CONFIG_MAPS, map));
    // Whoever writes something else there takes the trust from every pod of the namespace.
    else if (!isEqual(current.data, wanted))
      await ifThere(() => deps.client.update(CONFIG_MAPS, { ...current, data: wanted }));
  };
  const reconcile = async ({ name }: ObjectKey): Promise<Next> => {
    const namespace = namespaces.get({ name });
    if (!namespace) return { kind: 'settled' };
    if (namespace.metadata.deletionTimestamp) return empty(deps, namespace);
    await furnish(name);
    return { kind: 'settled' };
  };
  return createController(deps, {
    name: 'namespace',
    sources: [
      watchObjects(namespaces),
      watchMapped(accounts, (change) =>
        change.kind === 'deleted' ? [{ name: change.object.metadata.namespace ?? '' }] : [],
      ),
      watchMapped(maps, ({ kind, object }) =>
        kind === 'deleted' || !isEqual(object.data, wanted) ? [{ name: object.metadata.namespace ?? '' }] : [],
      ),
    ],
    reconcile,
  });
};

/** Deletes what is left in a namespace; when nothing is left, takes away the finalizer that holds the namespace. */
const empty = async (deps: LoopDeps, namespace: Namespace): Promise<Next> => {
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
  await ifThere(() => deps.client.update(NAMESPACES, finished, { subresource: 'finalize' }));
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
  await ifThere(() =>
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
      ifThere(() => deps.client.delete(asStored(resource), keyOf(object), { propagationPolicy: 'Background' })),
    ),
  );
  // What went at once is gone now; what is held by a finalizer or a grace period is counted at the next look.
  return { name: resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`, objects: items };
};

const ifMissing = async (write: () => Promise<unknown>): Promise<void> => {
  try {
    await write();
  } catch (thrown) {
    // Forbidden: the namespace began to go meanwhile.
    if (!isApiError(thrown, 'AlreadyExists', 'NotFound', 'Forbidden')) throw thrown;
  }
};

const ifThere = async (write: () => Promise<unknown>): Promise<void> => {
  try {
    await write();
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};
