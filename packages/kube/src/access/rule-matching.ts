/**
 * Whether a rule of a role permits a request, and whether rules cover other rules.
 * @upstream kubernetes staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go and
 * plugin/pkg/auth/authorizer/rbac/rbac.go#RuleAllows
 */
import type { PolicyRule } from '../core/policy-objects.ts';
import type { RequestAttributes } from './request-attributes.ts';

const ALL = '*';

/** Whether a rule permits a request. Pure. */
export const ruleAllows = (rule: PolicyRule, request: RequestAttributes): boolean => {
  if (!includesOrAll(rule.verbs, request.verb)) return false;
  if (request.kind === 'path')
    return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, request.path));
  const { group, resource, subresource, name } = request;
  return (
    includesOrAll(rule.apiGroups, group) &&
    matchesResource(rule.resources ?? [], resource, subresource) &&
    ((rule.resourceNames ?? []).length === 0 || (name !== undefined && (rule.resourceNames ?? []).includes(name)))
  );
};

/**
 * What of `wanted` is not covered by `held`, as rules of one verb and one resource each; empty when everything is. Nobody
 * may give away more than they have. Pure.
 */
export const uncoveredRules = (wanted: readonly PolicyRule[], held: readonly PolicyRule[]): readonly PolicyRule[] =>
  wanted.flatMap(singleRules).filter((single) => !held.some((rule) => covers(rule, single)));

/** A star alone stands for everything, a star before a slash for a subresource of everything. */
const matchesResource = (patterns: readonly string[], resource: string, subresource: string | undefined): boolean => {
  const full = subresource ? `${resource}/${subresource}` : resource;
  return patterns.some(
    (pattern) => pattern === ALL || pattern === full || (subresource !== undefined && pattern === `*/${subresource}`),
  );
};

const includesOrAll = (values: readonly string[] | undefined, value: string): boolean =>
  (values ?? []).some((one) => one === ALL || one === value);

const matchesPath = (pattern: string, path: string): boolean =>
  pattern === ALL || pattern === path || (pattern.endsWith(ALL) && path.startsWith(pattern.slice(0, -1)));

/** A rule taken apart: one verb, and one resource of one group (of one name), or one path. */
const singleRules = (rule: PolicyRule): readonly PolicyRule[] =>
  rule.verbs.flatMap((verb) => [
    ...(rule.nonResourceURLs ?? []).map((url) => ({ verbs: [verb], nonResourceURLs: [url] })),
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource) =>
        (rule.resourceNames?.length ? rule.resourceNames : [undefined]).map((name) => ({
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  ]);

const covers = (held: PolicyRule, single: PolicyRule): boolean => {
  const [verb = ''] = single.verbs;
  if (!includesOrAll(held.verbs, verb)) return false;
  const [url] = single.nonResourceURLs ?? [];
  if (url !== undefined) return (held.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, url));
  const [[group = ''], [resource = ''], [name]] = [
    single.apiGroups ?? [],
    single.resources ?? [],
    single.resourceNames ?? [],
  ];
  const [main = '', subresource] = resource.split('/');
  const names = held.resourceNames ?? [];
  return (
    includesOrAll(held.apiGroups, group) &&
    matchesResource(held.resources ?? [], main, subresource) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
};
