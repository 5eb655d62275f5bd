/**
 * Nobody gives away more than they have: writing a role needs what it permits, writing a binding what its role permits.
 * @upstream kubernetes pkg/registry/rbac/escalation_check.go and {clusterrole,rolebinding}/policybased/storage.go
 */
import { isObject } from '@argosy/base';
import {
  ALL_RULES,
  ApiStatusError,
  MASTERS,
  notFound,
  uncoveredRules,
  type Caller,
  type KubeObject,
  type PolicyRule,
  type Role,
  type RoleBinding,
  type RoleIndex,
} from '@argosy/kube';

import type { Access } from './access.ts';

/** A role or binding about to be written. */
export interface GrantWrite {
  readonly resource: string;
  /** As it is to be stored; not validated yet. */
  readonly object: KubeObject;
  /** What it was. */
  readonly before?: KubeObject;
}

const RBAC = 'rbac.authorization.k8s.io';

/** Whether writes of this resource give rights away. */
export const isGrant = (group: string, resource: string): boolean =>
  group === RBAC && ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].includes(resource);

/**
 * Throws Forbidden naming what the caller lacks, and NotFound for a binding of a role that is not there: whoever makes it
 * later would not know to whom it gives. Verbs `escalate` and `bind` permit it all the same.
 */
export const checkGrant = (access: Access, caller: Caller, write: GrantWrite): void => {
  if (caller.groups.includes(MASTERS)) return;
  const { resource, object } = write;
  const { name: own, namespace } = object.metadata;
  const roles = access.roles();
  const reference = resource.endsWith('bindings') ? referenceIn(object) : undefined;
  const may = (verb: string, what: string, name: string | undefined): boolean =>
    roles.allows(caller, {
      kind: 'resource',
      verb,
      group: RBAC,
      resource: what,
      ...(namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
    }).allowed;
  const isPermitted = reference
    ? may('bind', `${reference.kind.toLowerCase()}s`, reference.name)
    : may('escalate', resource, own);
  if (isPermitted) return;
  const wanted = reference ? rulesBehind(roles, reference, namespace) : rulesIn(object, write.before);
  const lacking = uncoveredRules(wanted, roles.rulesFor(caller, namespace));
  if (lacking.length === 0) return;
  const message = `user ${JSON.stringify(caller.username)} (groups=${JSON.stringify(caller.groups)}) is attempting to grant RBAC permissions not currently held:\n${lacking.map(describeRule).join('\n')}`;
  throw new ApiStatusError('Forbidden', `${resource}.${RBAC} is forbidden: ${message}`, {
    group: RBAC,
    kind: resource,
  });
};

type Reference = RoleBinding['roleRef'];

/** Validation refuses what is no reference. */
const referenceIn = (object: KubeObject): Reference | undefined => {
  const { roleRef } = object as Partial<RoleBinding>;
  return isObject(roleRef) && typeof roleRef['kind'] === 'string' && typeof roleRef['name'] === 'string'
    ? (roleRef as unknown as Reference)
    : undefined;
};

const rulesBehind = (roles: RoleIndex, reference: Reference, namespace: string | undefined): readonly PolicyRule[] => {
  const rules = roles.rulesOf(reference, namespace);
  if (rules) return rules;
  throw notFound({ group: RBAC, resource: `${reference.kind.toLowerCase()}s` }, reference.name);
};

/**
 * What a role gives: any rule when it collects others, since it may come to have it. What is no list of rules gives
 * nothing here and is refused by validation.
 */
const rulesIn = (object: KubeObject, before: KubeObject | undefined): readonly PolicyRule[] => {
  const { rules, aggregationRule } = object as Partial<Role>;
  if (aggregationRule || (before as Partial<Role> | undefined)?.aggregationRule) return ALL_RULES;
  return Array.isArray(rules)
    ? (rules as readonly unknown[]).filter((rule): rule is PolicyRule => isObject(rule) && Array.isArray(rule['verbs']))
    : [];
};

const describeRule = ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string =>
  `{${[
    ...(apiGroups ? [`APIGroups:${JSON.stringify(apiGroups)}`] : []),
    ...(resources ? [`Resources:${JSON.stringify(resources)}`] : []),
    ...(resourceNames ? [`ResourceNames:${JSON.stringify(resourceNames)}`] : []),
    ...(nonResourceURLs ? [`NonResourceURLs:${JSON.stringify(nonResourceURLs)}`] : []),
    `Verbs:${JSON.stringify(verbs)}`,
  ].join(', ')}}`;
