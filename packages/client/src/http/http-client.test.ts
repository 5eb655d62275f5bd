import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { CONFIG_MAPS } from '@argosy/kube';

import { fixedCredentials } from './cluster-access.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Answers each request with the next answer, and keeps what was asked. */
const serve = async (...answers: readonly (object | string)[]) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[asked.length] ?? {};
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
    const code = typeof answer !== 'string' && 'code' in answer ? Number(answer.code) : 200;
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client: HttpClient = createHttpClient({
    server: address,
    credentials: fixedCredentials({}),
    namespace: 'default',
  });
  ends.push(
    () => new Promise((resolve) => server.close(() => resolve())),
    () => client.close(),
  );
  return { client, asked };
};

const named = (...names: readonly string[]) => names.map((name) => ({ metadata: { name } }));
const page = (items: readonly object[], metadata: object) => ({ kind: 'ConfigMapList', items, metadata });
const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };

describe('a list', () => {
  it('comes in pages of one version, and each object says what it is', async () => {
    const { client, asked } = await serve(
      page(named('a'), { resourceVersion: '7', continue: 'x' }),
      page(named('b'), { resourceVersion: '7' }),
    );
    const list = await client.list(CONFIG_MAPS, { namespace: 'shop', labelSelector: 'app=web' });
    expect(list.metadata).toEqual({ resourceVersion: '7' });
    expect(list.items.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name])).toEqual([
      ['v1', 'ConfigMap', 'a'],
      ['v1', 'ConfigMap', 'b'],
    ]);
    expect(asked).toEqual([
      'GET /api/v1/namespaces/shop/configmaps?labelSelector=app=web&limit=500',
      'GET /api/v1/namespaces/shop/configmaps?labelSelector=app=web&limit=500&continue=x',
    ]);
  });

  it('is read again in one piece when its pages expire', async () => {
    const { client, asked } = await serve(
      page(named('a'), { resourceVersion: '7', continue: 'x' }),
      expired,
      page(named('a', 'b'), { resourceVersion: '9' }),
    );
    const list = await client.list(CONFIG_MAPS);
    expect([list.items.length, list.metadata.resourceVersion, asked.at(-1)]).toEqual([
      2,
      '9',
      'GET /api/v1/configmaps',
    ]);
  });

  it('of a caller who asks for a page is that page', async () => {
    const { client, asked } = await serve(page(named('a'), { continue: 'x' }));
    const list = await client.list(CONFIG_MAPS, { limit: 1 });
    expect([list.metadata.continue, asked]).toEqual(['x', ['GET /api/v1/configmaps?limit=1']]);
  });
});

describe('a watch', () => {
  const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

  it('gives events and bookmarks as they come', async () => {
    const object = { metadata: { name: 'a', resourceVersion: '8' } };
    const { client, asked } = await serve(
      `${line('ADDED', object)}\n${line('BOOKMARK', { metadata: { resourceVersion: '9' } })}${line('DELETED', object)}`,
    );
    const events = [];
    for await (const event of client.watch(CONFIG_MAPS, { resourceVersion: '7' })) events.push(event);
    expect(events).toEqual([
      { type: 'ADDED', object },
      { type: 'BOOKMARK', resourceVersion: '9' },
      { type: 'DELETED', object },
    ]);
    expect(asked).toEqual(['GET /api/v1/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=7']);
  });

  it.each([
    ['as an answer', expired],
    ['as an event', line('ERROR', expired)],
  ])('that begins too early ends with Expired: %s', async (_, answer) => {
    const { client } = await serve(answer);
    const first = client.watch(CONFIG_MAPS, { resourceVersion: '1' })[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ reason: 'Expired', httpCode: 410 });
  });

  it('ends without an error when its signal says so', async () => {
    const { client } = await serve(line('ADDED', { metadata: { name: 'a' } }));
    const ending = new AbortController();
    const names: (string | undefined)[] = [];
    for await (const event of client.watch(CONFIG_MAPS, { signal: ending.signal })) {
      if (event.type === 'ADDED') names.push(event.object.metadata.name);
      ending.abort();
    }
    expect(names).toEqual(['a']);
  });
});

describe('a write', () => {
  it('says how it is meant', async () => {
    const { client, asked } = await serve({}, {}, {});
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
    await client.create(CONFIG_MAPS, object, { dryRun: true, fieldManager: 'me', fieldValidation: 'Strict' });
    await client.patch(CONFIG_MAPS, { namespace: 'shop', name: 'a' }, { kind: 'apply', object, force: true });
    await client.update(CONFIG_MAPS, object, { subresource: 'status' });
    expect(asked).toEqual([
      'POST /api/v1/namespaces/shop/configmaps?dryRun=All&fieldManager=me&fieldValidation=Strict',
      'PATCH /api/v1/namespaces/shop/configmaps/a?force=true',
      'PUT /api/v1/namespaces/shop/configmaps/a/status',
    ]);
  });

  it('that is refused keeps reason, code and details', async () => {
    const details = { name: 'a', kind: 'configmaps' };
    const { client } = await serve({ kind: 'Status', code: 409, reason: 'Conflict', message: 'changed', details });
    await expect(client.get(CONFIG_MAPS, { name: 'a', namespace: 'shop' })).rejects.toMatchObject({
      reason: 'Conflict',
      httpCode: 409,
      details,
      message: 'changed',
    });
  });
});

describe('a write', () => {
  it('tells whether it made what it wrote', async () => {
    const { client } = await serve({ code: 201 }, { code: 200 });
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
    const made: number[] = [];
    for (const round of [1, 2])
      await client.patch(
        CONFIG_MAPS,
        { namespace: 'shop', name: 'a' },
        { kind: 'apply', object },
        { fieldManager: 'me', onCreated: () => made.push(round) },
      );
    expect(made).toEqual([1]);
  });
});
