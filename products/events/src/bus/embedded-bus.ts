/**
 * The embedded buses of a process: one log, a bus per EventBus object. @spec EV-BUS-06, EV-BUS-07, EV-BUS-08
 */
import type { Clock } from '@argosy/base';

import type { BusStorage } from './bus-storage.ts';
import type { EventBus, EventBuses } from './event-bus.ts';
import { EventLog, type BusLimits } from './event-log.ts';

/** Upstream's defaults. @spec EV-NUM-01 */
const DEFAULT_LIMITS: BusLimits = {
  maxEntries: 50_000,
  maxAgeMs: 168 * 3_600_000,
  duplicateWindowMs: 300_000,
};

/** Opens the buses of a process over a storage. */
export const createEventBuses = (
  deps: { readonly clock: Clock; readonly storage: BusStorage },
  limits: BusLimits = DEFAULT_LIMITS,
): EventBuses => {
  const log = new EventLog(deps.storage, deps.clock, limits);
  const buses = new Map<string, EventBus>();
  const busOf = (key: string): EventBus => {
    const known = buses.get(key) ?? createBus(log, key);
    buses.set(key, known);
    return known;
  };
  return {
    of: (namespace, name) => busOf(`${namespace}/${name}`),
    all: () => log.buses().map(busOf),
    close: () => log.close(),
  };
};

const createBus = (log: EventLog, bus: string): EventBus => ({
  namespace: bus.slice(0, bus.indexOf('/')),
  name: bus.slice(bus.indexOf('/') + 1),
  publish: (event) => log.publish(bus, event),
  subscribe: (name, subjects) => log.subscribe(bus, name, subjects),
  consumers: () => log.consumersOf(bus),
  removeConsumer: (name) => log.removeConsumer(bus, name),
});
