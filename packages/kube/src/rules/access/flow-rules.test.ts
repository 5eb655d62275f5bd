/** What kube-apiserver 1.32 answers to rules of FlowSchemas. */
import { deepFreeze } from '@argosy/base';
import { expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { flowRuleFindings } from './flow-rules.ts';

type Object = Readonly<Record<string, unknown>>;

const said = (rule: Object): readonly string[] => flowRuleFindings(deepFreeze(rule), 'rule').map(formatFieldError);
const subjects = [{ kind: 'Group', group: { name: '*' } }];
const resource = (change: Object) =>
  said({
    subjects,
    resourceRules: [{ verbs: ['get'], apiGroups: ['*'], resources: ['pods'], namespaces: ['a'], ...change }],
  });
const path = (change: Object) =>
  said({ subjects, nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['/a', '/b/*', '/'], ...change }] });
const VERBS = '"create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"';

it.each<readonly [change: Object, want: readonly string[]]>([
  [{}, []],
  [
    { verbs: ['get', 'look'] },
    [`rule.resourceRules[0].verbs: Unsupported value: []string{"get", "look"}: supported values: ${VERBS}`],
  ],
  [
    { verbs: ['*', 'get'] },
    [
      `rule.resourceRules[0].verbs: Invalid value: []string{"*", "get"}: if '*' is present, must not specify other verbs`,
    ],
  ],
  [
    { resources: ['*', ''] },
    [
      `rule.resourceRules[0].resources: Invalid value: []string{"*", ""}: if '*' is present, must not specify other resources`,
    ],
  ],
  [
    { namespaces: [] },
    [
      'rule.resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
    ],
  ],
  [{ namespaces: [], clusterScope: true }, []],
  [
    { namespaces: ['A'] },
    [
      expect.stringContaining(
        `rule.resourceRules[0].namespaces[0]: Invalid value: "A": each member of this list must be '*' or a DNS-1123 label; a lowercase RFC 1123 label`,
      ),
    ],
  ],
])('of resources: %j', (change, want) => expect(resource(change)).toEqual(want));

it.each([
  ['', 'must not be empty'],
  ['x', 'must start with slash'],
  ['/a b', 'must not contain white-space'],
  ['/a//b', 'must not contain double slash'],
  ['/a*', 'wildcard can only do suffix matching'],
  ['/*/b', 'wildcard can only do suffix matching'],
  ['/*/*', 'wildcard can only do suffix matching'],
])('of paths: %j', (url, problem) => {
  expect(path({})).toEqual([]);
  expect(path({ nonResourceURLs: [url] })).toEqual([
    `rule.nonResourceRules[0].nonResourceURLs[0]: Invalid value: ${JSON.stringify(url)}: ${problem}`,
  ]);
});

it.each<readonly [account: Object, want: readonly string[]]>([
  [{ name: '*', namespace: 'n' }, []],
  [
    { name: 'a' },
    ['rule.subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account'],
  ],
  [
    { namespace: 'N', name: 'a' },
    [
      expect.stringContaining(
        'rule.subjects[0].serviceAccount.namespace: Invalid value: "N": a lowercase RFC 1123 label',
      ),
    ],
  ],
  [
    { name: 'A', namespace: 'n' },
    [
      expect.stringContaining(
        'rule.subjects[0].serviceAccount.name: Invalid value: "A": a lowercase RFC 1123 subdomain',
      ),
    ],
  ],
])('of an account: %j', (serviceAccount, want) => {
  const nonResourceRules = [{ verbs: ['*'], nonResourceURLs: ['*'] }];
  expect(said({ subjects: [{ kind: 'ServiceAccount', serviceAccount }], nonResourceRules })).toEqual(want);
});
