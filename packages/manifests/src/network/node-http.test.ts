import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';

import { createCertificate } from '../helm/certificates/create-certificate.ts';
import type { HttpRequest } from './http-port.ts';
import { createHttpPort } from './node-http.ts';
import { isWithoutProxy } from './repository-access.ts';

const request = {
  commonName: 'argosy.test',
  addresses: ['127.0.0.1'],
  names: ['localhost'],
  days: 1,
  random: createSeededRandom(1),
};
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const certificate = createCertificate({ ...request, isAuthority: true, now: Date.now() }, own, { key: own });
const key = own.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the network of this machine', () => {
  const asked: string[] = [];
  let server: https.Server;
  let strict: https.Server;
  let proxy: http.Server;
  const urlOf = (one: net.Server, scheme = 'https'): string =>
    `${scheme}://127.0.0.1:${(one.address() as net.AddressInfo).port}`;
  const send = (given: Partial<HttpRequest> & { readonly url: string }) =>
    createHttpPort({ userAgent: 'test' }).send({ limitBytes: 1000, ...given });
  const text = async (given: Parameters<typeof send>[0]): Promise<string> =>
    Buffer.from((await send(given)).body).toString();

  beforeAll(async () => {
    server = https.createServer({ key, cert: certificate }, (incoming, response) => {
      response.end(`${incoming.method} ${incoming.url} ${incoming.headers['user-agent']}`);
    });
    strict = https.createServer({ key, cert: certificate, ca: certificate, requestCert: true }, (_incoming, response) =>
      response.end('known'),
    );
    proxy = http.createServer();
    proxy.on('connect', (incoming, socket) => {
      asked.push(`${incoming.url} ${incoming.headers['proxy-authorization']}`);
      if (incoming.url?.startsWith('closed')) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const [, port] = (incoming.url ?? '').split(':');
      const through = net.connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      socket.on('error', () => through.destroy());
      through.on('error', () => socket.destroy());
    });
    for (const one of [server, strict, proxy]) await once(one.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => {
    for (const one of [server, strict, proxy]) {
      one.close();
      one.closeAllConnections();
    }
  });

  it('trusts nobody unless told whom', async () => {
    await expect(text({ url: urlOf(server) })).rejects.toThrow(
      /its certificate is not trusted; give the certificate of/,
    );
    expect(await text({ url: `${urlOf(server)}/a?b`, tls: { authorities: certificate } })).toBe('GET /a?b test');
    expect(await text({ url: urlOf(server), tls: { skipVerification: true } })).toBe('GET / test');
  });

  it('comes with a certificate where one is asked for', async () => {
    const tls = { authorities: certificate };
    await expect(text({ url: urlOf(strict), tls })).rejects.toMatchObject({ code: 'NetworkFailed' });
    expect(await text({ url: urlOf(strict), tls: { ...tls, clientCertificate: certificate, clientKey: key } })).toBe(
      'known',
    );
  });

  it('goes through a proxy, whose refusal it tells', async () => {
    const tls = { authorities: certificate };
    const through = urlOf(proxy, 'http').replace('//', '//u:p%40x@');
    const url = urlOf(server).replace('127.0.0.1', 'localhost');
    expect(await text({ url, tls, proxy: through })).toBe('GET / test');
    expect(asked).toEqual([`${new URL(url).host} Basic ${Buffer.from('u:p@x').toString('base64')}`]);
    await expect(text({ url: 'https://closed.test', tls, proxy: through })).rejects.toThrow(/proxy .* answered 403/);
    await expect(text({ url, proxy: 'socks5://u:secret@x' })).rejects.toThrow(/^proxy socks5:\/\/x is not supported/);
  });

  it('reads no more than it may, from addresses of the web only', async () => {
    const tls = { authorities: certificate };
    await expect(send({ url: `${urlOf(server)}/long`, tls, limitBytes: 5 })).rejects.toMatchObject({
      code: 'TooLarge',
    });
    await expect(send({ url: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'InvalidURL' });
  });

  it.each([
    ['https://a.example.com', 'example.com', true],
    ['https://example.com', '.example.com', true],
    ['https://example.com:8443', 'example.com:8443', true],
    ['https://notexample.com', 'example.com', false],
    ['https://a.test', 'b.test, *', true],
    ['https://a.test', '', false],
  ])('%s with noProxy %s', (url, noProxy, expected) => {
    expect(isWithoutProxy(url, noProxy)).toBe(expected);
  });
});
