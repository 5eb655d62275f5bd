/**
 * Resource sources: changes of objects of the cluster. What exists when the source starts is told as added, unless the
 * filter says `afterStart`. @spec EV-SRC-26, EV-SRC-27
 */
import { delay, Failure, messageOf, type Random } from '@argosy/base';
import { createInformer, type Change } from '@argosy/client';
import type { KubeObject, ResourceType } from '@argosy/kube';

import type { ResourceSource } from '../../api/event-source.ts';
import type { AdapterDeps, SourceAdapter } from '../source-adapter.ts';
import { labelSelectorOf, resourceEvent } from './resource-change.ts';

/** Wait between attempts to publish a change. */
const RETRY_MS = 1000;

/** Creates the adapter. */
export const createResourceAdapter = (
  deps: AdapterDeps & { readonly random: Random },
): SourceAdapter<ResourceSource> => ({
  start: async (plan, publish) => {
    const { config } = plan;
    const resource = await findResource(deps, config);
    const selector = labelSelectorOf(config);
    const informer = createInformer(deps, {
      resource,
      ...((config.namespace ?? '') === '' || !resource.namespaced ? {} : { namespace: config.namespace }),
      ...(selector === '' ? {} : { labelSelector: selector }),
    });
    const stopping = new AbortController();
    const startedAt = deps.clock.now();
    let tail: Promise<void> = Promise.resolve();
    const tell = async (change: Change): Promise<void> => {
      const event = resourceEvent(config, change, { startedAt, now: deps.clock.now() });
      if (!event) return;
      while (!stopping.signal.aborted) {
        try {
          // The same change has the same id: the bus knows it again when a restart tells it twice.
          const id = `${plan.sourceName}:${plan.eventName}:${event.identity}`;
          return await publish({ data: event.data, happenedAt: event.happenedAt, id });
        } catch (thrown) {
          deps.log.warn('a change could not be kept', { source: plan.sourceName, error: messageOf(thrown) });
          await delay(deps.clock, RETRY_MS, stopping.signal);
        }
      }
    };
    const subscription = informer.onChange((change) => void (tail = tail.then(() => tell(change))));
    const running = informer.run(stopping.signal);
    return {
      stop: async () => {
        subscription[Symbol.dispose]();
        stopping.abort();
        await running;
        await tail;
      },
    };
  },
});

const findResource = async (deps: AdapterDeps, config: ResourceSource): Promise<ResourceType<KubeObject>> => {
  const { group = '', version = '', resource = '' } = config;
  const served = await deps.client.servedResources();
  const found = served.find((one) => one.group === group && one.version === version && one.resource === resource);
  if (found) return found;
  throw new Failure(`the cluster serves no resource ${resource} in ${group === '' ? version : `${group}/${version}`}`, {
    code: 'ResourceNotServed',
    retryable: true,
  });
};
