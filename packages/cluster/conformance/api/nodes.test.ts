/** What nodes may read and write, asked as the nodes themselves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PODS } from '@argosy/kube';

import { serveApi, type Answer, type ServedApi } from './served-api.ts';

const MERGE = 'application/merge-patch+json';
const CORE = '/api/v1/namespaces/default';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces';

let api: ServedApi;
const uids = { node: '', on1: '', on2: '' };

const admin = async (path: string, body: unknown): Promise<string> => {
  const { text, status } = await api.ask({ method: 'POST', path, body });
  expect([status, text]).toEqual([201, text]);
  return (JSON.parse(text) as { metadata: { uid: string } }).metadata.uid;
};
const asNode = (method: string, path: string, body?: unknown, node = 'n1'): Promise<Answer> =>
  api.ask({
    method,
    path,
    body,
    type: method === 'PATCH' ? MERGE : 'application/json',
    headers: { 'impersonate-user': `system:node:${node}`, 'impersonate-group': 'system:nodes' },
  });
const aPod = (name: string, nodeName: string, spec: object = {}) => ({
  metadata: { name },
  spec: { nodeName, containers: [{ name: 'c', image: 'i' }], ...spec },
});

beforeAll(async () => {
  api = await serveApi();
  uids.node = await admin('/api/v1/nodes', { metadata: { name: 'n1' } });
  await admin('/api/v1/nodes', { metadata: { name: 'n2' } });
  for (const name of ['one', 'two']) {
    await admin(`${CORE}/serviceaccounts`, { metadata: { name } });
    for (const kind of ['secrets', 'configmaps']) await admin(`${CORE}/${kind}`, { metadata: { name } });
  }
  const containers = [
    { name: 'c', image: 'i', envFrom: [{ configMapRef: { name: 'one' } }] },
    { name: 'd', image: 'i' },
  ];
  const volumes = [{ name: 'v', projected: { sources: [{ secret: { name: 'one' } }] } }];
  uids.on1 = await admin(`${CORE}/pods`, aPod('on1', 'n1', { serviceAccountName: 'one', containers, volumes }));
  uids.on2 = await admin(`${CORE}/pods`, aPod('on2', 'n2', { serviceAccountName: 'one' }));
});
afterAll(() => api.close());

const LABELLED = (label: string) => ({ metadata: { labels: { [label]: 'x' } } });
const NODE = '/api/v1/nodes';

describe('its own object', () => {
  it.each([
    { method: 'POST', path: NODE, body: { metadata: { name: 'n3' } }, says: 'not allowed to modify node \\"n3\\"' },
    { path: `${NODE}/n2`, body: LABELLED('a'), says: 'not allowed to modify node \\"n2\\"' },
    { path: `${NODE}/n2/status`, body: { status: { phase: 'a' } }, says: 'not allowed to modify node \\"n2\\"' },
    {
      path: `${NODE}/n1`,
      body: LABELLED('node-restriction.kubernetes.io/x'),
      says: 'is not allowed to modify labels: node-restriction.kubernetes.io/x',
    },
    { path: `${NODE}/n1`, body: LABELLED('a.k8s.io/x'), says: 'is not allowed to modify labels: a.k8s.io/x' },
    {
      path: `${NODE}/n1`,
      body: { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      says: 'is not allowed to modify taints',
    },
    {
      path: `${NODE}/n1`,
      body: { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' }] } },
      says: 'is not allowed to modify ownerReferences',
    },
    { method: 'DELETE', path: `${NODE}/n1`, says: 'cannot delete resource \\"nodes\\"' },
    { method: 'GET', path: `${NODE}/n2`, says: "node 'n1' cannot read 'n2', only its own Node object" },
    { method: 'GET', path: NODE, says: "node 'n1' cannot read all nodes, only its own Node object" },
  ])('$path is refused: $says', async ({ method = 'PATCH', path, body, says }) => {
    const { status, text } = await asNode(method, path, body);
    expect([status, text]).toEqual([403, expect.stringContaining(says) as string]);
  });

  it.each([
    { path: `${NODE}/n1`, body: LABELLED('a') },
    { path: `${NODE}/n1`, body: LABELLED('x.kubelet.kubernetes.io/y') },
    { path: `${NODE}/n1`, body: LABELLED('kubernetes.io/arch') },
    { path: `${NODE}/n1/status`, body: { status: { phase: 'Running' } } },
    { method: 'GET', path: `${NODE}?fieldSelector=metadata.name%3Dn1` },
    { method: 'GET', path: '/api/v1/services' },
    { method: 'POST', path: `${LEASES}/kube-node-lease/leases`, body: { metadata: { name: 'n1' } } },
    { method: 'GET', path: `${LEASES}/kube-node-lease/leases/n1` },
  ])('$path is granted: $body', async ({ method = 'PATCH', path, body }) => {
    const { status, text } = await asNode(method, path, body);
    expect([status, text]).toEqual([method === 'POST' ? 201 : 200, text]);
  });

  it.each([
    ['POST', `${LEASES}/default/leases`, 'n1', 'can only access leases in the \\"kube-node-lease\\" system namespace'],
    ['POST', `${LEASES}/kube-node-lease/leases`, 'n2', 'same name as the requesting node'],
    ['GET', `${LEASES}/kube-node-lease/leases/n2`, 'n2', 'same name as the requesting node'],
    ['POST', '/apis/storage.k8s.io/v1/csinodes', 'n2', 'can only access CSINode with the same name'],
  ])('%s %s of %s is another node', async (method, path, name, says) => {
    const body = method === 'POST' ? { metadata: { name }, spec: { drivers: [] } } : undefined;
    const { status, text } = await asNode(method, path, body);
    expect([status, text]).toEqual([403, expect.stringContaining(says) as string]);
  });

  it('is known by the group as well as the name', async () => {
    const headers = { 'impersonate-user': 'system:node:n1' };
    expect((await api.ask({ path: `${NODE}/n1`, headers })).status).toBe(403);
  });
});

describe('pods', () => {
  const mirror = (more: object = {}, spec: object = {}, owner: object = {}) => ({
    ...aPod('mirror', 'n1', spec),
    metadata: {
      name: 'mirror',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: uids.node, controller: true, ...owner }],
      ...more,
    },
  });
  const create = (body: object): Promise<Answer> => asNode('POST', `${CORE}/pods?dryRun=All`, body);

  it.each([
    { body: () => aPod('x', 'n1'), says: 'can only create mirror pods' },
    { body: () => mirror({}, { nodeName: 'n2' }), says: 'pods with spec.nodeName set to itself' },
    { body: () => mirror({ ownerReferences: [] }), says: 'pods with an owner reference set to itself' },
    { body: () => mirror({}, {}, { name: 'n2' }), says: 'pods with an owner reference set to itself' },
    { body: () => mirror({}, {}, { controller: false }), says: 'a controller owner reference set to itself' },
    { body: () => mirror({}, {}, { blockOwnerDeletion: true }), says: 'must not set blockOwnerDeletion' },
    { body: () => mirror({}, {}, { uid: 'x' }), says: 'node n1 UID mismatch: expected x got' },
    { body: () => mirror({}, { serviceAccountName: 'one' }), says: 'reference service accounts' },
    { body: () => mirror({}, { imagePullSecrets: [{ name: 'one' }] }), says: 'reference secrets' },
    {
      body: () => mirror({}, { volumes: [{ name: 'v', configMap: { name: 'one' } }] }),
      says: 'can not create pods that reference configmaps',
    },
    {
      body: () => mirror({}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }),
      says: 'can not create pods that reference persistentvolumeclaims',
    },
  ])('of a node are mirrors of its own: $says', async ({ body, says }) => {
    const { status, text } = await create(body());
    expect([status, text]).toEqual([403, expect.stringContaining(says) as string]);
  });

  it('that mirror are made, without an account', async () => {
    const { status, text } = await create(mirror());
    expect([status, text]).toEqual([201, text]);
    expect(JSON.parse(text)).not.toHaveProperty('spec.serviceAccountName');
  });

  it.each([
    ['GET', 'pods/on2', undefined, "no relationship found between node 'n1' and this object"],
    ['GET', 'pods', undefined, 'can only list/watch pods with spec.nodeName field selector'],
    ['GET', 'pods?fieldSelector=spec.nodeName%3Dn2', undefined, 'can only list/watch pods with spec.nodeName'],
    ['DELETE', 'pods/on2', undefined, 'can only delete pods with spec.nodeName set to itself'],
    [
      'POST',
      'pods/on2/eviction',
      { metadata: { name: 'on2' } },
      'can only evict pods with spec.nodeName set to itself',
    ],
    ['PATCH', 'pods/on2/status', { status: { phase: 'Running' } }, 'can only update pod status for pods with'],
    ['PATCH', 'pods/on1/status', LABELLED('a'), 'cannot update labels through pod status'],
    ['PATCH', 'pods/on1', LABELLED('a'), 'cannot patch resource \\"pods\\"'],
  ])('%s %s is refused: %o', async (method, path, body, says) => {
    const { status, text } = await asNode(method, `${CORE}/${path}`, body);
    expect([status, text]).toEqual([403, expect.stringContaining(says) as string]);
  });

  it('on it are read, told of and deleted', async () => {
    const answers = [
      await asNode('GET', `${CORE}/pods/on1`),
      await asNode('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1'),
      await asNode('PATCH', `${CORE}/pods/on1/status`, { status: { phase: 'Running' } }),
      await asNode('DELETE', `${CORE}/pods/on1?dryRun=All`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await api.client.get(PODS, { namespace: 'default', name: 'on1' })).status?.phase).toBe('Running');
  });
});

describe('what its pods need', () => {
  it.each(['secrets', 'configmaps'])('%s are read one by one, and others not at all', async (kind) => {
    const statuses = await Promise.all(
      [`${kind}/one`, `${kind}?fieldSelector=metadata.name%3Done`, `${kind}/two`, kind].map(
        async (path) => (await asNode('GET', `${CORE}/${path}`)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 403, 403]);
    expect((await asNode('GET', `${CORE}/${kind}/one`, undefined, 'n2')).status).toBe(403);
    expect((await asNode('POST', `${CORE}/${kind}`, { metadata: { name: 'x' } })).text).toContain(
      'can only read resources of this type',
    );
  });

  const token = (reference: object | undefined, account = 'one'): Promise<Answer> =>
    asNode('POST', `${CORE}/serviceaccounts/${account}/token`, {
      spec: reference ? { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...reference } } : {},
    });

  it('tokens are issued for its pods alone', async () => {
    expect((await token({ name: 'on1', uid: uids.on1 })).status).toBe(201);
    const refused = [
      await token(undefined),
      await token({ name: 'on1' }),
      await token({ name: 'on1', uid: 'x' }),
      await token({ name: 'on2', uid: uids.on2 }),
      await token({ name: 'on1', uid: uids.on1 }, 'two'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(refused[3]?.text).toContain('node requested token bound to a pod scheduled on a different node');
    expect(refused[4]?.text).toContain("no relationship found between node 'n1' and this object");
  });
});
