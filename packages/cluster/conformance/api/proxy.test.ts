/** Requests passed on to pods and services, asked over HTTP of a server whose pods are servers of this test. */
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ENDPOINT_SLICES, PODS, SERVICES, type EndpointSlice, type Pod } from '@argosy/kube';

import type { PodAccess } from '../../src/index.ts';
import { serveApi, type ServedApi } from './served-api.ts';

let api: ServedApi;
let backend: http.Server;
let backendPort = 0;

const podAccess: PodAccess = {
  connect: async (_pod, port) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return socket;
  },
  async *logs() {},
};

beforeAll(async () => {
  backend = http.createServer((asked, answer) => {
    if (asked.url === '/moved') return void answer.writeHead(302, { location: '/elsewhere' }).end();
    let body = '';
    asked.on('data', (part: Buffer) => (body += part.toString('utf8')));
    asked.on('end', () => {
      answer.setHeader('content-type', 'application/json');
      answer.writeHead(asked.method === 'POST' ? 201 : 200);
      const { method, url, headers } = asked;
      answer.end(
        JSON.stringify({
          method,
          url,
          body,
          authorization: headers.authorization,
          forwarded: headers['x-forwarded-for'],
        }),
      );
    });
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  backendPort = (backend.address() as AddressInfo).port;
  api = await serveApi();
  api.server.setPodAccess(podAccess);
  const { client } = api;
  const metadata = { name: 'web', namespace: 'default' };
  const ports = [{ name: 'http', containerPort: backendPort }];
  const pod = await client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{ name: 'c', image: 'i', ports }] },
  });
  await client.update(PODS, { ...pod, status: { phase: 'Running', podIP: '127.0.0.1' } } as Pod, {
    subresource: 'status',
  });
  for (const name of ['web', 'empty'])
    await client.create(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
  await client.create(ENDPOINT_SLICES, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], targetRef: { kind: 'Pod', name: 'web', namespace: 'default' } }],
    ports: [{ name: 'http', port: backendPort }],
  } as EndpointSlice);
});
afterAll(async () => {
  await api.close();
  backend.close();
});

const ask = (method: string, path: string, body?: string) =>
  api.ask({ method, path: `/api/v1/namespaces/default/${path}`, body });

it.each([
  { path: 'pods/web/proxy/', url: '/' },
  { path: 'pods/web:PORT/proxy/a/b%20c?d=e&f', url: '/a/b%20c?d=e&f' },
  { path: 'pods/http:web:http/proxy/x', url: '/x' },
  { path: 'services/web/proxy/proxy/pods/x/proxy/', url: '/proxy/pods/x/proxy/' },
  { path: 'services/web:http/proxy/x', url: '/x' },
  { path: 'services/web:80/proxy/x', url: '/x' },
  { path: 'services/http:web:80/proxy/x', url: '/x' },
])('$path', async ({ path, url }) => {
  const { status, text } = await ask('GET', path.replace('PORT', String(backendPort)));
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ method: 'GET', url });
});

it('passes bodies on, and says who asked but not with which token', async () => {
  const { status, text } = await ask('POST', 'services/web/proxy/form', 'hello');
  expect(status).toBe(201);
  expect(JSON.parse(text)).toEqual({ method: 'POST', url: '/form', body: 'hello', forwarded: '127.0.0.1' });
});

it('keeps redirections within the proxy', async () => {
  const { status, headers } = await ask('GET', 'services/web/proxy/moved');
  expect([status, headers.location]).toEqual([302, '/api/v1/namespaces/default/services/web/proxy/elsewhere']);
  const folder = await ask('GET', 'pods/web/proxy?a=b');
  expect([folder.status, folder.headers.location]).toEqual([301, '/api/v1/namespaces/default/pods/web/proxy/?a=b']);
});

it.each([
  { path: 'pods/none/proxy/', status: 404, says: 'pods \\"none\\" not found' },
  { path: 'services/empty/proxy/', status: 503, says: 'no endpoints available for service \\"empty\\"' },
  { path: 'services/web:81/proxy/', status: 503, says: 'no service port \\"81\\" found' },
  { path: 'services/ftp:web:80/proxy/', status: 400, says: 'invalid service request' },
  { path: 'pods/web:1/proxy/', status: 503, says: 'error trying to reach service' },
])('$path is refused', async ({ path, status, says }) => {
  const answer = await ask('GET', path);
  expect(answer.text).toContain(says);
  expect(answer.status).toBe(status);
});
