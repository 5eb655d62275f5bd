/**
 * The sensors that run in this process. The loop runs and stops them; their memory lies on the bus.
 */
import { delay, messageOf, type Logger } from '@argosy/base';
import { formatKey, type ObjectKey } from '@argosy/kube';

import type { Sensor } from '../api/sensor.ts';
import type { EventBus, EventBuses } from '../bus/event-bus.ts';
import type { RunningSensor } from './decide.ts';
import { runTrigger, type TriggerWorkerDeps } from './run-trigger.ts';
import type { SensorPlan, TriggerPlan } from './sensor-plan.ts';

/** Ports of the runtime. */
export interface SensorRuntimeDeps extends TriggerWorkerDeps {
  readonly buses: EventBuses;
  readonly log: Logger;
}

/** Runs and stops sensors. */
export interface SensorRuntime {
  /** What runs under a key. */
  runningOf(key: ObjectKey): RunningSensor | undefined;
  /** Runs a sensor in place of what runs under its key, and forgets consumers of triggers it no longer has. */
  run(key: ObjectKey, sensor: Sensor, of: { readonly plan: SensorPlan; readonly busName: string }): Promise<void>;
  /** Stops a sensor; what it has not finished it goes on with when it runs again. */
  stop(key: ObjectKey): Promise<void>;
  /** Stops a sensor that is gone, and forgets everything it kept. */
  remove(key: ObjectKey): Promise<void>;
  /** Forgets what sensors kept that do not exist any more. */
  removeOthers(exists: (key: ObjectKey) => boolean): Promise<void>;
  /** Stops everything. */
  close(): Promise<void>;
}

/** Wait before a trigger whose memory could not be kept begins again. */
const RESTART_MS = 5000;

interface Entry {
  readonly running: RunningSensor;
  readonly stopping: AbortController;
  readonly done: Promise<unknown>;
}

/** Creates a runtime in which nothing runs. */
export const createSensorRuntime = (deps: SensorRuntimeDeps): SensorRuntime => {
  const entries = new Map<string, Entry>();
  const stop = async (key: ObjectKey): Promise<void> => {
    const entry = entries.get(formatKey(key));
    entries.delete(formatKey(key));
    entry?.stopping.abort();
    await entry?.done;
  };
  return {
    runningOf: (key) => entries.get(formatKey(key))?.running,
    run: async (key, sensor, { plan, busName }) => {
      await stop(key);
      const kept = new Set(plan.triggers.map((trigger) => consumerOf(sensor, trigger)));
      await removeConsumers(
        deps,
        (bus, consumer) => isOf(key, bus, consumer) && (bus.name !== busName || !kept.has(consumer)),
      );
      entries.set(
        formatKey(key),
        await begin(deps, sensor, { plan, bus: deps.buses.of(key.namespace ?? '', busName) }),
      );
    },
    stop,
    remove: async (key) => {
      await stop(key);
      await removeConsumers(deps, (bus, consumer) => isOf(key, bus, consumer));
    },
    removeOthers: (exists) =>
      removeConsumers(
        deps,
        (bus, consumer) => !exists({ namespace: bus.namespace, name: consumer.slice(0, consumer.indexOf('/')) }),
      ),
    close: async () => {
      const all = [...entries.values()];
      entries.clear();
      for (const { stopping } of all) stopping.abort();
      await Promise.all(all.map(({ done }) => done));
    },
  };
};

/** Runs the triggers of a sensor; each is subscribed when this resolves. */
const begin = async (
  deps: SensorRuntimeDeps,
  sensor: Sensor,
  { plan, bus }: { readonly plan: SensorPlan; readonly bus: EventBus },
): Promise<Entry> => {
  const stopping = new AbortController();
  const workers = await Promise.all(
    plan.triggers.map((trigger) => work(deps, bus, { sensor, plan: trigger, signal: stopping.signal })),
  );
  return {
    running: { uid: sensor.metadata.uid, spec: sensor.spec, busName: bus.name },
    stopping,
    done: Promise.all(workers.map(({ done }) => done)),
  };
};

const removeConsumers = async (
  { buses }: SensorRuntimeDeps,
  concerns: (bus: EventBus, consumer: string) => boolean,
): Promise<void> => {
  for (const bus of buses.all())
    for (const consumer of bus.consumers()) if (concerns(bus, consumer)) await bus.removeConsumer(consumer);
};

const isOf = (key: ObjectKey, bus: EventBus, consumer: string): boolean =>
  bus.namespace === key.namespace && consumer.startsWith(`${key.name}/`);

/** A sensor that is deleted and made anew under the same name begins anew. */
const consumerOf = (sensor: Sensor, trigger: TriggerPlan): string =>
  `${sensor.metadata.name ?? ''}/${sensor.metadata.uid ?? ''}/${trigger.name}`;

const work = async (
  deps: SensorRuntimeDeps,
  bus: EventBus,
  of: { readonly sensor: Sensor; readonly plan: TriggerPlan; readonly signal: AbortSignal },
): Promise<{ readonly done: Promise<void> }> => {
  const subjects = of.plan.dependencies.map(({ eventSourceName, eventName }) => ({
    source: eventSourceName,
    event: eventName,
  }));
  const subscribe = () => bus.subscribe(consumerOf(of.sensor, of.plan), subjects);
  // Before the sensor is said to run: what is published from now on concerns it.
  let subscription = await subscribe();
  const keepRunning = async (): Promise<void> => {
    while (!of.signal.aborted) {
      try {
        return await runTrigger(deps, { ...of, subscription }, of.signal);
      } catch (thrown) {
        deps.log.error('a trigger stopped working; it begins again', {
          sensor: of.sensor.metadata.name,
          trigger: of.plan.name,
          error: messageOf(thrown),
          stack: thrown instanceof Error ? thrown.stack : undefined,
        });
        await delay(deps.clock, RESTART_MS, of.signal);
        subscription = await subscribe();
      }
    }
  };
  return { done: keepRunning() };
};
