/**
 * The EventSource loop: starts and stops sources as their objects say. Wiring only.
 */
import { assertNever, type Clock, type Logger, type Random } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import { createController, watchMapped, watchObjects, writeStatus, type Controller } from '@argosy/controller';
import { keyOf, type ObjectKey } from '@argosy/kube';

import { EVENT_BUSES, EVENT_SOURCES } from '../api/kinds.ts';
import { resolveBus } from '../event-bus/resolve-bus.ts';
import { concludeEventSource, decideEventSource, type EventSourceAction } from './decide.ts';
import type { SourceRuntime } from './source-runtime.ts';

/** Ports of the loop. */
export interface EventSourceLoopDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly runtime: SourceRuntime;
}

/** Creates the loop. */
export const createEventSourceLoop = (
  deps: EventSourceLoopDeps,
  options: { readonly embeddedBus: boolean },
): Controller => {
  const { client, clock, runtime } = deps;
  const sources = deps.informers.of({ resource: EVENT_SOURCES });
  const buses = deps.informers.of({ resource: EVENT_BUSES });
  const act = (key: ObjectKey, action: EventSourceAction): Promise<void> => {
    switch (action.kind) {
      case 'start':
        return runtime.start(key, action.source);
      case 'stop':
        return runtime.stop(key, action.eventName);
      default:
        return assertNever(action);
    }
  };
  return createController(deps, {
    name: 'event-source',
    sources: [
      watchObjects(sources),
      watchMapped(buses, ({ object }) => sources.list(object.metadata.namespace ?? '').map(keyOf)),
    ],
    reconcile: async (key) => {
      const object = sources.get(key);
      if (!object || object.metadata.deletionTimestamp) {
        for (const { eventName } of runtime.statesOf(key)) await runtime.stop(key, eventName);
        return { kind: 'settled' };
      }
      const bus = resolveBus(buses, { namespace: key.namespace ?? '', name: object.spec?.eventBusName }, options);
      const decision = decideEventSource({ object, bus, running: runtime.statesOf(key), now: clock.now() });
      for (const action of decision.actions) await act(key, action);
      const { status, next } = concludeEventSource(object, decision, runtime.statesOf(key), clock.now());
      await writeStatus(client, EVENT_SOURCES, object, status, 'subresource');
      return next;
    },
  });
};
