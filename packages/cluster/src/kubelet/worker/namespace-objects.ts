/**
 * The objects of a pod's namespace that it names, as they are when they are asked for.
 */
import { CONFIG_MAPS, isApiError, keyOf, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, SECRETS } from '@argosy/kube';

import type { NamespaceObjects } from '../environment/resolve-environment.ts';
import type { PodScope } from './pod-scope.ts';

/** Reads them for one pod; what is not there is `undefined`. Services are the caller's to add. */
export const objectsOf = ({ deps, pod }: Pick<PodScope, 'deps' | 'pod'>): NamespaceObjects => {
  const { client } = deps;
  const { namespace = 'default' } = keyOf(pod);
  return {
    configMap: (name) => client.get(CONFIG_MAPS, { namespace, name }).catch(absentIfNotFound),
    secret: (name) => client.get(SECRETS, { namespace, name }).catch(absentIfNotFound),
    services: [],
    claimedVolume: async (claim) => {
      const found = await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name: claim }).catch(absentIfNotFound);
      const name = found?.status?.phase === 'Bound' ? found.spec?.volumeName : undefined;
      return name === undefined ? undefined : client.get(PERSISTENT_VOLUMES, { name }).catch(absentIfNotFound);
    },
  };
};

const absentIfNotFound = (thrown: unknown): undefined => {
  if (isApiError(thrown, 'NotFound')) return undefined;
  throw thrown;
};
