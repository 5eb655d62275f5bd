/**
 * Every kind of Argo Events this version serves, and the client's names for them.
 */
import { resourceOf, type KindDefinition } from '@argosy/kube';

import { EVENT_BUS } from './event-bus.ts';
import { EVENT_SOURCE } from './event-source.ts';
import { SENSOR } from './sensor.ts';

/** For the API server to serve and the installer to install. */
export const EVENT_KINDS: readonly KindDefinition[] = [
  EVENT_SOURCE as unknown as KindDefinition,
  EVENT_BUS as unknown as KindDefinition,
  SENSOR as unknown as KindDefinition,
];

export const EVENT_SOURCES = resourceOf(EVENT_SOURCE);
export const EVENT_BUSES = resourceOf(EVENT_BUS);
export const SENSORS = resourceOf(SENSOR);
