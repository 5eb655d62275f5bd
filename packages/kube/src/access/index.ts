export {
  forbiddenMessage,
  MASTERS,
  parseServiceAccountName,
  serviceAccountCaller,
  type Caller,
  type RequestAttributes,
} from './request-attributes.ts';
export { ruleAllows, uncoveredRules } from './rule-matching.ts';
export { createRoleIndex, type AccessObjects, type RoleIndex } from './role-index.ts';
export {
  DEFAULT_CLUSTER_ROLE_BINDINGS,
  DEFAULT_CLUSTER_ROLES,
  DEFAULT_ROLE_BINDINGS,
  DEFAULT_ROLES,
} from './default-roles.ts';
