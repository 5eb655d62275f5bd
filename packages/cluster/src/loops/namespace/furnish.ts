/**
 * What workloads expect to find in a namespace: a service account, and the cluster's certificate authority.
 * @upstream kubernetes pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher
 */
import { isEqual } from '@argosy/base';
import type { Informer } from '@argosy/client';
import {
  CONFIG_MAPS,
  isApiError,
  SERVICE_ACCOUNTS,
  type ConfigMap,
  type ServiceAccount,
  type StringMap,
} from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';

/** What namespaces have, and what they are to have. */
export interface Furniture {
  readonly accounts: Informer<ServiceAccount>;
  readonly maps: Informer<ConfigMap>;
  readonly wanted: StringMap | undefined;
}

/** Every namespace has a service account of this name. */
export const DEFAULT_ACCOUNT = 'default';
/** Every namespace has the cluster's certificate authority in a config map of this name. */
export const ROOT_CA = 'kube-root-ca.crt';

/** Makes what a namespace lacks; `wanted` is what its config map holds, none when there is no authority. */
export const furnish = async (deps: LoopDeps, name: string, { accounts, maps, wanted }: Furniture): Promise<void> => {
  if (!accounts.get({ namespace: name, name: DEFAULT_ACCOUNT })) {
    await unlessGoing(() =>
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
  if (!current) await unlessGoing(() => deps.client.create(CONFIG_MAPS, map));
  // Whoever writes something else there takes the trust from every pod of the namespace.
  else if (!isEqual(current.data, wanted))
    await unlessGone(() => deps.client.update(CONFIG_MAPS, { ...current, data: wanted }));
};

/** Forbidden: the namespace began to go meanwhile. */
const unlessGoing = async (create: () => Promise<unknown>): Promise<void> => {
  try {
    await create();
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists', 'NotFound', 'Forbidden')) throw thrown;
  }
};
