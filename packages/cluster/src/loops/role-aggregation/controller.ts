/**
 * Writes the rules of roles that collect others, such as `view`, whenever one of those changes.
 */
import { createController, watchMapped, type Controller, type Next } from '@argosy/controller';
import { keyOf, resourceType, type ObjectKey, type Role } from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideRules } from './decide.ts';

const CLUSTER_ROLES = resourceType<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
});

/** Creates the loop. */
export const createRoleAggregationLoop = (deps: LoopDeps): Controller => {
  const roles = deps.informers.of({ resource: CLUSTER_ROLES });
  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const role = roles.get(key);
    const rules = role && decideRules(role, roles.list());
    if (role && rules) await unlessGone(() => deps.client.update(CLUSTER_ROLES, { ...role, rules }));
    return { kind: 'settled' };
  };
  return createController(deps, {
    name: 'role-aggregation',
    // Few collect: whichever role changes, those that do look again.
    sources: [
      watchMapped(roles, () =>
        roles
          .list()
          .filter((role) => role.aggregationRule)
          .map(keyOf),
      ),
    ],
    reconcile,
  });
};
