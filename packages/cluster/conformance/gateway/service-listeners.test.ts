import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { createSystemClock, silentLogger } from '@argosy/base';

import type { NamedWorld } from '../../src/gateway/dns/decide-answer.ts';
import { openDnsServer } from '../../src/gateway/dns/dns-server.ts';
import type { ServiceListener, Target } from '../../src/gateway/service-network/decide-listeners.ts';
import { openTcpListener, type OpenListener } from '../../src/gateway/service-network/tcp-listener.ts';
import { openUdpListener } from '../../src/gateway/service-network/udp-listener.ts';

const clock = createSystemClock();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that says its name and repeats what it hears until the client ends. */
const serve = async (name: string): Promise<Target> => {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.write(name);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(() => server.close());
  return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
};
const listen = async (targets: readonly Target[], more: Partial<ServiceListener> = {}): Promise<OpenListener> => {
  const listener: ServiceListener = {
    address: '127.0.0.1',
    port: 0,
    protocol: 'TCP',
    targets,
    name: 'a/web:80',
    ...more,
  };
  const opened = await (listener.protocol === 'TCP' ? openTcpListener : openUdpListener)(clock, listener);
  closing.push(() => opened.close());
  return opened;
};
const ask = (port: number, text = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.on('data', (part: Buffer) => (heard += part.toString()));
    socket.on('error', reject);
    socket.on('end', () => resolve(heard));
    socket.end(text);
  });
const NOBODY: Target = { address: '127.0.0.1', port: 1 };

describe('the listener of a service', () => {
  it('leads to each of its pods in turn, past those that do not answer', async () => {
    const [one, two] = [await serve('1'), await serve('2')];
    const { port } = await listen([one, NOBODY, two]);
    const heard = [];
    for (let at = 0; at < 6; at += 1) heard.push(await ask(port, 'x'));
    expect(new Set(heard)).toEqual(new Set(['1x', '2x']));
  });
  it('keeps clients where they are when asked to', async () => {
    const targets = [await serve('1'), await serve('2'), await serve('3')];
    const { port } = await listen(targets, { affinitySeconds: 60 });
    const heard = await Promise.all([1, 2, 3, 4].map(() => ask(port)));
    const later = [await ask(port), await ask(port), await ask(port)];
    expect(new Set(later)).toEqual(new Set([heard.at(-1)]));
  });
  it('leads elsewhere from now on, and lets go on what goes on', async () => {
    const [one, two] = [await serve('1'), await serve('2')];
    const opened = await listen([one]);
    const socket = connect(opened.port, '127.0.0.1');
    const parts: string[] = [];
    socket.on('data', (part: Buffer) => parts.push(part.toString()));
    await expect.poll(() => parts.join('')).toBe('1');
    opened.lead({ address: '127.0.0.1', port: 0, protocol: 'TCP', targets: [two], name: '' });
    expect(await ask(opened.port)).toBe('2');
    opened.stop();
    socket.write('still');
    await expect.poll(() => parts.join('')).toBe('1still');
    await expect(ask(opened.port)).rejects.toThrow('ECONNREFUSED');
    socket.destroy();
  });
  it('breaks off when nobody answers', async () => {
    const { port } = await listen([NOBODY]);
    await expect(ask(port, 'x')).rejects.toThrow('ECONNRESET');
  });
  it('passes datagrams there and back', async () => {
    const echo = createSocket('udp4');
    echo.on('message', (message, from) => echo.send(`echo ${message.toString()}`, from.port, from.address));
    await new Promise<void>((resolve) => echo.bind(0, '127.0.0.1', () => resolve()));
    closing.push(() => echo.close());
    const { port } = await listen([{ address: '127.0.0.1', port: echo.address().port }], { protocol: 'UDP' });
    const client = createSocket('udp4');
    closing.push(() => client.close());
    const answer = new Promise<string>((resolve) => client.once('message', (message) => resolve(message.toString())));
    client.send('hi', port, '127.0.0.1');
    expect(await answer).toBe('echo hi');
  });
});

describe('the name server', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { clusterIP: '10.96.7.7' },
  };
  const many = Array.from({ length: 60 }, (_, at) => `10.0.0.${at + 1}`);
  const world: NamedWorld = {
    service: (namespace, name) =>
      namespace !== 'shop'
        ? undefined
        : name === 'web'
          ? service
          : name === 'many'
            ? { ...service, spec: { clusterIP: 'None' } }
            : undefined,
    slices: () => [
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {},
        addressType: 'IPv4',
        endpoints: many.map((address) => ({ addresses: [address] })),
      },
    ],
    hasNamespace: (name) => name === 'shop',
    serviceAt: (address) => (address === '10.96.7.7' ? service : undefined),
    podNameAt: () => undefined,
    servesAddresses: true,
  };
  it("answers the machine's own resolver, over TCP where an answer is long", async () => {
    const port = 20_000 + (process.pid % 10_000);
    const server = await openDnsServer({ clock, log: silentLogger, world }, '127.0.0.1', port);
    closing.push(() => server.close());
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${port}`]);
    expect(await resolver.resolve4('web.shop.svc.cluster.local')).toEqual(['10.96.7.7']);
    expect((await resolver.resolve4('many.shop.svc.cluster.local')).toSorted()).toEqual(many.toSorted());
    expect(await resolver.reverse('10.96.7.7')).toEqual(['web.shop.svc.cluster.local']);
    await expect(resolver.resolve4('none.shop.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve6('web.shop.svc.cluster.local')).rejects.toMatchObject({ code: 'ENODATA' });
  });
});
