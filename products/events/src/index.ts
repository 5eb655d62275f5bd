export { EVENT_BUSES, EVENT_KINDS, EVENT_SOURCES, SENSORS } from './api/kinds.ts';
export type { EventBusObject } from './api/event-bus.ts';
export type { EventSource } from './api/event-source.ts';
export type { EventDependency, EventFilters, Sensor } from './api/sensor.ts';
export type { Trigger, TriggerParameter } from './api/trigger-schema.ts';
