/** Conversion as clients of the network see it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CUSTOM_RESOURCE_DEFINITIONS, type KubeObject } from '@argosy/kube';

import { createMemoryStore } from '../../src/index.ts';
import { createConversions } from '../../src/api/conversion/conversions.ts';
import { createKindRegistry } from '../../src/kinds/kind-registry.ts';
import { PORTS } from '../running-cluster.ts';
import { aWidget, startConversionHook, widgetDefinition, widgets, type ConversionHook } from './conversion-world.ts';
import { serveApi, type ServedApi } from './served-api.ts';

const store = createMemoryStore();
const V1 = widgets('v1');
const PATH = '/apis/example.com/v2/namespaces/default/widgets';
let hook: ConversionHook;
let api: ServedApi;

beforeAll(async () => {
  hook = await startConversionHook();
  api = await serveApi({ store });
  await api.client.create(CUSTOM_RESOURCE_DEFINITIONS, widgetDefinition(hook));
  await api.client.create(V1, aWidget('v1', 'a'));
});
afterAll(async () => {
  await api.close();
  hook.close();
});

const ask = async (method: string, path: string, body?: unknown, type = 'application/json') => {
  const { status, text } = await api.ask({ method, path, body, type });
  return { status, body: JSON.parse(text) as Record<string, unknown> & KubeObject };
};

/** Lines of a watch until there are as many as wanted. */
const linesOf = async (
  path: string,
  count: number,
  afterFirst?: () => Promise<unknown>,
): Promise<readonly string[]> => {
  const until = new AbortController();
  const response = await fetch(`${api.url}${path}`, { signal: until.signal });
  let text = '';
  for await (const part of response.body!) {
    const before = text.split('\n').length;
    text += Buffer.from(part).toString('utf8');
    if (before === 1) await afterFirst?.();
    if (text.split('\n').length > count) break;
  }
  until.abort();
  return text.split('\n').slice(0, count);
};

describe('conversion over HTTP', () => {
  it('shows objects, lists and scales in the version of the address', async () => {
    expect((await ask('GET', `${PATH}/a`)).body).toMatchObject({
      apiVersion: 'example.com/v2',
      spec: { dimensions: { size: 'L' } },
    });
    expect((await ask('GET', PATH)).body['items']).toMatchObject([{ apiVersion: 'example.com/v2' }]);
    expect(
      (await ask('PATCH', `${PATH}/a/scale`, { spec: { replicas: 2 } }, 'application/merge-patch+json')).status,
    ).toBe(200);
    expect((await api.client.get(V1, { namespace: 'default', name: 'a' })).spec).toMatchObject({ size: 'L' });
  });

  it('watches in order, asking once for all who watch', async () => {
    await ask('GET', PATH);
    hook.asked.length = 0;
    let joined = 0;
    let release = (): void => undefined;
    const all = new Promise<void>((resolve) => (release = resolve));
    const afterFirst = async (): Promise<void> => {
      joined += 1;
      if (joined === 2) {
        for (const name of ['b', 'c']) await api.client.create(V1, aWidget('v1', name));
        release();
      }
      await all;
    };
    const seen = await Promise.all([1, 2].map(() => linesOf(`${PATH}?watch=true`, 3, afterFirst)));
    const names = (lines: readonly string[]) =>
      lines
        .map((line) => JSON.parse(line) as { object: KubeObject })
        .map(({ object }) => `${object.apiVersion} ${object.metadata.name}`);
    const expected = ['a', 'b', 'c'].map((name) => `example.com/v2 ${name}`);
    expect(seen.map(names)).toEqual([expected, expected]);
    const asked = hook.asked.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.name));
    expect(asked.toSorted((left = '', right = '') => left.localeCompare(right))).toEqual(['b', 'c']);
  });

  it('says why it failed as Kubernetes does, also to watchers, and deletes all the same', async () => {
    await api.client.create(V1, aWidget('v1', 'd'));
    hook.spoil(() => undefined);
    const message = 'conversion webhook for example.com/v1, Kind=Widget failed: no response provided';
    const { status, body } = await ask('GET', `${PATH}/d`);
    expect({ status, body }).toEqual({
      status: 500,
      body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 },
    });
    const [line] = await linesOf(`${PATH}?watch=true`, 1);
    expect(JSON.parse(line ?? '')).toMatchObject({ type: 'ERROR', object: { message } });
    expect((await ask('DELETE', `${PATH}/d`)).body).toMatchObject({ status: 'Success' });
    hook.spoil(undefined);
  });

  it('does not wait for ever', async () => {
    const conversions = createConversions({ store, random: PORTS.random, timeoutSeconds: 0.2 });
    const kind = createKindRegistry(store, []).find({ group: 'example.com', version: 'v2', resource: 'widgets' })!;
    const object = await api.client.get(V1, { namespace: 'default', name: 'a' });
    hook.spoil('silent');
    await expect(conversions.shown(kind, [object])).rejects.toThrow(
      'conversion webhook for example.com/v1, Kind=Widget failed: Post "https://127.0.0.1',
    );
    hook.spoil(undefined);
    expect((await conversions.shown(kind, [object]))(object).apiVersion).toBe('example.com/v2');
  });
});
