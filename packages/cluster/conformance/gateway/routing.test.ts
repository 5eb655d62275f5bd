import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSeededRandom, createSystemClock, Failure, silentLogger } from '@argosy/base';
import { createInformerSet } from '@argosy/client';
import {
  CORE_EVENTS,
  ENDPOINT_SLICES,
  findCondition,
  GATEWAY_CLASSES,
  GATEWAYS,
  HTTP_ROUTES,
  INGRESSES,
  type HTTPRoute,
} from '@argosy/kube';

import { createGateway } from '../../src/index.ts';
import {
  aGateway,
  anIngress,
  aRoute,
  aSlice,
  createGatewayWorld,
  NS,
  type Answer,
  type AskOptions,
  type Backend,
  type GatewayWorld,
} from './gateway-world.ts';

let world: GatewayWorld;
let one: Backend;
let two: Backend;
const named = (text: string) => (answer: Answer) => answer.text === text;

beforeAll(async () => {
  world = await createGatewayWorld();
  await world.client.create(GATEWAYS, aGateway() as never);
  one = await world.backend('one');
  two = await world.backend('two');
  await world.service('one', [one]);
  await world.service('two', [two]);
});
afterAll(() => world.close());

const to = (name: string) => [{ name, port: 80 }];
let hosts = 0;
/** Creates a route for a host of its own and returns the host. */
const route = async (
  rules: NonNullable<HTTPRoute['spec']>['rules'],
  extra: HTTPRoute['spec'] = {},
): Promise<string> => {
  hosts += 1;
  const host = `h${hosts}.example.com`;
  await world.client.create(HTTP_ROUTES, aRoute(`h${hosts}`, { hostnames: [host], rules, ...extra }));
  return host;
};
const until = async <T>(look: () => Promise<T | undefined>, what: string): Promise<T> => {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never happened: ${what}`);
};
const last = (backend: Backend) => backend.seen.at(-1);

describe('matches of an HTTPRoute', () => {
  it('prefers exact paths, longer prefixes, methods, headers, query parameters', async () => {
    const host = await route([
      { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: to('one') },
      {
        matches: [
          { path: { type: 'PathPrefix', value: '/api' } },
          { path: { type: 'PathPrefix', value: '/' }, method: 'DELETE' },
          { headers: [{ name: 'X-Beta', value: 'yes' }] },
          { headers: [{ type: 'RegularExpression', name: 'x-user', value: 'u[0-9]+' }] },
          { queryParams: [{ name: 'v', value: '2' }] },
          { path: { type: 'RegularExpression', value: '/re/[a-z]+' } },
        ],
        backendRefs: to('two'),
      },
      { matches: [{ path: { type: 'Exact', value: '/api/one' } }], backendRefs: to('one') },
    ]);
    await world.settle('/', { host }, named('one'));
    const asked: readonly (readonly [string, AskOptions, string])[] = [
      ['/api', {}, 'two'],
      ['/api/x', {}, 'two'],
      ['/apix', {}, 'one'],
      ['/api/one', {}, 'one'],
      ['/', { method: 'DELETE' }, 'two'],
      ['/', { headers: { 'x-beta': 'yes' } }, 'two'],
      ['/', { headers: { 'x-beta': 'no' } }, 'one'],
      ['/', { headers: { 'x-user': 'u12' } }, 'two'],
      ['/', { headers: { 'x-user': 'xu12' } }, 'one'],
      ['/?v=2', {}, 'two'],
      ['/?v=3', {}, 'one'],
      ['/re/abc', {}, 'two'],
      ['/re/1', {}, 'one'],
      ['/re/../api/x', {}, 'two'],
    ];
    for (const [path, options, wanted] of asked)
      expect([path, options, (await world.ask(path, { host, ...options })).text]).toEqual([path, options, wanted]);
  });
  it('matches wildcard hosts after exact ones', async () => {
    const rules = (name: string) => ({ rules: [{ backendRefs: to(name) }] });
    await world.client.create(HTTP_ROUTES, aRoute('wild', { hostnames: ['*.wild.test'], ...rules('one') }));
    await world.client.create(HTTP_ROUTES, aRoute('exact', { hostnames: ['b.wild.test'], ...rules('two') }));
    await world.settle('/', { host: 'a.wild.test' }, named('one'));
    await world.settle('/', { host: 'b.wild.test:8080' }, named('two'));
    expect((await world.ask('/', { host: 'x.y.wild.test' })).text).toBe('one');
    expect((await world.ask('/', { host: 'wild.test' })).code).toBe(404);
  });
});

describe('filters', () => {
  it('changes headers of requests and answers', async () => {
    const host = await route([
      {
        filters: [
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: {
              set: [{ name: 'X-Set', value: 's' }],
              add: [{ name: 'X-Add', value: 'b' }],
              remove: ['x-gone'],
            },
          },
          { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'X-Backend', value: 'hidden' }] } },
        ],
        backendRefs: to('one'),
      },
    ]);
    const headers = {
      'x-set': 'old',
      'x-add': 'a',
      'x-gone': '1',
      traceparent: '00-1-2-01',
      connection: 'x-hop',
      'x-hop': '1',
    };
    const answer = await world.settle('/', { host, headers }, named('one'));
    expect(answer.headers['x-backend']).toBe('hidden');
    expect(last(one)?.headers).toMatchObject({
      'x-set': 's',
      'x-add': 'a, b',
      traceparent: '00-1-2-01',
      host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
    });
    expect(last(one)?.headers).not.toHaveProperty('x-gone');
    expect(last(one)?.headers).not.toHaveProperty('x-hop');
  });
  it('redirects', async () => {
    const host = await route([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/old' } }],
        filters: [
          {
            type: 'RequestRedirect',
            requestRedirect: {
              scheme: 'https',
              hostname: 'new.test',
              statusCode: 301,
              path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' },
            },
          },
        ],
      },
    ]);
    const answer = await world.settle('/old/x?y=1', { host }, ({ code }) => code === 301);
    expect(answer.headers.location).toBe('https://new.test/new/x?y=1');
  });
  it('rewrites host and path', async () => {
    const host = await route([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/app' } }],
        filters: [
          {
            type: 'URLRewrite',
            urlRewrite: { hostname: 'inner.test', path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
          },
        ],
        backendRefs: to('one'),
      },
    ]);
    await world.settle('/app/x?y=1', { host }, named('one'));
    expect(last(one)).toMatchObject({ url: '/x?y=1' });
    expect(last(one)?.headers.host).toBe('inner.test');
  });
  it('mirrors requests with their bodies', async () => {
    const host = await route([
      {
        filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'two', port: 80 } } }],
        backendRefs: to('one'),
      },
    ]);
    await world.settle('/ready', { host }, named('one'));
    const answer = await world.ask('/mirrored', { host, method: 'POST', body: 'the body' });
    expect(answer.text).toBe('one');
    const copy = await until(async () => two.seen.find(({ url }) => url === '/mirrored'), 'the copy');
    expect(copy).toMatchObject({ method: 'POST', body: 'the body' });
    expect(last(one)).toMatchObject({ method: 'POST', body: 'the body' });
  });
  it('refuses what it cannot do, by name', async () => {
    const host = await route([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/cors' } }],
        filters: [{ type: 'CORS' }],
        backendRefs: to('one'),
      },
      { backendRefs: to('one') },
    ]);
    await world.settle('/', { host }, named('one'));
    const answer = await world.ask('/cors', { host });
    expect([answer.code, answer.text]).toEqual([
      500,
      'not supported yet: spec.rules[0].filters[0] of type CORS; remove it\n',
    ]);
  });
});

describe('Ingress', () => {
  const policy = (extra: Readonly<Record<string, string>>) => ({ canary: 'true', 'canary-weight': '0', ...extra });
  it('lets header decide before cookie before weight', async () => {
    const host = 'canary.ingress.test';
    await world.client.create(INGRESSES, anIngress('web', { host, service: 'one' }));
    const annotations = policy({ 'canary-by-header': 'X-Canary', 'canary-by-cookie': 'canary' });
    await world.client.create(INGRESSES, anIngress('web-canary', { host, service: 'two', annotations }));
    await world.settle('/', { host, headers: { 'x-canary': 'always' } }, named('two'));
    const asked: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
      [{}, 'one'],
      [{ 'x-canary': 'maybe' }, 'one'],
      [{ cookie: 'a=b; canary=always' }, 'two'],
      [{ 'x-canary': 'never', cookie: 'canary=always' }, 'one'],
      [{ 'x-canary': 'maybe', cookie: 'canary=always' }, 'two'],
    ];
    for (const [headers, wanted] of asked)
      expect([headers, (await world.ask('/', { host, headers })).text]).toEqual([headers, wanted]);
  });
  it('knows header values and patterns', async () => {
    const host = 'pattern.ingress.test';
    await world.client.create(INGRESSES, anIngress('pattern', { host, service: 'one' }));
    const annotations = policy({ 'canary-by-header': 'x-region', 'canary-by-header-pattern': '^eu-(west|north)' });
    await world.client.create(INGRESSES, anIngress('pattern-canary', { host, service: 'two', annotations }));
    await world.settle('/', { host, headers: { 'x-region': 'eu-west-1' } }, named('two'));
    expect((await world.ask('/', { host, headers: { 'x-region': 'us-west' } })).text).toBe('one');
    expect((await world.ask('/', { host, headers: { 'x-region': 'always' } })).text).toBe('one');
  });
  it('prefers exact paths and longer prefixes, and single-label wildcards', async () => {
    const host = '*.paths.test';
    await world.client.create(INGRESSES, anIngress('all', { host, service: 'one' }));
    await world.client.create(
      INGRESSES,
      anIngress('exact', { host, service: 'two', path: '/exact', pathType: 'Exact' }),
    );
    await world.settle('/exact', { host: 'a.paths.test' }, named('two'));
    expect((await world.ask('/exact/more', { host: 'a.paths.test' })).text).toBe('one');
    expect((await world.ask('/', { host: 'a.b.paths.test' })).code).toBe(404);
  });
  it('says where it is, and what is wrong with it', async () => {
    await world.client.create(
      INGRESSES,
      anIngress('odd', { host: 'odd.test', service: 'one', annotations: { 'rewrite-target': '/' } }),
    );
    const status = await until(
      async () => (await world.client.get(INGRESSES, { namespace: NS, name: 'odd' })).status?.loadBalancer?.ingress,
      'a status',
    );
    expect(status).toEqual([{ ip: '127.0.0.1' }]);
    const event = await until(
      async () =>
        (await world.client.list(CORE_EVENTS, { namespace: NS })).items.find(
          (each) => each.involvedObject.name === 'odd',
        ),
      'an event',
    );
    expect(event.message).toBe(
      'not supported yet: metadata.annotations[nginx.ingress.kubernetes.io/rewrite-target]; remove it',
    );
  });
});

describe('when there is nobody', () => {
  it('answers 404 without a route', async () => {
    const answer = await world.ask('/x', { host: 'nobody.test' });
    expect([answer.code, answer.text]).toEqual([404, 'no route for nobody.test /x\n']);
  });
  it('answers 503 without a ready endpoint, 500 without a service, and goes on when there is one', async () => {
    const missing = await route([{ backendRefs: to('missing') }]);
    await world.settle(
      '/',
      { host: missing },
      ({ code, text }) => code === 500 && text.includes('default/missing does not exist'),
    );
    const host = await route([{ backendRefs: to('late') }]);
    await world.service('late', [one]);
    await world.settle('/', { host }, named('one'));
    const key = { namespace: NS, name: 'late-0' };
    const slice = await world.client.get(ENDPOINT_SLICES, key);
    await world.client.update(ENDPOINT_SLICES, { ...slice, endpoints: aSlice('late', [one], false).endpoints });
    const answer = await world.settle('/', { host }, ({ code }) => code === 503);
    expect(answer.text).toBe('no ready endpoint of service default/late\n');
  });
  it('answers 502 when no backend can be reached, after trying another', async () => {
    const dead = { ...one, address: '127.66.9.9' };
    await world.service('dead', [dead]);
    const host = await route([{ backendRefs: to('dead') }]);
    const answer = await world.settle('/', { host }, ({ code }) => code === 502);
    expect(answer.text).toContain('backend of service default/dead: 127.66.9.9:');
    await world.service('half', [dead, one]);
    const half = await route([{ backendRefs: to('half') }]);
    await world.settle('/', { host: half }, named('one'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask('/', { host: half })));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['one']));
    // Nothing was sent to the dead one, so its body is still there for the other.
    const posts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => world.ask('/', { host: half, method: 'POST', body: `body ${index}` })),
    );
    expect(new Set(posts.map(({ text }) => text))).toEqual(new Set(['one']));
    expect(new Set(one.seen.slice(-20).map(({ body }) => body)).size).toBe(20);
    // Whoever cannot be reached is left alone for a moment: two dead ones cost no request either, though one is tried twice.
    await world.service('third', [dead, { ...one, address: '127.66.9.10' }, one]);
    const third = await route([{ backendRefs: to('third') }]);
    await world.settle('/', { host: third }, named('one'));
    for (let sent = 0; sent < 20; sent += 1) expect((await world.ask('/', { host: third })).text).toBe('one');
  });
  it('repeats only what may be repeated when a backend hangs up', async () => {
    const rude = await world.backend('rude', (request) => request.socket.destroy());
    await world.service('rude', [rude, one]);
    const host = await route([{ backendRefs: to('rude') }]);
    await world.settle('/', { host }, named('one'));
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask('/', { host })));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['one']));
    const posts: Answer[] = [];
    for (let sent = 0; sent < 10; sent += 1) posts.push(await world.ask('/', { host, method: 'POST', body: 'x' }));
    expect(posts.filter(({ code }) => code === 502)).toHaveLength(5);
  });
});

describe('streams', () => {
  it('passes each chunk on as it comes, and the end of a client to the backend', async () => {
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    const streaming = await world.backend('stream', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      response.on('close', () => gone());
    });
    await world.service('stream', [streaming]);
    const host = await route([{ backendRefs: to('stream') }]);
    await until(async () => {
      const text = await firstChunk(host);
      return text.includes('data: first') ? true : undefined;
    }, 'the first chunk');
    await left;
  });
  it('passes upgrades through', async () => {
    const echo = await world.backend('echo', (_, response) => response.end('plain'));
    echo.server.on('upgrade', (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    await world.service('echo', [echo]);
    const host = await route([{ backendRefs: to('echo') }]);
    await world.settle('/', { host }, named('plain'));
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.endsWith('hello')) break;
    }
    expect(text).toContain('HTTP/1.1 101 Switching Protocols');
    socket.destroy();
  });
  it('answers 504 when the time of a rule is over', async () => {
    const slow = await world.backend('slow', () => undefined);
    await world.service('slow', [slow]);
    const host = await route([{ backendRefs: to('slow'), timeouts: { request: '50ms' } }]);
    await world.settle('/', { host }, ({ code, text }) => code === 504 && text === 'the request took too long\n');
  });
});

const firstChunk = async (host: string): Promise<string> => {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes('data: first') || text.includes('HTTP/1.1 404')) break;
  }
  socket.destroy();
  return text;
};

describe('status', () => {
  const parentOf = (name: string, type: string, reason: string) =>
    until(async () => {
      const { status } = await world.client.get(HTTP_ROUTES, { namespace: NS, name });
      const condition = findCondition(status?.parents?.[0]?.conditions, type);
      return condition?.reason === reason ? condition : undefined;
    }, `${name} ${type} ${reason}`);
  it('accepts routes and resolves their references', async () => {
    await world.client.create(
      HTTP_ROUTES,
      aRoute('fine', { hostnames: ['fine.test'], rules: [{ backendRefs: to('one') }] }),
    );
    expect(await parentOf('fine', 'Accepted', 'Accepted')).toMatchObject({ status: 'True', observedGeneration: 1 });
    expect(await parentOf('fine', 'ResolvedRefs', 'ResolvedRefs')).toMatchObject({ status: 'True' });
  });
  it('names what is wrong', async () => {
    await world.client.create(
      HTTP_ROUTES,
      aRoute('lost', { parentRefs: [{ name: 'none' }], rules: [{ backendRefs: to('none') }] }),
    );
    expect(await parentOf('lost', 'Accepted', 'NoMatchingParent')).toMatchObject({
      status: 'False',
      message: 'Gateway default/none does not exist',
    });
    expect(await parentOf('lost', 'ResolvedRefs', 'BackendNotFound')).toMatchObject({
      message: 'spec.rules[0].backendRefs[0]: service default/none does not exist',
    });
    await world.client.create(
      HTTP_ROUTES,
      aRoute('bad', { hostnames: ['bad.test'], rules: [{ filters: [{ type: 'CORS' }] }] }),
    );
    expect(await parentOf('bad', 'Accepted', 'UnsupportedValue')).toMatchObject({
      status: 'False',
      message: 'not supported yet: spec.rules[0].filters[0] of type CORS; remove it',
    });
  });
  it('serves a route as soon as its Gateway exists', async () => {
    await world.client.create(
      HTTP_ROUTES,
      aRoute('early', {
        parentRefs: [{ name: 'later' }],
        hostnames: ['early.test'],
        rules: [{ backendRefs: to('one') }],
      }),
    );
    await parentOf('early', 'Accepted', 'NoMatchingParent');
    await world.client.create(GATEWAYS, aGateway('later') as never);
    await world.settle('/', { host: 'early.test' }, named('one'));
    await parentOf('early', 'Accepted', 'Accepted');
  });
  it('programs Gateways and offers a class', async () => {
    const gateway = await until(async () => {
      const found = await world.client.get(GATEWAYS, { namespace: NS, name: 'later' });
      return found.status?.listeners?.[0]?.attachedRoutes === 1 ? found : undefined;
    }, 'an attached route');
    expect(gateway.status?.addresses).toEqual([{ type: 'IPAddress', value: '127.0.0.1' }]);
    expect(findCondition(gateway.status?.conditions, 'Programmed')?.status).toBe('True');
    const offered = await world.client.get(GATEWAY_CLASSES, { name: 'argosy' });
    expect(findCondition(offered.status?.conditions, 'Accepted')?.status).toBe('True');
  });
});

it('says in one line that a port is in use', async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const { port } = busy.address() as AddressInfo;
  const ports = { clock: createSystemClock(), random: createSeededRandom(1), log: silentLogger, client: world.client };
  const gateway = createGateway({ ...ports, informers: createInformerSet(ports) }, { port: 0, metricsPort: port });
  const thrown = await gateway.listen().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Failure);
  expect((thrown as Failure).message).toBe(
    `port ${port} is in use; stop what uses it or choose another with --gateway-metrics-port`,
  );
  await new Promise((resolve) => busy.close(resolve));
});
