/**
 * Gives each namespace what workloads expect to find in it, and empties it before it goes.
 * @upstream kubernetes pkg/controller/namespace, pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher
 */
import { isEqual } from '@argosy/base';
import { createController, watchMapped, watchObjects, type Controller, type Next } from '@argosy/controller';
import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS, type ObjectKey } from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import { emptyNamespace } from './empty-namespace.ts';
import { DEFAULT_ACCOUNT, furnish, ROOT_CA } from './furnish.ts';

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
  const reconcile = async ({ name }: ObjectKey): Promise<Next> => {
    const namespace = namespaces.get({ name });
    if (!namespace) return { kind: 'settled' };
    if (namespace.metadata.deletionTimestamp) return emptyNamespace(deps, namespace);
    await furnish(deps, name, { accounts, maps, wanted });
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
