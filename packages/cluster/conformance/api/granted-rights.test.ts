/** Nobody comes to have more rights than they were given, whichever way they write. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, CONFIG_MAPS, type PolicyRule } from '@argosy/kube';

import { openLmdbStore } from '../../src/index.ts';
import { PORTS } from '../running-cluster.ts';
import { serveApi, type Asked, type ServedApi } from './served-api.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';
const roleRef = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });
const EVE = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'eve' };

let api: ServedApi;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-rights-'));
  // One whose writes take a while: what is decided and what can be read are not the same.
  api = await serveApi({ store: openLmdbStore({ ...PORTS, directory }) });
  const rules: readonly PolicyRule[] = [
    {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['clusterroles', 'clusterrolebindings'],
      verbs: ['get', 'create', 'update', 'patch'],
    },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'patch', 'update'] },
  ];
  await api.client.create(CLUSTER_ROLES, { ...TYPE, metadata: { name: 'eve' }, rules });
  await api.client.create(CLUSTER_ROLES, { ...TYPE, metadata: { name: 'collector' }, aggregationRule: NOTHING });
  await api.client.create(CLUSTER_ROLE_BINDINGS, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'eve' },
    roleRef: roleRef('eve'),
    subjects: [EVE],
  });
});
afterAll(async () => {
  await api.close();
  await rm(directory, { recursive: true });
});

const askAs = (user: string, asked: Asked) => api.ask({ ...asked, headers: { 'impersonate-user': user } });

const TYPE = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
const ALL = { clusterRoleSelectors: [{}] };
const NOTHING = { clusterRoleSelectors: [{ matchLabels: { nobody: 'has-this' } }] };

describe('roles that collect others may come to have any rule', () => {
  it.each([
    [
      'is made',
      { method: 'POST', path: `${RBAC}/clusterroles`, body: { metadata: { name: 'n' }, aggregationRule: ALL } },
    ],
    ['becomes one', { method: 'PATCH', path: `${RBAC}/clusterroles/eve`, type: MERGE, body: { aggregationRule: ALL } }],
    [
      'is applied',
      {
        method: 'PATCH',
        path: `${RBAC}/clusterroles/n?fieldManager=eve`,
        type: APPLY,
        body: { ...TYPE, metadata: { name: 'n' }, aggregationRule: ALL },
      },
    ],
    [
      'was one',
      { method: 'PATCH', path: `${RBAC}/clusterroles/collector`, type: MERGE, body: { aggregationRule: null } },
    ],
  ])('so who has not everything may not write one: it %s', async (_what, asked) => {
    const answer = await askAs('eve', asked);
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('attempting to grant') as string]);
    expect((await askAs('eve', { path: '/api/v1/nodes' })).status).toBe(403);
  });
});

describe('bindings', () => {
  it('may not name a role that is yet to be made', async () => {
    const body = { metadata: { name: 'early' }, roleRef: roleRef('later'), subjects: [EVE] };
    const answer = await askAs('eve', { method: 'POST', path: `${RBAC}/clusterrolebindings`, body });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      404,
      { message: 'clusterroles.rbac.authorization.k8s.io "later" not found' },
    ]);
  });
});

describe('a patch is judged by what it makes of what is there when it is written', () => {
  it('not of what was there before', async () => {
    const post = (rules: readonly PolicyRule[], method: 'POST' | 'PUT', path: string) =>
      askAs('eve', { method, path, body: { ...TYPE, metadata: { name: 'moving' }, rules } });
    const rulesWith = (verbs: readonly string[]): readonly PolicyRule[] => [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
    ];
    const [mild, wild] = [rulesWith(['get']), rulesWith(['get', 'create', 'update', 'patch'])];
    expect((await post(mild, 'POST', `${RBAC}/clusterroles`)).status).toBe(201);
    const body = [{ op: 'copy', from: '/rules/0/verbs', path: '/rules/1/verbs' }];
    const [changed, patched] = await Promise.all([
      post(wild, 'PUT', `${RBAC}/clusterroles/moving`),
      askAs('eve', { method: 'PATCH', path: `${RBAC}/clusterroles/moving`, type: JSON_PATCH, body }),
    ]);
    expect(changed.status).toBe(200);
    const role = await api.client.get(CLUSTER_ROLES, { name: 'moving' });
    expect([200, 403]).toContain(patched.status);
    // In whichever order they came, nobody may create config maps by this role.
    expect(role.rules?.[1]?.verbs).not.toContain('create');
  });
});

describe('who may patch', () => {
  const apply = (name: string) =>
    askAs('eve', {
      method: 'PATCH',
      path: `/api/v1/namespaces/default/configmaps/${name}?fieldManager=eve`,
      type: APPLY,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } },
    });

  it('may not create by an apply', async () => {
    const answer = await apply('new');
    expect([answer.status, answer.text]).toEqual([
      403,
      expect.stringContaining('cannot create resource \\"configmaps\\"') as string,
    ]);
  });

  it('may apply what is there', async () => {
    await api.client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'old', namespace: 'default' },
    });
    expect((await apply('old')).status).toBe(200);
  });
});
