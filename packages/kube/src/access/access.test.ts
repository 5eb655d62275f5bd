import { describe, expect, it } from 'vitest';

import type { PolicyRule, Role, RoleBinding } from '../core/index.ts';
import {
  createRoleIndex,
  DEFAULT_CLUSTER_ROLE_BINDINGS,
  DEFAULT_CLUSTER_ROLES,
  forbiddenMessage,
  MASTERS,
  ruleAllows,
  serviceAccountCaller,
  uncoveredRules,
  type RequestAttributes,
} from './index.ts';

const ask = (verb: string, resource: string, more: object = {}): RequestAttributes => {
  const [main = '', subresource] = resource.split('/');
  return { kind: 'resource', verb, group: '', resource: main, ...(subresource ? { subresource } : {}), ...more };
};
const rule = (verbs: string, resources: string, more: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
  ...more,
});

describe('what a rule permits', () => {
  it.each([
    { reason: 'the verb and the resource', rule: rule('get', 'pods'), asks: ask('get', 'pods'), allowed: true },
    { reason: 'another verb', rule: rule('get', 'pods'), asks: ask('list', 'pods'), allowed: false },
    {
      reason: 'not a subresource by its resource',
      rule: rule('get', 'pods'),
      asks: ask('get', 'pods/log'),
      allowed: false,
    },
    { reason: 'a subresource by name', rule: rule('get', 'pods/log'), asks: ask('get', 'pods/log'), allowed: true },
    {
      reason: 'a subresource of everything',
      rule: rule('get', '*/scale'),
      asks: ask('get', 'jobs/scale'),
      allowed: true,
    },
    { reason: 'everything', rule: rule('*', '*'), asks: ask('get', 'pods/log'), allowed: true },
    { reason: 'another group', rule: rule('*', '*'), asks: ask('get', 'jobs', { group: 'batch' }), allowed: false },
    {
      reason: 'one name only',
      rule: rule('get', 'pods', { resourceNames: ['a'] }),
      asks: ask('get', 'pods', { name: 'a' }),
      allowed: true,
    },
    {
      reason: 'no list by name',
      rule: rule('list', 'pods', { resourceNames: ['a'] }),
      asks: ask('list', 'pods'),
      allowed: false,
    },
    {
      reason: 'a path below',
      rule: { verbs: ['get'], nonResourceURLs: ['/apis/*'] },
      asks: { kind: 'path', verb: 'get', path: '/apis/apps' } as const,
      allowed: true,
    },
  ])('$reason', ({ rule: given, asks, allowed }) => expect(ruleAllows(given, asks)).toBe(allowed));
});

const role = (name: string, rules: readonly PolicyRule[]): Role => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name, namespace: 'a' },
  rules,
});
const bind = (kind: string, name: string, subject: RoleBinding['subjects']): RoleBinding => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'b', namespace: 'a' },
  roleRef: { kind, name },
  ...(subject ? { subjects: subject } : {}),
});
const robot = serviceAccountCaller({ namespace: 'a', name: 'robot' });
const joe = { username: 'joe', groups: ['system:authenticated', 'devs'] };
const index = (roleBindings: readonly RoleBinding[]) =>
  createRoleIndex({
    roles: [role('reader', [rule('get list', 'pods')])],
    clusterRoles: DEFAULT_CLUSTER_ROLES,
    roleBindings,
    clusterRoleBindings: DEFAULT_CLUSTER_ROLE_BINDINGS,
  });

describe('what a caller may do', () => {
  const forRobot = index([bind('Role', 'reader', [{ kind: 'ServiceAccount', name: 'robot', namespace: 'a' }])]);
  const forDevs = index([bind('ClusterRole', 'admin', [{ kind: 'Group', name: 'devs' }])]);
  it.each([
    {
      reason: 'what its role says',
      roles: forRobot,
      who: robot,
      asks: ask('get', 'pods', { namespace: 'a' }),
      allowed: true,
    },
    {
      reason: 'nowhere else',
      roles: forRobot,
      who: robot,
      asks: ask('get', 'pods', { namespace: 'b' }),
      allowed: false,
    },
    { reason: 'not everywhere', roles: forRobot, who: robot, asks: ask('list', 'pods'), allowed: false },
    {
      reason: 'nothing more',
      roles: forRobot,
      who: robot,
      asks: ask('get', 'secrets', { namespace: 'a' }),
      allowed: false,
    },
    {
      reason: 'collected rules, twice removed',
      roles: forDevs,
      who: joe,
      asks: ask('list', 'pods', { namespace: 'a' }),
      allowed: true,
    },
    {
      reason: 'an administrator of a namespace reads secrets',
      roles: forDevs,
      who: joe,
      asks: ask('get', 'secrets', { namespace: 'a' }),
      allowed: true,
    },
    { reason: 'but no nodes', roles: forDevs, who: joe, asks: ask('list', 'nodes'), allowed: false },
    {
      reason: 'masters everything',
      roles: forDevs,
      who: { username: 'x', groups: [MASTERS] },
      asks: ask('delete', 'nodes'),
      allowed: true,
    },
    {
      reason: 'everybody discovery',
      roles: forDevs,
      who: joe,
      asks: { kind: 'path', verb: 'get', path: '/version' } as const,
      allowed: true,
    },
  ])('$reason', ({ roles, who, asks, allowed }) => expect(roles.allows(who, asks).allowed).toBe(allowed));
});

describe('refusals', () => {
  it.each([
    [
      ask('list', 'pods', { namespace: 'a' }),
      'User "joe" cannot list resource "pods" in API group "" in the namespace "a"',
    ],
    [
      ask('get', 'pods/log', { namespace: 'a' }),
      'User "joe" cannot get resource "pods/log" in API group "" in the namespace "a"',
    ],
    [ask('list', 'nodes'), 'User "joe" cannot list resource "nodes" in API group "" at the cluster scope'],
    [{ kind: 'path', verb: 'get', path: '/metrics' } as const, 'User "joe" cannot get path "/metrics"'],
  ])('%#', (asks, message) => expect(forbiddenMessage(joe, asks)).toBe(message));
});

describe('rules that are not covered', () => {
  const held = [rule('get list', 'pods'), rule('get', 'secrets', { resourceNames: ['a'] })];
  it.each([
    { reason: 'less than there is', wanted: [rule('get', 'pods')], left: [] },
    { reason: 'one verb more', wanted: [rule('get delete', 'pods')], left: [rule('delete', 'pods')] },
    { reason: 'all names of one', wanted: [rule('get', 'secrets')], left: [rule('get', 'secrets')] },
    { reason: 'just that name', wanted: [rule('get', 'secrets', { resourceNames: ['a'] })], left: [] },
    { reason: 'a star', wanted: [rule('*', 'pods')], left: [rule('*', 'pods')] },
  ])('$reason', ({ wanted, left }) => expect(uncoveredRules(wanted, held)).toEqual(left));
});
