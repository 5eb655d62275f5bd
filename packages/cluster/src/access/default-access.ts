/**
 * Makes the roles and bindings every cluster has; what is there already is left as its administrator wants it.
 */
import { DEFAULT_CLUSTER_ROLE_BINDINGS, DEFAULT_CLUSTER_ROLES, isApiError, type KubeObject } from '@argosy/kube';

import { kindOf, type ApiContext } from '../api/api-context.ts';
import { createObject } from '../api/write-objects.ts';

/** Makes what is missing. */
export const ensureDefaultAccess = async (context: ApiContext): Promise<void> => {
  const ensure = async (resource: string, object: KubeObject): Promise<void> => {
    const kind = kindOf(context, { group: 'rbac.authorization.k8s.io', version: 'v1', resource });
    if (context.store.get(kind.storage, { name: object.metadata.name ?? '' })) return;
    await createObject(context, kind, { object }).catch((thrown: unknown) => {
      if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    });
  };
  await Promise.all([
    ...DEFAULT_CLUSTER_ROLES.map((role) => ensure('clusterroles', role)),
    ...DEFAULT_CLUSTER_ROLE_BINDINGS.map((binding) => ensure('clusterrolebindings', binding)),
  ]);
};
