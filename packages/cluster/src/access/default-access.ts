/**
 * Makes the roles and bindings every cluster has; what is there already is left as its administrator wants it.
 */
import {
  DEFAULT_CLUSTER_ROLE_BINDINGS,
  DEFAULT_CLUSTER_ROLES,
  DEFAULT_ROLE_BINDINGS,
  DEFAULT_ROLES,
  isApiError,
  keyOf,
  type KubeObject,
} from '@argosy/kube';

import { kindOf, type ApiContext } from '../api/api-context.ts';
import { createObject } from '../api/writes/create-object.ts';

/** Makes what is missing. */
export const ensureDefaultAccess = async (context: ApiContext): Promise<void> => {
  const ensure = async (resource: string, object: KubeObject): Promise<void> => {
    const kind = kindOf(context, { group: 'rbac.authorization.k8s.io', version: 'v1', resource });
    if (context.store.get(kind.storage, keyOf(object))) return;
    const { namespace } = object.metadata;
    await createObject(context, kind, { object, ...(namespace ? { namespace } : {}) }).catch((thrown: unknown) => {
      if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    });
  };
  await Promise.all([
    ...DEFAULT_CLUSTER_ROLES.map((role) => ensure('clusterroles', role)),
    ...DEFAULT_CLUSTER_ROLE_BINDINGS.map((binding) => ensure('clusterrolebindings', binding)),
    ...DEFAULT_ROLES.map((role) => ensure('roles', role)),
    ...DEFAULT_ROLE_BINDINGS.map((binding) => ensure('rolebindings', binding)),
  ]);
};
