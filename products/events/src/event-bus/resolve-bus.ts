/**
 * Which bus carries the events of a source or sensor, and whether it may be used. @spec EV-CTL-13
 */
import type { Lister } from '@argosy/client';

import type { EventBusObject } from '../api/event-bus.ts';
import { judgeEventBus } from './decide.ts';

/** What stands behind a name. */
export type BusState =
  /** `isImplicit`: no object of that name exists, the embedded platform provides it. */
  | { readonly kind: 'ready'; readonly name: string; readonly isImplicit: boolean }
  | { readonly kind: 'missing' | 'notReady'; readonly name: string };

/** The name used when a spec names none. */
const DEFAULT_BUS = 'default';

/** Looks a bus up. With `embeddedBus`, `default` exists in every namespace without an object. */
export const resolveBus = (
  buses: Lister<EventBusObject>,
  of: { readonly namespace: string; readonly name: string | undefined },
  options: { readonly embeddedBus: boolean },
): BusState => {
  const name = of.name === undefined || of.name === '' ? DEFAULT_BUS : of.name;
  const object = buses.get({ namespace: of.namespace, name });
  if (object) {
    const isReady = judgeEventBus(object).kind === 'carried';
    return isReady ? { kind: 'ready', name, isImplicit: false } : { kind: 'notReady', name };
  }
  return options.embeddedBus && name === DEFAULT_BUS
    ? { kind: 'ready', name, isImplicit: true }
    : { kind: 'missing', name };
};
