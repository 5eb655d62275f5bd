export {
  forbiddenMessage,
  MASTERS,
  parseServiceAccountName,
  serviceAccountCaller,
  type Caller,
  type RequestAttributes,
} from './request-attributes.ts';
export { nodeNameOf } from './node-identity.ts';
export { nodeVerdict, type IsRelated, type NodeVerdict } from './node-rights.ts';
export { nodeWriteProblem, type NodeWrite } from './node-restriction.ts';
export { podReferences, type PodReferences } from './pod-references.ts';
export { ruleAllows, uncoveredRules } from './rule-matching.ts';
export { ALL_RULES, createRoleIndex, type AccessObjects, type RoleIndex } from './role-index.ts';
export {
  DEFAULT_CLUSTER_ROLE_BINDINGS,
  DEFAULT_CLUSTER_ROLES,
  DEFAULT_ROLE_BINDINGS,
  DEFAULT_ROLES,
} from './default-roles.ts';
