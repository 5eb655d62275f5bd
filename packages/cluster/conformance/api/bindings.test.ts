/** Who gives pods their node, and what else of a pod that is there may be written by whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, PODS, type Pod } from '@argosy/kube';

import { serveApi, type ServedApi } from './served-api.ts';

const PATH = '/api/v1/namespaces/default/pods';
const MERGE = 'application/merge-patch+json';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
  const metadata = { name: 'changes-pods' };
  const group = 'rbac.authorization.k8s.io';
  await api.client.create(CLUSTER_ROLES, {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata,
    rules: [{ apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['get', 'update', 'patch'] }],
  });
  await api.client.create(CLUSTER_ROLE_BINDINGS, {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'changes-pods' },
    subjects: [{ apiGroup: group, kind: 'User', name: 'jane' }],
  });
});
afterAll(() => api.close());

const aPod = (name: string, spec: object = {}): Promise<Pod> =>
  api.client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
  });
const bind = (name: string, body: unknown) => api.ask({ method: 'POST', path: `${PATH}/${name}/binding`, body });
const podNamed = (name: string): Promise<Pod> => api.client.get(PODS, { namespace: 'default', name });

describe('a node', () => {
  it('is given by no change of the pod, whoever makes it', async () => {
    const pod = await aPod('changed');
    const jane = { 'impersonate-user': 'jane' };
    const patched = await api.ask({
      method: 'PATCH',
      path: `${PATH}/changed`,
      type: MERGE,
      body: { spec: { nodeName: 'n' } },
      headers: jane,
    });
    expect(patched.status).toBe(422);
    expect(patched.text).toContain('spec: Forbidden: pod updates may not change fields other than');
    const body = { ...pod, spec: { ...pod.spec, nodeName: 'n' } };
    expect((await api.ask({ method: 'PUT', path: `${PATH}/changed`, body, headers: jane })).status).toBe(422);
    expect((await api.ask({ method: 'PUT', path: `${PATH}/changed`, body })).status).toBe(422);
    const binding = { metadata: { name: 'changed' }, target: { name: 'n' } };
    const refused = { method: 'POST', path: `${PATH}/changed/binding`, body: binding, headers: jane };
    expect((await api.ask(refused)).status).toBe(403);
    expect((await podNamed('changed')).spec?.nodeName).toBeUndefined();
  });

  it('comes with a binding, its annotations, and the word that the pod has a place', async () => {
    const { metadata } = await aPod('bound');
    const { uid } = metadata;
    const body = { metadata: { name: 'bound', uid, annotations: { a: 'b' } }, target: { kind: 'Node', name: 'n' } };
    expect(await bind('bound', body)).toMatchObject({ status: 201 });
    const pod = await podNamed('bound');
    expect([pod.spec?.nodeName, pod.metadata.annotations]).toEqual(['n', { a: 'b' }]);
    expect(pod.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
    const again = await bind('bound', body);
    expect([again.status, again.text]).toEqual([
      409,
      expect.stringContaining('on pods/binding \\"bound\\": pod bound is already assigned to node \\"n\\"') as string,
    ]);
  });

  it('comes as well with a binding sent to the collection of bindings, to who may create those', async () => {
    await aPod('legacy');
    const path = '/api/v1/namespaces/default/bindings';
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'legacy' }, target: { name: 'n' } };
    const send = (of: object, headers = {}) => api.ask({ method: 'POST', path, body: { ...body, ...of }, headers });
    expect((await send({}, { 'impersonate-user': 'jane' })).text).toContain(
      'cannot create resource \\"bindings\\" in API group',
    );
    const scheduler = { 'impersonate-user': 'system:kube-scheduler' };
    expect(JSON.parse((await send({}, scheduler)).text)).toMatchObject({ status: 'Success', code: 201 });
    expect((await podNamed('legacy')).spec?.nodeName).toBe('n');
    const answers = [
      await send({}),
      await send({ metadata: { name: 'none' } }),
      await send({ metadata: {} }),
      await send({ metadata: { name: 'legacy', namespace: 'x' } }),
      await api.ask({ path }),
      await api.ask({ path: `${path}/legacy` }),
      await api.ask({ method: 'POST', path: '/api/v1/bindings', body }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 404, 400, 400, 405, 404, 404]);
    expect(answers[0]?.text).toContain('pod legacy is already assigned to node \\"n\\"');
  });

  it('is refused to another pod of the name, to one at a gate, and to one that goes', async () => {
    await aPod('other');
    await aPod('gated', { schedulingGates: [{ name: 'a.io/b' }] });
    await api.client.create(PODS, {
      ...(await aPod('template')),
      metadata: { name: 'going', namespace: 'default', finalizers: ['a.io/b'] },
    } as Pod);
    await api.client.delete(PODS, { namespace: 'default', name: 'going' });
    const target = { name: 'n' };
    const answers = [
      await bind('other', { metadata: { name: 'other', uid: 'x' }, target }),
      await bind('gated', { metadata: { name: 'gated' }, target }),
      await bind('going', { metadata: { name: 'going' }, target }),
      await bind('none', { metadata: { name: 'none' }, target }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409, 404]);
    expect(answers[0]?.text).toContain('Precondition failed: UID in precondition: x, UID in object meta: ');
    expect(answers[1]?.text).toContain('pod gated has non-empty .spec.schedulingGates');
    expect(answers[2]?.text).toContain('pod going is being deleted, cannot be assigned to a host');
  });
});

describe.each([
  { subresource: 'binding', kind: 'Binding', rest: { target: { name: 'n' } } },
  { subresource: 'eviction', kind: 'Eviction', rest: {} },
])('a body for $subresource', ({ subresource, kind, rest }) => {
  it.each([
    { given: { metadata: { name: 'b' } }, says: `name in URL does not match name in ${kind} object` },
    { given: {}, says: `name in URL does not match name in ${kind} object` },
    { given: { metadata: { name: 'a', namespace: 'x' } }, says: 'the namespace of the provided object does not match' },
    { given: { apiVersion: 'v1', kind: 'Foo', metadata: { name: 'a' } }, says: `cannot be handled as a ${kind}` },
  ])('is no other than the address: $given', async ({ given, says }) => {
    const body = { ...rest, ...given };
    const { status, text } = await api.ask({ method: 'POST', path: `${PATH}/a/${subresource}`, body });
    expect([status, text]).toEqual([400, expect.stringContaining(says) as string]);
  });
});

it('a target that is no node is told as upstream tells it', async () => {
  await aPod('aimless');
  const { status, text } = await bind('aimless', { metadata: { name: 'aimless' }, target: { kind: 'Foo' } });
  expect(status).toBe(500);
  expect(text).toContain('target.name: Required value');
});

it('evictions of the older version are evictions', async () => {
  await aPod('old');
  const body = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'old' } };
  expect((await api.ask({ method: 'POST', path: `${PATH}/old/eviction`, body })).status).toBe(201);
});

describe('a status', () => {
  const write = (status: unknown) =>
    api.ask({ method: 'PATCH', path: `${PATH}/status/status`, type: MERGE, body: { status } });

  it('keeps what never changes, and has addresses that are some', async () => {
    await aPod('status');
    expect((await write({ qosClass: 'Guaranteed' })).text).toContain('status.qosClass: Invalid value');
    expect((await write({ podIP: 'x' })).text).toContain(
      'status.podIPs[0]: Invalid value: \\"x\\": must be a valid IP',
    );
    const twice = { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] };
    expect((await write(twice)).text).toContain('may specify no more than one IP for each IP family');
    expect((await write({ nominatedNodeName: 'A B' })).text).toContain('status.nominatedNodeName: Invalid value');
    expect((await write({ qosClass: null, podIP: '10.0.0.1' })).status).toBe(200);
    expect((await podNamed('status')).status).toMatchObject({
      qosClass: 'BestEffort',
      podIP: '10.0.0.1',
      podIPs: [{ ip: '10.0.0.1' }],
    });
  });
});
