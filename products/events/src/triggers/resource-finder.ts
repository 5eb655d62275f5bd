/**
 * Resources by kind, from what the cluster serves. Asked again when a kind is not known: definitions come and go.
 */
import type { Client, ServedResource } from '@argosy/client';
import { toApiVersion } from '@argosy/kube';

import type { ResourceFinder } from './trigger-context.ts';

/** Creates a finder that knows nothing yet. */
export const createResourceFinder = (client: Client): ResourceFinder => {
  let known = new Map<string, ServedResource>();
  const place = (apiVersion: string, kind: string): string => `${apiVersion} ${kind}`;
  return {
    find: async (apiVersion, kind) => {
      const found = known.get(place(apiVersion, kind));
      if (found) return found;
      const served = await client.servedResources();
      known = new Map(served.map((one) => [place(toApiVersion(one), one.kind), one]));
      return known.get(place(apiVersion, kind));
    },
  };
};
