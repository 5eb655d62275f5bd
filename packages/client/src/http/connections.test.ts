import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';
import { CONFIG_MAPS } from '@argosy/kube';

import { fixedCredentials, type ClusterAccess, type CredentialSource } from './cluster-access.ts';
import { createHttpClient } from './http-client.ts';
import { isInCluster, readInCluster } from './in-cluster.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const listen = async (handler: (request: IncomingMessage, response: ServerResponse) => void) => {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const connectTo = (access: Partial<ClusterAccess> & { readonly server: string }) => {
  const client = createHttpClient({ credentials: fixedCredentials({}), namespace: 'default', ...access });
  ends.push(() => client.close());
  return client;
};

const KEY = { namespace: 'default', name: 'a' };
const answer = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const anObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: KEY };

describe('requests', () => {
  it.each([
    ['a token', { token: 't' }, 'Bearer t'],
    [
      'a name and password',
      { basic: { username: 'ann', password: 'x' } },
      `Basic ${Buffer.from('ann:x').toString('base64')}`,
    ],
    ['nothing', {}, undefined],
  ])('carry %s', async (_, credentials, header) => {
    const seen: (string | undefined)[] = [];
    const { url } = await listen((request, response) => {
      seen.push(request.headers.authorization);
      answer(response, 200, anObject);
    });
    await connectTo({ server: url, credentials: fixedCredentials(credentials) }).get(CONFIG_MAPS, KEY);
    expect(seen).toEqual([header]);
  });

  it('carry on whose behalf they are made', async () => {
    let headers: IncomingMessage['headersDistinct'] = {};
    const { url } = await listen((request, response) => {
      headers = request.headersDistinct;
      answer(response, 200, anObject);
    });
    const impersonate = { user: 'ann', uid: '7', groups: ['ops', 'dev'], extra: { 'acme.io/why': ['audit'] } };
    await connectTo({ server: url, impersonate }).get(CONFIG_MAPS, KEY);
    expect(headers).toMatchObject({
      'impersonate-user': ['ann'],
      'impersonate-uid': ['7'],
      'impersonate-group': ['ops', 'dev'],
      'impersonate-extra-acme.io%2fwhy': ['audit'],
    });
  });

  it('are made again, once, with new credentials when the server refused the old', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await listen((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === 'Bearer new') answer(response, 200, anObject);
      else answer(response, 401, { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized', code: 401 });
    });
    const tokens = ['old', 'new'];
    const credentials: CredentialSource = {
      current: async () => ({ token: tokens[0] ?? 'none' }),
      refused: () => tokens.shift() !== undefined,
    };
    const client = connectTo({ server: url, credentials });
    expect((await client.get(CONFIG_MAPS, KEY)).metadata.name).toBe('a');
    expect(seen).toEqual(['Bearer old', 'Bearer new']);
    tokens.splice(0, 2, 'bad', 'worse');
    await expect(client.get(CONFIG_MAPS, KEY)).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(seen.slice(2)).toEqual(['Bearer bad', 'Bearer worse']);
  });

  it('go through the proxy', async () => {
    const { url } = await listen((_, response) => answer(response, 200, anObject));
    const { server: proxy, url: proxyUrl } = await listen((_, response) => response.writeHead(500).end());
    const asked: (string | undefined)[] = [];
    proxy.on('connect', (request: IncomingMessage, socket: NodeJS.WritableStream & NodeJS.ReadableStream) => {
      asked.push(request.url);
      const [host, port] = (request.url ?? '').split(':');
      const onward = connect(Number(port), host ?? '', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
    });
    await connectTo({ server: url, proxy: proxyUrl }).get(CONFIG_MAPS, KEY);
    expect(asked).toEqual([new URL(url).host]);
  });

  it('say whom they could not reach', async () => {
    await expect(connectTo({ server: 'http://127.0.0.1:1' }).get(CONFIG_MAPS, KEY)).rejects.toThrow(
      /reach http:\/\/127\.0\.0\.1:1: /,
    );
  });

  it('understand an answer that is not Kubernetes’', async () => {
    const { url } = await listen((_, response) => response.writeHead(502).end('<html>bad gateway</html>'));
    await expect(connectTo({ server: url }).get(CONFIG_MAPS, KEY)).rejects.toThrow(/answered 502: <html>bad gateway/);
  });
});

describe('inside a cluster', () => {
  const inPod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const aFolder = (files: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(path.join(tmpdir(), 'argosy-account-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    return folder;
  };
  const clock = createVirtualClock(0);

  it('the account of the pod speaks', async () => {
    const folder = aFolder({ token: 't\n', 'ca.crt': 'CA', namespace: 'shop' });
    const { credentials, ...access } = readInCluster({ clock, environment: inPod, folder });
    expect([isInCluster(inPod), access, await credentials.current()]).toEqual([
      true,
      { server: 'https://10.0.0.1:443', authority: 'CA', namespace: 'shop' },
      { token: 't' },
    ]);
  });

  it('an address of version 6 is written as URLs want it', () => {
    const folder = aFolder({ token: 't', 'ca.crt': 'CA', namespace: 'shop' });
    const environment = { ...inPod, KUBERNETES_SERVICE_HOST: 'fd00::1' };
    expect(readInCluster({ clock, environment, folder }).server).toBe('https://[fd00::1]:443');
  });

  it('says what is missing', () => {
    expect(isInCluster({})).toBe(false);
    expect(() => readInCluster({ clock, environment: {} })).toThrow(/KUBERNETES_SERVICE_HOST/);
    expect(() => readInCluster({ clock, environment: inPod, folder: aFolder({}) })).toThrow(
      /automountServiceAccountToken/,
    );
  });
});
