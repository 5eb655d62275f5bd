/**
 * Keeps an APIService for each group version that is served: `kubectl get apiservices`.
 */
import { toTimestamp } from '@argosy/base';
import { createController, watchMapped, type Controller, type Next } from '@argosy/controller';
import { API_SERVICES, CUSTOM_RESOURCE_DEFINITIONS, type ObjectKey } from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { describeGroupVersions } from './decide.ts';

/** Creates the loop. Definitions change what is served; everything else is served from the start. */
export const createGroupVersionLoop = (deps: LoopDeps): Controller => {
  const definitions = deps.informers.of({ resource: CUSTOM_RESOURCE_DEFINITIONS });
  const reconcile = async (): Promise<Next> => {
    const wanted = describeGroupVersions(await deps.client.servedResources(), toTimestamp(deps.clock.now()));
    const { items } = await deps.client.list(API_SERVICES);
    const present = new Set(items.map(({ metadata }) => metadata.name ?? ''));
    for (const [name, object] of wanted) if (!present.has(name)) await deps.client.create(API_SERVICES, object);
    for (const name of present) if (!wanted.has(name)) await remove(deps, { name });
    return { kind: 'settled' };
  };
  const loop = createController(deps, {
    name: 'group-versions',
    sources: [watchMapped(definitions, () => [ALL])],
    reconcile,
    concurrency: 1,
  });
  loop.enqueue(ALL);
  return loop;
};

/** They are few, and looked at together. */
const ALL: ObjectKey = { name: 'all' };

const remove = async (deps: LoopDeps, key: ObjectKey): Promise<void> => {
  await unlessGone(() => deps.client.delete(API_SERVICES, key));
};
