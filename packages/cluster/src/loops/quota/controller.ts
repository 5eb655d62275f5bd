/**
 * Tells how much of each quota is used. Who may have more is decided where objects are made, not here.
 * @upstream kubernetes pkg/controller/resourcequota/resource_quota_controller.go
 */
import type { ServedResource } from '@argosy/client';
import { createController, watchMapped, watchObjects, writeStatus, type Controller } from '@argosy/controller';
import {
  addAmounts,
  CONFIG_MAPS,
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  formatAmount,
  JOBS,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  quotaCounts,
  quotaSelects,
  REPLICA_SETS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICES,
  STATEFUL_SETS,
  usageOf,
  type Amounts,
  type KubeObject,
  type ResourceQuota,
  type ResourceType,
} from '@argosy/kube';

import { asStored } from '../as-stored.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { REPLICATION_CONTROLLERS } from '../replicaset/replication-controller.ts';

/** Resources nobody watches here are counted again after this long. */
const RECOUNT_MS = 30_000;

/** What quotas measure in more ways than by number. */
const MEASURED = [PODS, SERVICES, PERSISTENT_VOLUME_CLAIMS];
/** What other loops watch anyway. */
const COUNTED = [
  CONFIG_MAPS,
  SECRETS,
  RESOURCE_QUOTAS,
  REPLICATION_CONTROLLERS,
  REPLICA_SETS,
  DEPLOYMENTS,
  STATEFUL_SETS,
  DAEMON_SETS,
  JOBS,
  CRON_JOBS,
];

/** Creates the loop. */
export const createQuotaLoop = (deps: LoopDeps): Controller => {
  const quotas = deps.informers.of({ resource: RESOURCE_QUOTAS });
  const ofNamespace = (object: KubeObject) =>
    quotas
      .list()
      .filter(({ metadata }) => metadata.namespace === object.metadata.namespace)
      .map(keyOf);
  const informersOf = (resources: readonly ResourceType[]) =>
    resources.map((resource) => deps.informers.of<KubeObject>({ resource }));
  const measured = informersOf(MEASURED);
  const counted = informersOf(COUNTED);
  return createController(deps, {
    name: 'quota',
    concurrency: 1,
    sources: [
      watchObjects(quotas),
      ...measured.map((informer) => watchMapped(informer, ({ object }) => ofNamespace(object))),
      // Of these only how many there are counts.
      ...counted.map((informer) =>
        watchMapped(informer, (change) => (change.kind === 'updated' ? [] : ofNamespace(change.object))),
      ),
    ],
    reconcile: async (key) => {
      const quota = quotas.get(key);
      if (!quota) return { kind: 'settled' };
      const resources = (await deps.client.servedResources()).filter(
        (resource) =>
          resource.namespaced &&
          resource.preferred &&
          resource.verbs.includes('list') &&
          quotaCounts(quota, { group: resource.group, plural: resource.resource }),
      );
      const used = await Promise.all(resources.map((resource) => usedOf(deps, quota, resource)));
      await writeStatus(deps.client, RESOURCE_QUOTAS, quota, statusOf(quota, addAmounts(...used)), 'subresource');
      return { kind: 'recheck', afterMs: RECOUNT_MS };
    },
  });
};

const usedOf = async (deps: LoopDeps, quota: ResourceQuota, resource: ServedResource): Promise<Amounts> => {
  const { items } = await deps.client.list(asStored(resource), { namespace: quota.metadata.namespace ?? '' });
  const objects = items.map((object) => ({ group: resource.group, plural: resource.resource, object }));
  return addAmounts(...objects.filter((one) => quotaSelects(quota, one)).map(usageOf));
};

const statusOf = (quota: ResourceQuota, used: Amounts): NonNullable<ResourceQuota['status']> => {
  const hard = quota.spec?.hard ?? {};
  const names = Object.keys(hard);
  return { hard, used: Object.fromEntries(names.map((name) => [name, formatAmount(name, used.get(name) ?? 0n)])) };
};
