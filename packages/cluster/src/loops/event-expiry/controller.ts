/**
 * Takes events away that are over.
 */
import { createController, watchObjects, type Controller, type Next } from '@argosy/controller';
import { CORE_EVENTS, isApiError, type ObjectKey } from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import { eventTimeLeft } from './decide.ts';

/** Creates the loop. */
export const createEventExpiryLoop = (deps: LoopDeps): Controller => {
  const events = deps.informers.of({ resource: CORE_EVENTS });
  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const event = events.get(key);
    if (!event) return { kind: 'settled' };
    const afterMs = eventTimeLeft(event, deps.clock.now());
    if (afterMs > 0) return { kind: 'recheck', afterMs };
    const { uid, resourceVersion } = event.metadata;
    try {
      await deps.client.delete(CORE_EVENTS, key, { preconditions: { uid, resourceVersion } });
    } catch (thrown) {
      // It is gone, or was told again meanwhile: that wakes us.
      if (!isApiError(thrown, 'NotFound', 'Conflict')) throw thrown;
    }
    return { kind: 'settled' };
  };
  return createController(deps, { name: 'event-expiry', sources: [watchObjects(events)], reconcile });
};
