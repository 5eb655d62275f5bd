/**
 * The EventBus loop: says in the status what carries the events. Wiring only.
 */
import type { Clock, Logger, Random } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import { createController, watchObjects, writeStatus, type Controller } from '@argosy/controller';

import { EVENT_BUSES } from '../api/kinds.ts';
import { decideEventBus } from './decide.ts';

/** Creates the loop. */
export const createEventBusLoop = (deps: {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}): Controller => {
  const buses = deps.informers.of({ resource: EVENT_BUSES });
  return createController(deps, {
    name: 'event-bus',
    sources: [watchObjects(buses)],
    reconcile: async (key) => {
      const bus = buses.get(key);
      if (bus && !bus.metadata.deletionTimestamp)
        await writeStatus(deps.client, EVENT_BUSES, bus, decideEventBus(bus, deps.clock.now()), 'subresource');
      return { kind: 'settled' };
    },
  });
};
