/** A request reaches what its path names and nothing else: the path is what its caller was permitted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CONFIG_MAPS, DEPLOYMENTS } from '@argosy/kube';

import { serveApi, type ServedApi } from './served-api.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const WEB = '/apis/apps/v1/namespaces/default/deployments/web';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
  for (const [name, namespace] of [
    ['mine', 'default'],
    ['theirs', 'default'],
    ['mine', 'kube-system'],
  ] as const)
    await api.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
  const labels = { app: 'web' };
  await api.client.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'x' }] } },
    },
  });
});
afterAll(() => api.close());

const messageOf = (text: string): string => (JSON.parse(text) as { readonly message: string }).message;

describe('an object is replaced under its own name', () => {
  it.each([
    [
      'another name',
      `${MAPS}/mine`,
      { name: 'theirs' },
      'the name of the object (theirs) does not match the name on the URL (mine)',
    ],
    [
      'no name',
      `${MAPS}/mine`,
      {},
      'the name of the object (mine based on URL) was undeterminable: name must be provided',
    ],
    [
      'another namespace',
      `${MAPS}/mine`,
      { name: 'mine', namespace: 'kube-system' },
      'the namespace of the object (kube-system) does not match the namespace on the request (default)',
    ],
    [
      'another name, its status',
      `${WEB}/status`,
      { name: 'x' },
      'the name of the object (x) does not match the name on the URL (web)',
    ],
    [
      'another name, its scale',
      `${WEB}/scale`,
      { name: 'x' },
      'the name of the object (x) does not match the name on the URL (web)',
    ],
  ])('%s', async (_what, path, metadata, message) => {
    const answer = await api.ask({ method: 'PUT', path, body: { metadata, data: { a: 'b' } } });
    expect([answer.status, messageOf(answer.text)]).toEqual([400, message]);
    const { items } = await api.client.list(CONFIG_MAPS);
    expect(items.filter(({ data }) => data?.['a'] === 'b')).toEqual([]);
  });

  it('its own', async () => {
    const body = { metadata: { name: 'mine', namespace: 'default' }, data: { c: 'd' } };
    expect((await api.ask({ method: 'PUT', path: `${MAPS}/mine`, body })).status).toBe(200);
  });
});

describe('namespaces in paths', () => {
  it.each([
    ['GET', '/api/v1/namespaces/default/nodes'],
    ['GET', '/api/v1/namespaces/default/persistentvolumes/x'],
    ['GET', '/api/v1/namespaces/default/namespaces/kube-system'],
    ['POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/clusterroles'],
    ['DELETE', '/api/v1/namespaces/default/nodes'],
  ])('what has no namespace is not within one: %s %s', async (method, path) => {
    expect(
      (await api.ask({ method, path, ...(method === 'POST' ? { body: { metadata: { name: 'x' } } } : {}) })).status,
    ).toBe(404);
  });

  it.each([
    ['DELETE', undefined],
    ['POST', { metadata: { name: 'x', namespace: 'default' } }],
  ])('all namespaces are only read at once: %s', async (method, body) => {
    expect((await api.ask({ method, path: '/api/v1/configmaps', body })).status).toBe(405);
    expect((await api.client.list(CONFIG_MAPS)).items.length).toBeGreaterThanOrEqual(3);
  });
});

describe('paths lead nowhere else', () => {
  it.each([
    `${MAPS}/../secrets`,
    `${MAPS}/%2e%2e/secrets`,
    `${MAPS}/./mine`,
    `${MAPS}//mine`,
    `${MAPS}/x%2fmine`,
    '//api/v1/namespaces',
  ])('%s', async (path) => expect((await api.ask({ path })).status).toBe(404));

  it('a slash at the end is none', async () => expect((await api.ask({ path: `${MAPS}/` })).status).toBe(200));
});

describe('what is not for every verb', () => {
  it('namespaces are removed one by one', async () => {
    expect((await api.ask({ method: 'DELETE', path: '/api/v1/namespaces' })).status).toBe(405);
    const { resources } = JSON.parse((await api.ask({ path: '/api/v1' })).text) as {
      readonly resources: readonly { readonly name: string; readonly verbs: readonly string[] }[];
    };
    expect(resources.find(({ name }) => name === 'namespaces')?.verbs).not.toContain('deletecollection');
    expect(
      (await api.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'n' } } })).status,
    ).toBe(201);
  });

  it.each(['exec', 'attach', 'portforward'])('%s is a connection', async (subresource) => {
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } };
    await api.ask({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: pod });
    const answer = await api.ask({ path: `/api/v1/namespaces/default/pods/p/${subresource}` });
    expect([answer.status, messageOf(answer.text)]).toEqual([400, 'Upgrade request required']);
  });
});

describe('scales', () => {
  it('say which pods they count', async () => {
    const scale = JSON.parse((await api.ask({ path: `${WEB}/scale` })).text) as unknown;
    expect(scale).toMatchObject({ kind: 'Scale', status: { selector: 'app=web' } });
    const controller = {
      metadata: { name: 'rc' },
      spec: {
        replicas: 0,
        selector: { b: '1', a: '2' },
        template: { metadata: { labels: { a: '2', b: '1' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
      },
    };
    const path = '/api/v1/namespaces/default/replicationcontrollers';
    expect((await api.ask({ method: 'POST', path, body: controller })).status).toBe(201);
    expect(JSON.parse((await api.ask({ path: `${path}/rc/scale` })).text)).toMatchObject({
      status: { selector: 'a=2,b=1' },
    });
  });

  it('belong to whoever wrote them last, as owners of that subresource', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const labels = { app: 'scaled' };
    const body = {
      metadata: { name: 'scaled' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x' }] } },
      },
    };
    expect((await api.ask({ method: 'POST', path: `${path}?fieldManager=maker`, body })).status).toBe(201);
    const scale = async (method: string, who: string, of: { readonly type?: string; readonly more?: object }) => {
      const written = { metadata: { name: 'scaled', ...of.more }, spec: { replicas: who.length } };
      const query = `fieldManager=${who}${of.type?.includes('apply') ? '&force=true' : ''}`;
      return api.ask({
        method,
        path: `${path}/scaled/scale?${query}`,
        body: { apiVersion: 'autoscaling/v1', kind: 'Scale', ...written },
        ...(of.type ? { type: of.type } : {}),
      });
    };
    const owners = async () => {
      const { metadata, spec } = await api.client.get(DEPLOYMENTS, { namespace: 'default', name: 'scaled' });
      const scaled = (metadata.managedFields ?? []).filter(({ subresource }) => subresource === 'scale');
      return {
        replicas: spec?.replicas,
        scaled: scaled.map(({ manager, operation }) => [manager, operation]),
        metadata,
      };
    };
    const headers = { 'user-agent': 'kubectl/v1.32.0 (linux/amd64)' };
    const unnamed = { metadata: { name: 'scaled' }, spec: { replicas: 2 } };
    expect((await api.ask({ method: 'PUT', path: `${path}/scaled/scale`, body: unnamed, headers })).status).toBe(200);
    expect(await owners()).toMatchObject({ replicas: 2, scaled: [['kubectl', 'Update']] });
    const merge = 'application/merge-patch+json';
    expect((await scale('PUT', 'put', {})).status).toBe(200);
    expect(await owners()).toMatchObject({ replicas: 3, scaled: [['put', 'Update']] });
    expect((await scale('PATCH', 'merge', { type: merge })).status).toBe(200);
    const { metadata } = await owners();
    expect(await owners()).toMatchObject({ replicas: 5, scaled: [['merge', 'Update']] });
    expect(metadata.managedFields?.find(({ manager }) => manager === 'merge')).toMatchObject({
      apiVersion: 'apps/v1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
    expect((await scale('PATCH', 'applier', { type: 'application/apply-patch+yaml' })).status).toBe(200);
    expect(await owners()).toMatchObject({ replicas: 7, scaled: [['applier', 'Apply']] });
    for (const more of [{ uid: 'x' }, { resourceVersion: '1' }])
      expect([(await scale('PUT', 'a', { more })).status, (await scale('PATCH', 'a', { type: merge, more })).status])
        // What is foreign conflicts, whichever way it is sent.
        .toEqual([409, 409]);
  });

  it('conflict in their own version, name what is missing, and are applied as what they are', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const labels = { app: 'contested' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x' }] } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    await api.ask({
      method: 'POST',
      path: `${path}?fieldManager=maker`,
      body: { metadata: { name: 'contested' }, spec },
    });
    const apply = (who: string, of: object) =>
      api.ask({
        method: 'PATCH',
        path: `${path}/contested/scale?fieldManager=${who}`,
        body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'contested' }, ...of },
        type: 'application/apply-patch+yaml',
      });
    const contested = await apply('a', { spec: { replicas: 2 } });
    expect([contested.status, messageOf(contested.text)]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "maker" using autoscaling/v1: .spec.replicas',
    ]);
    const foreign = await apply('a', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1 } });
    expect([foreign.status, messageOf(foreign.text)]).toEqual([400, 'invalid object type: apps/v1, Kind=Deployment']);
    const names = ['deployments', 'replicasets', 'statefulsets'].map(
      (name) => `/apis/apps/v1/namespaces/default/${name}`,
    );
    const missing = [...names, '/api/v1/namespaces/default/replicationcontrollers'].map(async (of) =>
      messageOf((await api.ask({ path: `${of}/none/scale` })).text),
    );
    expect(await Promise.all(missing)).toEqual([
      'deployments/scale.apps "none" not found',
      'replicasets/scale.apps "none" not found',
      'statefulsets.apps "none" not found',
      'replicationcontrollers/scale.autoscaling "none" not found',
    ]);
  });

  it('are tables of their own', async () => {
    const headers = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1,application/json' };
    const table = JSON.parse((await api.ask({ path: `${WEB}/scale`, headers })).text) as {
      readonly columnDefinitions: readonly { readonly name: string }[];
      readonly rows: readonly { readonly cells: readonly unknown[] }[];
    };
    expect(table.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Desired', 'Available', 'Age']);
    expect(table.rows[0]?.cells.slice(0, 3)).toEqual(['web', 1, 0]);
  });
});

describe('reviews', () => {
  it.each([
    ['tokenreviews', '/apis/authentication.k8s.io/v1', { spec: { token: 'x' } }, 201],
    ['tokenreviews', '/apis/authentication.k8s.io/v1', {}, 400],
    [
      'localsubjectaccessreviews',
      '/apis/authorization.k8s.io/v1/namespaces/default',
      { spec: { user: 'a', resourceAttributes: { namespace: 'kube-system', verb: 'get', resource: 'secrets' } } },
      422,
    ],
    [
      'localsubjectaccessreviews',
      '/apis/authorization.k8s.io/v1/namespaces/default',
      { spec: { user: 'a', resourceAttributes: { namespace: 'default', verb: 'get', resource: 'secrets' } } },
      201,
    ],
  ])('%s', async (name, root, body, status) => {
    const answer = await api.ask({ method: 'POST', path: `${root}/${name}`, body });
    expect(answer.status).toBe(status);
    if (status === 201)
      expect(JSON.parse(answer.text)).toMatchObject({
        kind: expect.stringMatching(/Review$/) as string,
        apiVersion: expect.stringMatching(/v1$/) as string,
      });
  });
});
