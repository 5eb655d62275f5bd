/**
 * What each caller may do, from the roles and bindings there are. Built anew when one of them changes, asked for every
 * request. @upstream kubernetes pkg/registry/rbac/validation/rule.go
 */
import type { PolicyRule, Role, RoleBinding, RoleSubject } from '../core/policy-objects.ts';
import { matchesLabelSelector } from '../selectors/label-selector.ts';
import { MASTERS, parseServiceAccountName, type Caller, type RequestAttributes } from './request-attributes.ts';
import { ruleAllows } from './rule-matching.ts';

/** The objects that say who may do what. */
export interface AccessObjects {
  readonly roles: readonly Role[];
  readonly clusterRoles: readonly Role[];
  readonly roleBindings: readonly RoleBinding[];
  readonly clusterRoleBindings: readonly RoleBinding[];
}

/** Answers for callers. Pure. */
export interface RoleIndex {
  /** Whether a caller may do this, and by which binding. */
  allows(caller: Caller, request: RequestAttributes): { readonly allowed: boolean; readonly reason: string };
  /** The rules that hold for a caller in a namespace; without one, at the cluster scope. */
  rulesFor(caller: Caller, namespace: string | undefined): readonly PolicyRule[];
  /** The rules of a role as a binding in this namespace names it; `undefined` for one that is not there. */
  rulesOf(roleRef: RoleBinding['roleRef'], namespace: string | undefined): readonly PolicyRule[] | undefined;
}

interface Grant {
  readonly rules: readonly PolicyRule[];
  readonly namespace: string | undefined;
  readonly reason: string;
}

/** Rules that allow everything there is. */
export const ALL_RULES: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Builds the index. */
export const createRoleIndex = (objects: AccessObjects): RoleIndex => {
  const roles = new Map(objects.roles.map((role) => [`${role.metadata.namespace}/${role.metadata.name}`, role]));
  const clusterRoles = new Map(objects.clusterRoles.map((role) => [role.metadata.name ?? '', role]));
  const rulesOf: RoleIndex['rulesOf'] = ({ kind, name }, namespace) => {
    const role = kind === 'ClusterRole' ? clusterRoles.get(name) : roles.get(`${namespace}/${name}`);
    return role && rulesOfRole(role, objects.clusterRoles);
  };
  const grants = new Map<string, Grant[]>();
  for (const binding of [...objects.clusterRoleBindings, ...objects.roleBindings]) {
    const { namespace } = binding.metadata;
    const grant = { rules: rulesOf(binding.roleRef, namespace) ?? [], namespace, reason: reasonOf(binding) };
    for (const subject of binding.subjects ?? []) push(grants, subjectKey(subject, namespace), grant);
  }
  const grantsFor = (caller: Caller, namespace: string | undefined): readonly Grant[] =>
    callerKeys(caller)
      .flatMap((key) => grants.get(key) ?? [])
      .filter((grant) => grant.namespace === undefined || grant.namespace === namespace);
  return {
    rulesOf,
    rulesFor: (caller, namespace) =>
      caller.groups.includes(MASTERS) ? ALL_RULES : grantsFor(caller, namespace).flatMap(({ rules }) => rules),
    allows: (caller, request) => {
      if (caller.groups.includes(MASTERS)) return { allowed: true, reason: `the caller is in ${MASTERS}` };
      const namespace = request.kind === 'resource' ? request.namespace : undefined;
      const grant = grantsFor(caller, namespace).find(({ rules }) => rules.some((rule) => ruleAllows(rule, request)));
      return { allowed: grant !== undefined, reason: grant?.reason ?? '' };
    },
  };
};

/**
 * A role that collects others has their rules, as of now; those may collect again. Each is visited once: roles that collect
 * one another have no more than all of them together.
 */
const rulesOfRole = (
  role: Role,
  clusterRoles: readonly Role[],
  visited: Set<Role> = new Set([role]),
): readonly PolicyRule[] => {
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (!selectors) return role.rules ?? [];
  return clusterRoles.flatMap((other) => {
    if (visited.has(other) || !selectors.some((one) => matchesLabelSelector(one, other.metadata.labels))) return [];
    visited.add(other);
    return rulesOfRole(other, clusterRoles, visited);
  });
};

const subjectKey = (subject: RoleSubject, namespace: string | undefined): string =>
  subject.kind === 'ServiceAccount'
    ? `ServiceAccount ${subject.namespace ?? namespace ?? ''}/${subject.name}`
    : `${subject.kind} ${subject.name}`;

const callerKeys = (caller: Caller): readonly string[] => {
  const account = parseServiceAccountName(caller.username);
  return [
    `User ${caller.username}`,
    ...(account ? [`ServiceAccount ${account.namespace}/${account.name}`] : []),
    ...caller.groups.map((group) => `Group ${group}`),
  ];
};

const reasonOf = ({ metadata, roleRef }: RoleBinding): string => {
  const binding = metadata.namespace
    ? `RoleBinding "${metadata.name}/${metadata.namespace}"`
    : `ClusterRoleBinding "${metadata.name}"`;
  return `RBAC: allowed by ${binding} of ${roleRef.kind} "${roleRef.name}"`;
};

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
};
