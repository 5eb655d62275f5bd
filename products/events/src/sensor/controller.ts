/**
 * The Sensor loop: runs and stops sensors as their objects say. Wiring only.
 */
import { assertNever, messageOf } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import { createController, watchMapped, watchObjects, writeStatus, type Controller } from '@argosy/controller';
import { keyOf, type ObjectKey } from '@argosy/kube';

import { EVENT_BUSES, SENSORS } from '../api/kinds.ts';
import type { Sensor } from '../api/sensor.ts';
import { resolveBus } from '../event-bus/resolve-bus.ts';
import { decideSensor, type SensorAction } from './decide.ts';
import type { SensorRuntime, SensorRuntimeDeps } from './sensor-runtime.ts';

/** Ports of the loop. */
export interface SensorLoopDeps extends Pick<SensorRuntimeDeps, 'clock' | 'random' | 'log'> {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly runtime: SensorRuntime;
}

/** Creates the loop. */
export const createSensorLoop = (deps: SensorLoopDeps, options: { readonly embeddedBus: boolean }): Controller => {
  const { client, clock, runtime } = deps;
  const sensors = deps.informers.of({ resource: SENSORS });
  const buses = deps.informers.of({ resource: EVENT_BUSES });
  const act = (key: ObjectKey, object: Sensor, action: SensorAction): Promise<void> => {
    switch (action.kind) {
      case 'run':
        return runtime.run(key, object, action);
      case 'stop':
        return runtime.stop(key);
      default:
        return assertNever(action);
    }
  };
  const exists = (key: ObjectKey): boolean => sensors.get(key) !== undefined;
  // Sensors deleted while nobody watched: forgotten once the cache is complete, before anything is decided.
  const swept = sensors.synced
    .then(() => runtime.removeOthers(exists))
    .catch((thrown: unknown) => deps.log.warn('old consumers stay for now', { error: messageOf(thrown) }));
  return createController(deps, {
    name: 'sensor',
    sources: [
      watchObjects(sensors),
      watchMapped(buses, ({ object }) => sensors.list(object.metadata.namespace ?? '').map(keyOf)),
    ],
    reconcile: async (key) => {
      await swept;
      const object = sensors.get(key);
      if (!object || object.metadata.deletionTimestamp) {
        await runtime.remove(key);
        return { kind: 'settled' };
      }
      const bus = resolveBus(buses, { namespace: key.namespace ?? '', name: object.spec?.eventBusName }, options);
      const decision = decideSensor({ object, bus, running: runtime.runningOf(key), now: clock.now() });
      for (const action of decision.actions) await act(key, object, action);
      await writeStatus(client, SENSORS, object, decision.status, 'subresource');
      return { kind: 'settled' };
    },
  });
};
