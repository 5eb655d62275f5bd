/**
 * Rules of which requests webhooks and policies are about.
 * @upstream k8s.io/kubernetes/pkg/apis/admissionregistration/validation#validateRuleWithOperations, #validateMatchConditions
 */
import { validatePathSegmentName } from '../../names/dns-names.ts';
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, problemsOf, qualifiedNameFindings, repeatedIn, textsAt } from '../findings.ts';
import { selectorFindings } from '../workloads/selector-rules.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const MOST_CONDITIONS = 64;

/** Findings of a rule: operations, groups, versions and resources, none of them empty. */
export const validateRequestRule = (rule: Draft, path: string): readonly FieldError[] => {
  const operations = textsAt(rule, 'operations');
  return [
    ...(operations.length === 0 ? [requiredField(`${path}.operations`)] : []),
    ...aloneFindings(rule, 'operations', path, 'operations'),
    ...operations.flatMap(([index, operation]) =>
      OPERATIONS.includes(operation) ? [] : [unsupportedValue(`${path}.operations[${index}]`, operation, OPERATIONS)],
    ),
    ...['apiGroups', 'apiVersions'].flatMap((name) =>
      textsAt(rule, name).length === 0 ? [requiredField(`${path}.${name}`)] : [],
    ),
    ...aloneFindings(rule, 'apiGroups', path, 'API groups'),
    ...aloneFindings(rule, 'apiVersions', path, 'API versions'),
    ...textsAt(rule, 'apiVersions').flatMap(([index, version]) =>
      version === '' ? [requiredField(`${path}.apiVersions[${index}]`)] : [],
    ),
    ...resourceFindings(rule, `${path}.resources`),
    ...choiceFindings(rule, 'scope', path, SCOPES),
  ];
};

/** Findings of what a policy or its binding is about. */
export const validateRequestMatch = (match: Draft, path: string): readonly FieldError[] => [
  ...choiceFindings(match, 'matchPolicy', path, ['Equivalent', 'Exact']),
  ...selectorFindings(match, 'namespaceSelector', path),
  ...selectorFindings(match, 'objectSelector', path),
  ...['resourceRules', 'excludeResourceRules'].flatMap((list) =>
    itemsAt(match, list).flatMap(([index, rule]) => [
      ...resourceNameFindings(rule, `${path}.${list}[${index}].resourceNames`),
      ...validateRequestRule(rule, `${path}.${list}[${index}]`),
    ]),
  ),
];

/** Findings of conditions: each with a name of its own and something to say. */
export const validateMatchConditions = (of: Draft, path: string): readonly FieldError[] => {
  const conditions = itemsAt(of, 'matchConditions');
  const repeated = repeatedIn(conditions.map(([, condition]) => textAt(condition, 'name')));
  return [
    ...(conditions.length > MOST_CONDITIONS ? [tooMany(`${path}.matchConditions`, conditions.length)] : []),
    ...conditions.flatMap(([index, condition], at) => {
      const field = `${path}.matchConditions[${index}]`;
      const name = textAt(condition, 'name');
      return [
        ...(textAt(condition, 'expression').trim() === '' ? [requiredField(`${field}.expression`)] : []),
        ...(name === '' ? [requiredField(`${field}.name`)] : qualifiedNameFindings(`${field}.name`, name)),
        ...(name !== '' && repeated.has(at) ? [duplicateField(`${field}.name`, name)] : []),
      ];
    }),
  ];
};

const aloneFindings = (rule: Draft, name: string, path: string, what: string): readonly FieldError[] => {
  const values = textsAt(rule, name).map(([, value]) => value);
  return values.length > 1 && values.includes('*')
    ? [invalidField(`${path}.${name}`, values, `if '*' is present, must not specify other ${what}`)]
    : [];
};

const resourceFindings = (rule: Draft, path: string): readonly FieldError[] => {
  const resources = textsAt(rule, 'resources');
  const names = resources.map(([, name]) => name);
  const plain = names.filter((name) => name !== '' && !name.includes('/'));
  // The last one without a subresource decides, as upstream does.
  const hasPlain = plain.length > 0 && plain.at(-1) !== '*';
  return [
    ...(resources.length === 0 ? [requiredField(path)] : []),
    ...resources.flatMap(([index, name], at) => [
      ...(name === '' ? [requiredField(`${path}[${index}]`)] : []),
      ...coveredFindings(name, names.slice(0, at), `${path}[${index}]`),
    ]),
    ...(names.length > 1 && names.includes('*/*')
      ? [invalidField(path, names, "if '*/*' is present, must not specify other resources")]
      : []),
    ...(names.includes('*') && hasPlain
      ? [invalidField(path, names, "if '*' is present, must not specify other resources without subresources")]
      : []),
  ];
};

/** A subresource that a wildcard earlier in the list names already. */
const coveredFindings = (name: string, earlier: readonly string[], field: string): readonly FieldError[] => {
  const slash = name.indexOf('/');
  if (slash < 0) return [];
  const wider = [`${name.slice(0, slash)}/*`, `*/${name.slice(slash + 1)}`];
  return wider
    .filter((one) => earlier.includes(one))
    .map((one) => invalidField(field, name, `if '${one}' is present, must not specify ${name}`));
};

const resourceNameFindings = (rule: Draft, path: string): readonly FieldError[] => {
  const names = textsAt(rule, 'resourceNames');
  const repeated = repeatedIn(names.map(([, name]) => name));
  return names.flatMap(([index, name], at) => [
    ...problemsOf(`${path}[${index}]`, name, validatePathSegmentName(name)),
    ...(repeated.has(at) ? [duplicateField(`${path}[${index}]`, name)] : []),
  ]);
};

const tooMany = (field: string, count: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${count}: must have at most ${MOST_CONDITIONS} items`,
});
