/**
 * Who may do what, asked of the store as it is now.
 */
import { createRoleIndex, nodeNameOf, nodeVerdict, type Role, type RoleBinding, type RoleIndex } from '@argosy/kube';

import type { Store } from '../store/store.ts';
import { createNodeRelations } from './node-relations.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

/** What the server needs to let callers in and to judge what they ask. */
export interface Access {
  /** Always as new as the store. */
  roles(): RoleIndex;
  readonly tokens: ServiceAccountTokens;
}

const RBAC = 'rbac.authorization.k8s.io';

/** Gives the index of the store's roles; built anew when one of them has changed. */
export const createRoleLookup = (store: Store): (() => RoleIndex) => {
  const resources = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map((name) => `${RBAC}/${name}`);
  let seen: readonly unknown[] = [];
  let index: RoleIndex | undefined;
  return () => {
    // The store returns the same list until something of it changes, so this costs four comparisons per request.
    const lists = resources.map((resource) => store.list(resource).items);
    if (index && lists.every((list, at) => list === seen[at])) return index;
    seen = lists;
    const [roles = [], clusterRoles = [], roleBindings = [], clusterRoleBindings = []] = lists;
    // The server has checked what it stores; the compiler cannot.
    index = withNodes(store, {
      roles: roles as readonly Role[],
      clusterRoles: clusterRoles as readonly Role[],
      roleBindings: roleBindings as readonly RoleBinding[],
      clusterRoleBindings: clusterRoleBindings as readonly RoleBinding[],
    });
    return index;
  };
};

/** Nodes have their rights by what runs on them; roles may give them more. */
const withNodes = (store: Store, objects: Parameters<typeof createRoleIndex>[0]): RoleIndex => {
  const index = createRoleIndex(objects);
  const related = createNodeRelations(store);
  return {
    ...index,
    allows: (caller, request) => {
      const node = nodeNameOf(caller);
      if (node === undefined) return index.allows(caller, request);
      const verdict = nodeVerdict(node, request, related);
      if (verdict.allowed) return { allowed: true, reason: '' };
      const answer = index.allows(caller, request);
      return answer.allowed ? answer : { allowed: false, reason: verdict.reason };
    },
  };
};
