/**
 * Keeps the Service of the API server and its slice, also when somebody deletes or changes them.
 */
import { isEqual } from '@argosy/base';
import type { Change } from '@argosy/client';
import { createController, watchMapped, type Controller, type Next } from '@argosy/controller';
import {
  ENDPOINT_SLICES,
  isApiError,
  keyOf,
  SERVICES,
  type KubeObject,
  type ObjectKey,
  type Service,
} from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import { API_SERVICE, decideApiService, decideApiSlice, isMisplaced, type ApiServerAddress } from './decide.ts';

/** Creates the loop. `at` is where this machine reaches the server. */
export const createApiServiceLoop = (deps: LoopDeps, at: ApiServerAddress): Controller => {
  const services = deps.informers.of({ resource: SERVICES });
  const slices = deps.informers.of({ resource: ENDPOINT_SLICES });
  const ensureSlice = async (): Promise<void> => {
    const current = slices.get(API_SERVICE);
    const wanted = decideApiSlice(current, at);
    if (!current) await deps.client.create(ENDPOINT_SLICES, wanted);
    else if (!isEqual(current, wanted)) await deps.client.update(ENDPOINT_SLICES, wanted);
  };
  const ensureService = async (): Promise<void> => {
    const known = services.get(API_SERVICE);
    const misplaced = isMisplaced(known, at);
    if (misplaced) await deps.client.delete(SERVICES, API_SERVICE);
    const current = misplaced ? undefined : known;
    const wanted = decideApiService(current, at);
    if (!current) await createService(deps, wanted);
    else if (!isEqual(current, wanted)) await deps.client.update(SERVICES, wanted);
  };
  const reconcile = async (): Promise<Next> => {
    await ensureService();
    await ensureSlice();
    return { kind: 'settled' };
  };
  const loop = createController(deps, {
    name: 'api-service',
    sources: [watchMapped(services, toApiService), watchMapped(slices, toApiService)],
    reconcile,
    concurrency: 1,
  });
  loop.enqueue(API_SERVICE);
  return loop;
};

const toApiService = ({ object }: Change<KubeObject>): readonly ObjectKey[] => {
  const { namespace, name } = keyOf(object);
  return namespace === API_SERVICE.namespace && name === API_SERVICE.name ? [API_SERVICE] : [];
};

/** Whoever has the usual address keeps it: then the server's Service gets another. */
const createService = async (deps: LoopDeps, service: Service): Promise<void> => {
  try {
    await deps.client.create(SERVICES, service);
  } catch (thrown) {
    if (!isApiError(thrown, 'Invalid')) throw thrown;
    const { clusterIP: _taken, ...spec } = service.spec ?? {};
    await deps.client.create(SERVICES, { ...service, spec });
  }
};
