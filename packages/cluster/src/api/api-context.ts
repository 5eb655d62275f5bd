/**
 * What every verb works with.
 */
import type { Clock, Logger, Random } from '@argosy/base';
import { ApiStatusError, MASTERS, type Caller, type MessageTable, type ObjectKey } from '@argosy/kube';

import type { WritePermissions } from '../access/write-permissions.ts';
import type { KindRegistry } from '../kinds/kind-registry.ts';
import type { ServedKind } from '../kinds/served-kind.ts';
import type { Store } from '../store/store.ts';
import type { Quotas } from './admission/quotas.ts';
import type { Components } from './components.ts';
import type { Conversions } from './conversion/conversions.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import type { ServiceAddresses } from './service-addresses.ts';

/** Ports of the API server. */
export interface ApiServerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Ports and the kinds served. */
export interface ApiContext extends ApiServerDeps {
  readonly registry: KindRegistry;
  readonly addresses: ServiceAddresses;
  readonly components: Components;
  readonly quotas: Quotas;
  readonly webhooks: Webhooks;
  readonly conversions: Conversions;
  /** The types of built-in kinds. */
  readonly messages: MessageTable;
  /** On whose behalf the verbs work; absent for programs of this process. */
  readonly caller?: Caller;
  /** The program of this process that writes, as owners of fields are called; absent for clients of the API. */
  readonly program?: string;
  /** What their rights say of each write. */
  readonly permissions?: WritePermissions;
}

/** Programs of this process. */
export const OURSELVES: Caller = { username: 'system:apiserver', groups: [MASTERS] };

/** Finds a kind; throws NotFound in the words `kubectl` knows. */
export const kindOf = (
  context: ApiContext,
  resource: { readonly group: string; readonly version: string; readonly resource: string },
): ServedKind => {
  const kind = context.registry.find(resource);
  if (!kind) throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  return kind;
};

/** How errors name a kind's resource. */
export const resourceName = (kind: ServedKind): { readonly group: string; readonly resource: string } => ({
  group: kind.group,
  resource: kind.plural,
});

/** Checks that a key fits the scope of a kind; throws BadRequest. */
export const checkScope = (kind: ServedKind, key: ObjectKey): ObjectKey => {
  if (!kind.namespaced) return { name: key.name };
  if (!key.namespace) throw new ApiStatusError('BadRequest', 'an empty namespace may not be set during creation');
  return key;
};
