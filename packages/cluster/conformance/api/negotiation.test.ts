/** In which languages the server is spoken to and answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CONFIG_MAPS } from '@argosy/kube';

import { serveApi, type ServedApi } from './served-api.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
  const metadata = { name: 'there', namespace: 'default' };
  await api.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { z: '1', a: 'true' } });
});
afterAll(() => api.close());

describe('bodies', () => {
  const body = { metadata: { name: 'fresh' } };
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/cbor', 'application/merge-patch+json'])(
    'in %s are not read',
    async (type) => {
      const answer = await api.ask({ method: 'POST', path: MAPS, type, body });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([415, { reason: 'UnsupportedMediaType' }]);
      expect((await api.ask({ path: `${MAPS}/fresh` })).status).toBe(404);
    },
  );

  it.each(['', 'application/json', 'application/json; charset=utf-8', 'application/yaml'])(
    'in %j are',
    async (type) => {
      expect((await api.ask({ method: 'POST', path: `${MAPS}?dryRun=All`, type, body })).status).toBe(201);
    },
  );

  it('that are not there need no language', async () => {
    const answer = await api.ask({ method: 'DELETE', path: `${MAPS}/there?dryRun=All`, type: 'text/plain' });
    expect(answer.status).toBe(200);
  });
});

describe('answers', () => {
  it.each(['text/html', 'application/xml', 'application/json;as=Foo;v=v1;g=meta.k8s.io', 'application/cbor'])(
    'in %s there are none, and nothing is done',
    async (accept) => {
      const path = `${MAPS}`;
      const answer = await api.ask({
        method: 'POST',
        path,
        headers: { accept },
        body: { metadata: { name: 'unread' } },
      });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([406, { reason: 'NotAcceptable' }]);
      expect((await api.ask({ path: `${MAPS}/unread` })).status).toBe(404);
    },
  );

  it.each(['*/*', 'application/*', 'text/html,application/json;q=0.1', 'application/vnd.kubernetes.protobuf'])(
    'to who takes %s are JSON',
    async (accept) => {
      const answer = await api.ask({ path: `${MAPS}/there`, headers: { accept } });
      expect([answer.headers['content-type'], JSON.parse(answer.text)]).toMatchObject([
        'application/json',
        { kind: 'ConfigMap' },
      ]);
    },
  );

  it('about the server itself too', async () => {
    expect((await api.ask({ path: '/apis', headers: { accept: 'text/html' } })).status).toBe(406);
    const { text } = await api.ask({ path: '/apis', headers: { accept: 'application/yaml' } });
    expect(text).toMatch(/^apiVersion: v1\ngroups:\n/);
  });

  it('in YAML, refusals too', async () => {
    const headers = { accept: 'application/yaml' };
    const found = await api.ask({ path: `${MAPS}/there`, headers });
    expect(found.headers['content-type']).toBe('application/yaml');
    expect(found.text).toMatch(/^apiVersion: v1\ndata:\n {2}a: 'true'\n {2}z: '1'\nkind: ConfigMap\n/);
    expect((await api.ask({ path: `${MAPS}/absent`, headers })).text).toContain('\nreason: NotFound\n');
  });
});

describe('the server itself', () => {
  it.each([
    ['/readyz', 'ok'],
    ['/readyz?verbose', '[+]ping ok\n[+]etcd ok\nreadyz check passed\n'],
    ['/livez?verbose&exclude=ping', '[+]ping excluded: ok\n[+]etcd ok\nlivez check passed\n'],
    ['/healthz/ping', 'ok'],
  ])('%s', async (path, text) => expect(await api.ask({ path })).toMatchObject({ status: 200, text }));

  it('names its paths', async () => {
    const { paths } = JSON.parse((await api.ask({ path: '/' })).text) as { readonly paths: readonly string[] };
    expect(paths).toEqual(expect.arrayContaining(['/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/openapi/v3']));
  });

  it.each([
    ['/healthz/nothing', 'GET', 404],
    ['/healthzzz', 'GET', 404],
    ['/version', 'POST', 405],
    ['/api/v1', 'DELETE', 405],
  ])('%s by %s', async (path, method, status) => expect((await api.ask({ path, method })).status).toBe(status));
});
