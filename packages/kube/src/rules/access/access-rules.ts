/** Rules of roles and of who has them. @upstream k8s.io/kubernetes/pkg/apis/rbac/validation */
import { isEqual } from '@argosy/base';

import { validateDns1123Subdomain, validatePathSegmentName } from '../../names/dns-names.ts';
import { invalidField, requiredField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { goStruct } from '../../messages/go-syntax.ts';
import { invalidAs, problemsOf } from '../findings.ts';
import { validateSelector } from '../workloads/selector-rules.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Roles: verbs, and either resources of groups or URLs. */
export const validateRole = (role: Draft): readonly FieldError[] => [
  ...itemsAt(role, 'rules').flatMap(([index, rule]) => validateRule(rule, `rules[${index}]`, role['kind'] === 'Role')),
  ...(role['aggregationRule'] === undefined ? [] : validateAggregation(objectAt(role, 'aggregationRule'))),
];

/** Bindings: a role that stays, and subjects that can be. */
export const validateBinding = (binding: Draft, previous?: Draft): readonly FieldError[] => {
  const roleRef = objectAt(binding, 'roleRef');
  const isNamespaced = binding['kind'] !== 'ClusterRoleBinding';
  return [
    ...validateRoleRef(roleRef, isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']),
    ...itemsAt(binding, 'subjects').flatMap(([index, subject]) =>
      validateSubject(subject, `subjects[${index}]`, isNamespaced),
    ),
    ...(previous && !isEqual(roleRef, objectAt(previous, 'roleRef'))
      ? [invalidAs('roleRef', goStruct('rbac/v1.RoleRef', roleRef, 'rbac'), 'cannot change roleRef')]
      : []),
  ];
};

const validateRule = (rule: Draft, path: string, isNamespaced: boolean): readonly FieldError[] => {
  const verbs =
    countOf(rule, 'verbs') === 0 ? [requiredField(`${path}.verbs`, 'verbs must contain at least one value')] : [];
  const urls = `${path}.nonResourceURLs`;
  if (countOf(rule, 'nonResourceURLs') > 0) {
    const hasResources = ['apiGroups', 'resources', 'resourceNames'].some((name) => countOf(rule, name) > 0);
    const invalid = (detail: string): FieldError => invalidField(urls, rule['nonResourceURLs'], detail);
    return [
      ...verbs,
      ...(isNamespaced ? [invalid('namespaced rules cannot apply to non-resource URLs')] : []),
      ...(hasResources ? [invalid('rules cannot apply to both regular resources and non-resource URLs')] : []),
    ];
  }
  return [
    ...verbs,
    ...(countOf(rule, 'apiGroups') === 0
      ? [requiredField(`${path}.apiGroups`, 'resource rules must supply at least one api group')]
      : []),
    ...(countOf(rule, 'resources') === 0
      ? [requiredField(`${path}.resources`, 'resource rules must supply at least one resource')]
      : []),
  ];
};

const validateAggregation = (aggregation: Draft): readonly FieldError[] => {
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = itemsAt(aggregation, 'clusterRoleSelectors');
  return selectors.length === 0
    ? [requiredField(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
    : selectors.flatMap(([index, selector]) => {
        const found = validateSelector(selector, `${path}[${index}]`);
        return found.length === 0
          ? []
          : [...found, invalidField(`${path}[${index}]`, 'null', 'invalid label selector.')];
      });
};

const validateRoleRef = (roleRef: Draft, kinds: readonly string[]): readonly FieldError[] => {
  const group = textAt(roleRef, 'apiGroup');
  const kind = textAt(roleRef, 'kind');
  const name = textAt(roleRef, 'name');
  return [
    ...(group === GROUP ? [] : [unsupportedValue('roleRef.apiGroup', group, [GROUP])]),
    ...(kinds.includes(kind) ? [] : [unsupportedValue('roleRef.kind', kind, kinds)]),
    ...(name === ''
      ? [requiredField('roleRef.name')]
      : problemsOf('roleRef.name', name, validatePathSegmentName(name))),
  ];
};

const validateSubject = (subject: Draft, path: string, isNamespaced: boolean): readonly FieldError[] => {
  const name = textAt(subject, 'name');
  return [...(name === '' ? [requiredField(`${path}.name`)] : []), ...validateSubjectKind(subject, path, isNamespaced)];
};

const validateSubjectKind = (subject: Draft, path: string, isNamespaced: boolean): readonly FieldError[] => {
  const name = textAt(subject, 'name');
  const group = textAt(subject, 'apiGroup');
  switch (textAt(subject, 'kind')) {
    case 'ServiceAccount':
      return [
        ...(name === '' ? [] : problemsOf(`${path}.name`, name, validateDns1123Subdomain(name))),
        ...(group === '' ? [] : [unsupportedValue(`${path}.apiGroup`, group, [''])]),
        ...(!isNamespaced && textAt(subject, 'namespace') === '' ? [requiredField(`${path}.namespace`)] : []),
      ];
    case 'User':
    case 'Group':
      return group === GROUP ? [] : [unsupportedValue(`${path}.apiGroup`, group, [GROUP])];
    default:
      return [unsupportedValue(`${path}.kind`, textAt(subject, 'kind'), ['ServiceAccount', 'User', 'Group'])];
  }
};

const countOf = (draft: Draft, name: string): number => {
  const part = draft[name];
  return Array.isArray(part) ? part.length : 0;
};
