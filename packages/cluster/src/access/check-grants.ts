/**
 * Nobody gives away more than they have: writing a role needs what it permits, writing a binding what its role permits.
 * @upstream kubernetes pkg/registry/rbac/escalation_check.go and {clusterrole,rolebinding}/policybased/storage.go
 */
import { isObject } from '@argosy/base';
import { ApiStatusError, MASTERS, uncoveredRules, type Caller, type PolicyRule, type RoleBinding } from '@argosy/kube';

import type { Access } from './access.ts';

/** A role or binding about to be written. */
export interface GrantWrite {
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly object: unknown;
}

const RBAC = 'rbac.authorization.k8s.io';

/** Whether writes of this resource give rights away. */
export const isGrant = (group: string, resource: string): boolean =>
  group === RBAC && ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].includes(resource);

/** Throws Forbidden naming what the caller lacks. Verbs `escalate` and `bind` permit it all the same. */
export const checkGrant = (access: Access, caller: Caller, write: GrantWrite): void => {
  if (caller.groups.includes(MASTERS) || !isObject(write.object)) return;
  const { resource, namespace, object } = write;
  const roles = access.roles();
  const isBinding = resource.endsWith('bindings');
  const reference = isObject(object['roleRef']) ? (object['roleRef'] as RoleBinding['roleRef']) : undefined;
  const may = (verb: string, what: string, name: unknown): boolean =>
    roles.allows(caller, {
      kind: 'resource',
      verb,
      group: RBAC,
      resource: what,
      ...(namespace ? { namespace } : {}),
      ...(typeof name === 'string' ? { name } : {}),
    }).allowed;
  const isPermitted =
    isBinding && reference
      ? may('bind', `${reference.kind.toLowerCase()}s`, reference.name)
      : may('escalate', resource, isObject(object['metadata']) ? object['metadata']['name'] : undefined);
  if (isPermitted) return;
  const wanted = isBinding && reference ? roles.rulesOf(reference, namespace) : rulesIn(object);
  const lacking = uncoveredRules(wanted, roles.rulesFor(caller, namespace));
  if (lacking.length === 0) return;
  const message = `user ${JSON.stringify(caller.username)} (groups=${JSON.stringify(caller.groups)}) is attempting to grant RBAC permissions not currently held:\n${lacking.map(describeRule).join('\n')}`;
  throw new ApiStatusError('Forbidden', `${resource}.${RBAC} is forbidden: ${message}`, {
    group: RBAC,
    kind: resource,
  });
};

/** Validation comes later: a part of the wrong shape grants nothing here and is refused there. */
const rulesIn = (object: Readonly<Record<string, unknown>>): readonly PolicyRule[] =>
  Array.isArray(object['rules'])
    ? (object['rules'] as readonly unknown[]).filter(
        (rule): rule is PolicyRule => isObject(rule) && Array.isArray(rule['verbs']),
      )
    : [];

const describeRule = ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string =>
  `{${[
    ...(apiGroups ? [`APIGroups:${JSON.stringify(apiGroups)}`] : []),
    ...(resources ? [`Resources:${JSON.stringify(resources)}`] : []),
    ...(resourceNames ? [`ResourceNames:${JSON.stringify(resourceNames)}`] : []),
    ...(nonResourceURLs ? [`NonResourceURLs:${JSON.stringify(nonResourceURLs)}`] : []),
    `Verbs:${JSON.stringify(verbs)}`,
  ].join(', ')}}`;
