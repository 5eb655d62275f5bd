/** What a server must survive: each line of bad input gets the right status and reason, and the server stays alive. */
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CONFIG_MAPS } from '@argosy/kube';

import { serveApi, type Asked, type ServedApi } from './served-api.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MEGABYTE = 1024 * 1024;

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi({ patience: { headMs: 300, requestMs: 600 } });
  await api.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'there', namespace: 'default' },
  });
});
afterAll(() => api.close());

const ask = ({ method = 'POST', path = MAPS, ...asked }: Partial<Asked>) => api.ask({ method, path, ...asked });

/** A client that writes what it is told to and nothing more. */
const connect = (text: string): { readonly socket: net.Socket; readonly closed: Promise<string> } => {
  const { hostname, port } = new URL(api.url);
  const socket = net.connect({ host: hostname, port: Number(port) });
  socket.write(text);
  let got = '';
  socket.on('data', (part: Buffer) => (got += part.toString('latin1')));
  socket.on('error', () => undefined);
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(got))) };
};

const aMap = (extra: object, name = 'x'): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...extra });
const nested = (depth: number): string =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('bad input over HTTP', () => {
  const cases: readonly [what: string, asked: Partial<Asked>, status: number, reason: string][] = [
    [
      'a definition without names',
      {
        path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        body: { metadata: { name: 'x.y.z' }, spec: { group: 'y.z', scope: 'Cluster', names: {}, versions: [] } },
      },
      422,
      'Invalid',
    ],
    ['malformed JSON', { body: '{"a":' }, 400, 'BadRequest'],
    ['JSON that ends too late', { body: `${aMap({})}}` }, 400, 'BadRequest'],
    ['malformed YAML', { body: 'a: [1, 2', type: 'application/yaml' }, 400, 'BadRequest'],
    ['YAML with a tag that runs code', { body: '!!js/function "x"', type: 'application/yaml' }, 400, 'BadRequest'],
    ['no body', {}, 400, 'BadRequest'],
    ['a list for a body', { body: '[]' }, 400, 'BadRequest'],
    ['a text for a body', { body: '"x"' }, 400, 'BadRequest'],
    ['metadata that is a list', { body: aMap({ metadata: [] }) }, 422, 'Invalid'],
    ['a number where a map belongs', { body: aMap({ data: 5 }) }, 400, 'BadRequest'],
    ['a number where a text belongs', { body: aMap({ data: { a: 5 } }) }, 400, 'BadRequest'],
    ['labels that are a list', { body: aMap({ metadata: { name: 'x', labels: ['a'] } }) }, 400, 'BadRequest'],
    ['another kind', { body: aMap({ kind: 'Secret' }) }, 400, 'BadRequest'],
    ['a name in capitals', { body: aMap({}, 'UPPER') }, 422, 'Invalid'],
    ['a name of 254 letters', { body: aMap({}, 'a'.repeat(254)) }, 422, 'Invalid'],
    ['a name with a way out', { body: aMap({}, '../etc') }, 422, 'Invalid'],
    ['no name', { body: aMap({ metadata: {} }) }, 422, 'Invalid'],
    ['JSON nested 100,000 deep', { body: nested(100_000) }, 400, 'BadRequest'],
    ['YAML nested 100,000 deep', { body: '['.repeat(100_000), type: 'application/yaml' }, 400, 'BadRequest'],
    [
      'unknown fields, strictly',
      { path: `${MAPS}?fieldValidation=Strict`, body: aMap({ nope: 1 }) },
      400,
      'BadRequest',
    ],
    ['a claim of two gigabytes', { headers: { 'content-length': '2147483648' } }, 413, 'RequestEntityTooLarge'],
    [
      'a stale resourceVersion',
      {
        method: 'PUT',
        path: `${MAPS}/there`,
        body: aMap({ metadata: { name: 'there', resourceVersion: '1' } }, 'there'),
      },
      409,
      'Conflict',
    ],
    [
      'a resourceVersion that is none',
      { method: 'GET', path: `${MAPS}?watch=true&resourceVersion=abc` },
      400,
      'BadRequest',
    ],
    ['a watch from the future', { method: 'GET', path: `${MAPS}?watch=1&resourceVersion=99999999` }, 410, 'Expired'],
    ['a token of another list', { method: 'GET', path: `${MAPS}?continue=abc` }, 400, 'BadRequest'],
    ['a path that leads out', { method: 'GET', path: '/api/v1/../../etc/passwd' }, 404, 'NotFound'],
    ['letters that cannot be decoded', { method: 'GET', path: '/api/v1/namespaces/%zz/pods' }, 404, 'NotFound'],
  ];
  it.each(cases)('%s', async (_what, asked, status, reason) => {
    const answer = await ask(asked);
    expect([answer.status, (JSON.parse(answer.text) as { readonly reason: string }).reason]).toEqual([status, reason]);
  });

  it('a body of 4 MB without a length', async () => {
    const { socket, closed } = connect(`POST ${MAPS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `${MEGABYTE.toString(16)}\r\n${'x'.repeat(MEGABYTE)}\r\n`;
    for (let count = 0; count < 4; count += 1) socket.write(chunk);
    expect(await closed).toMatch(/^HTTP\/1\.1 413 [^]*"reason":"RequestEntityTooLarge"/);
  });

  it.each([
    ['Strict', 400, ''],
    ['Warn', 201, '299 - "unknown field \\"nope\\""'],
    ['Ignore', 201, ''],
  ])('unknown fields under fieldValidation %s', async (level, status, warnings) => {
    const answer = await ask({ path: `${MAPS}?fieldValidation=${level}&dryRun=All`, body: aMap({ nope: 1 }) });
    expect([answer.status, answer.warning]).toEqual([status, warnings]);
  });
});

describe('slow clients', () => {
  it('one that sends its head letter by letter is let go, others are served', async () => {
    const { socket, closed } = connect('GET /api/v1/pods HTTP/1.1\r\n');
    const timer = setInterval(() => socket.write('X-A: b\r\n'), 50);
    expect((await ask({ method: 'GET' })).status).toBe(200);
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(timer);
  });

  it('one that sends its body letter by letter is let go', async () => {
    const { socket, closed } = connect(`POST ${MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{`);
    const timer = setInterval(() => socket.write(' '), 50);
    await closed;
    clearInterval(timer);
    expect((await ask({ method: 'GET' })).status).toBe(200);
  });

  it('a watch outlives the patience for requests', async () => {
    const { socket, closed } = connect(`GET ${MAPS}?watch=true&timeoutSeconds=2 HTTP/1.1\r\nHost: x\r\n\r\n`);
    const started = Date.now();
    socket.once('data', () => undefined);
    socket.on('data', (part: Buffer) => part.toString('latin1').endsWith('0\r\n\r\n') && socket.destroy());
    expect(await closed).toContain('"type":"ADDED"');
    expect(Date.now() - started).toBeGreaterThan(1500);
  });

  it('a watcher that does not read holds nothing but itself, and is cut off', { timeout: 60_000 }, async () => {
    const { socket, closed } = connect(`GET ${MAPS}?watch=true HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const before = process.memoryUsage().external + process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 120; round += 1) {
      await Promise.all(
        Array.from({ length: 250 }, () =>
          api.client.patch(
            CONFIG_MAPS,
            { namespace: 'default', name: 'there' },
            {
              kind: 'merge',
              patch: { data: { text: `${Math.random()} ${'x'.repeat(1500)}` } },
            },
          ),
        ),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    // 45 MB were told; what waits for the client is bounded by its socket.
    const grown = process.memoryUsage().external + process.memoryUsage().arrayBuffers - before;
    expect(grown).toBeLessThan(30 * MEGABYTE);
    expect((await ask({ method: 'GET', path: `${MAPS}/there` })).status).toBe(200);
    // Once it reads again it finds the end of its watch, long before the last change.
    setTimeout(() => socket.resume(), 6_000);
    expect((await closed).length).toBeLessThan(20 * MEGABYTE);
  });
});
