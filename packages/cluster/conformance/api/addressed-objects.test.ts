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
