/**
 * Whom the rules of a FlowSchema mean, and which of their requests.
 * @upstream k8s.io/kubernetes/pkg/apis/flowcontrol/validation/validation.go#ValidateFlowSchemaPolicyRulesWithSubjects
 */
import { validateDns1123Label, validateDns1123Subdomain } from '../../names/dns-names.ts';
import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { goTexts } from '../../messages/go-syntax.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { invalidAs, problemsOf, textsAt, unsupportedAs } from '../findings.ts';

/** Findings of one rule at `path`. */
export const flowRuleFindings = (rule: Draft, path: string): readonly FieldError[] => {
  const subjects = itemsAt(rule, 'subjects');
  const resources = itemsAt(rule, 'resourceRules');
  const others = itemsAt(rule, 'nonResourceRules');
  return [
    ...(subjects.length === 0 ? [requiredField(`${path}.subjects`, 'subjects must contain at least one value')] : []),
    ...subjects.flatMap(([at, subject]) => subjectFindings(subject, `${path}.subjects[${at}]`)),
    ...(resources.length + others.length === 0
      ? [requiredField(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')]
      : []),
    ...resources.flatMap(([at, one]) => resourceFindings(one, `${path}.resourceRules[${at}]`)),
    ...others.flatMap(([at, one]) => pathFindings(one, `${path}.nonResourceRules[${at}]`)),
  ];
};

const SUBJECTS: Readonly<Record<string, string>> = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' };

const subjectFindings = (subject: Draft, path: string): readonly FieldError[] => {
  const kind = textAt(subject, 'kind');
  const own = Object.hasOwn(SUBJECTS, kind) ? SUBJECTS[kind] : undefined;
  if (own === undefined) return [unsupportedValue(`${path}.kind`, kind, Object.keys(SUBJECTS))];
  const at = `${path}.${own}`;
  return [
    ...(subject[own] === undefined
      ? [requiredField(at, `${own} is required when subject kind is '${kind}'`)]
      : kind === 'ServiceAccount'
        ? accountFindings(objectAt(subject, own), at)
        : textAt(objectAt(subject, own), 'name') === ''
          ? [requiredField(`${at}.name`)]
          : []),
    ...Object.entries(SUBJECTS).flatMap(([other, member]) =>
      member !== own && subject[member] !== undefined
        ? [forbiddenField(`${path}.${member}`, `${member} is forbidden when subject kind is not '${other}'`)]
        : [],
    ),
  ];
};

const accountFindings = (account: Draft, path: string): readonly FieldError[] => {
  const [name, namespace] = [textAt(account, 'name'), textAt(account, 'namespace')];
  return [
    ...(name === '' ? [requiredField(`${path}.name`)] : []),
    ...(name === '' || name === '*' ? [] : problemsOf(`${path}.name`, name, validateDns1123Subdomain(name))),
    ...(namespace === ''
      ? [requiredField(`${path}.namespace`, 'must specify namespace for service account')]
      : problemsOf(`${path}.namespace`, namespace, validateDns1123Label(namespace))),
  ];
};

/** What is said of a list that is empty, of one with others beside `*`, and what each member must be. */
interface SetWords {
  readonly empty: string;
  readonly others: string;
  readonly members?: (values: readonly string[], field: string) => readonly FieldError[];
}

const SUPPORTED_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

const VERBS: SetWords = {
  empty: 'verbs must contain at least one value',
  others: 'verbs',
  members: (verbs, field) =>
    verbs.every((verb) => SUPPORTED_VERBS.includes(verb))
      ? []
      : [unsupportedAs(field, goTexts(verbs), SUPPORTED_VERBS)],
};
const URLS: SetWords = {
  empty: 'nonResourceURLs must contain at least one value',
  others: 'non-resource URLs',
  members: (urls, field) =>
    urls.flatMap((url, at) => {
      const problem = urlProblem(url);
      return problem === undefined ? [] : [invalidField(`${field}[${at}]`, url, problem)];
    }),
};
const GROUPS: SetWords = { empty: 'resource rules must supply at least one api group', others: 'api groups' };
const RESOURCES: SetWords = { empty: 'resource rules must supply at least one resource', others: 'resources' };
const NAMESPACES: SetWords = {
  empty: 'resource rules that are not cluster scoped must supply at least one namespace',
  others: 'namespaces',
  members: (namespaces, field) =>
    namespaces.flatMap((name, at) =>
      validateDns1123Label(name).map((problem) =>
        invalidField(`${field}[${at}]`, name, `each member of this list must be '*' or a DNS-1123 label; ${problem}`),
      ),
    ),
};

const urlProblem = (url: string): string | undefined => {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const isSuffix = !url.includes('*') || url.indexOf('*') === url.length - 1;
  return isSuffix && (!url.includes('*') || url.endsWith('/*')) ? undefined : 'wildcard can only do suffix matching';
};

const resourceFindings = (rule: Draft, path: string): readonly FieldError[] => [
  ...setFindings(rule, 'verbs', { path, words: VERBS }),
  ...setFindings(rule, 'apiGroups', { path, words: GROUPS }),
  ...setFindings(rule, 'resources', { path, words: RESOURCES }),
  ...(rule['clusterScope'] === true && textsAt(rule, 'namespaces').length === 0
    ? []
    : setFindings(rule, 'namespaces', { path, words: NAMESPACES })),
];

const pathFindings = (rule: Draft, path: string): readonly FieldError[] => [
  ...setFindings(rule, 'verbs', { path, words: VERBS }),
  ...setFindings(rule, 'nonResourceURLs', { path, words: URLS }),
];

const setFindings = (
  rule: Draft,
  name: string,
  { path, words }: { readonly path: string; readonly words: SetWords },
): readonly FieldError[] => {
  const values = textsAt(rule, name).map(([, value]) => value);
  const field = `${path}.${name}`;
  if (values.length === 0) return [requiredField(field, words.empty)];
  if (!values.includes('*')) return words.members?.(values, field) ?? [];
  return values.length > 1
    ? [invalidAs(field, goTexts(values), `if '*' is present, must not specify other ${words.others}`)]
    : [];
};
