/** Messages of rbac/v1; written by packages/kube/generate/message-tables.mjs. */
export const RBAC_V1 = `
AggregationRule
  1 clusterRoleSelectors [meta.LabelSelector] atomic
ClusterRole
  1 metadata meta.ObjectMeta
  2 rules [PolicyRule] ! atomic
  3 aggregationRule AggregationRule ?
ClusterRoleBinding
  1 metadata meta.ObjectMeta
  2 subjects [Subject] atomic
  3 roleRef RoleRef ! required
PolicyRule
  1 verbs [string] ! required atomic
  2 apiGroups [string] atomic
  3 resources [string] atomic
  4 resourceNames [string] atomic
  5 nonResourceURLs [string] atomic
Role
  1 metadata meta.ObjectMeta
  2 rules [PolicyRule] ! atomic
RoleBinding
  1 metadata meta.ObjectMeta
  2 subjects [Subject] atomic
  3 roleRef RoleRef ! required
RoleRef
  atomic
  1 apiGroup string ! required
  2 kind string ! required
  3 name string ! required
Subject
  atomic
  1 kind string ! required
  2 apiGroup string
  3 name string ! required
  4 namespace string
`;
