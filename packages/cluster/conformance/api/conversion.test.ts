/** Custom kinds whose versions a webhook converts. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { CUSTOM_RESOURCE_DEFINITIONS, type KubeObject } from '@argosy/kube';

import type { ApiServer } from '../../src/index.ts';
import { startApiServer } from '../running-cluster.ts';
import {
  aWidget,
  startConversionHook,
  widgetDefinition,
  widgets,
  type ConversionHook,
  type Widget,
} from './conversion-world.ts';

let hook: ConversionHook;
let server: ApiServer;
const V1 = widgets('v1');
const V2 = widgets('v2');

beforeAll(async () => {
  hook = await startConversionHook();
});
afterAll(() => hook.close());
beforeEach(async () => {
  hook.asked.length = 0;
  hook.spoil(undefined);
  server = await startApiServer();
  await server.client.create(CUSTOM_RESOURCE_DEFINITIONS, widgetDefinition(hook));
});

const key = (name: string) => ({ namespace: 'default', name });

describe('conversion', () => {
  it('asks nobody about objects in their stored version', async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
    await server.client.patch(V1, key('a'), { kind: 'merge', patch: { spec: { size: 'M' } } });
    expect((await server.client.list(V1)).items).toHaveLength(1);
    expect(hook.asked).toEqual([]);
  });

  it('shows a stored object in the version asked for, with its defaults, and asks once for each state of it', async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
    const seen = await server.client.get(V2, key('a'));
    expect(seen).toMatchObject({ apiVersion: 'example.com/v2', spec: { dimensions: { size: 'L', unit: 'cm' } } });
    expect(await server.client.get(V2, key('a'))).toBe(seen);
    expect(hook.asked).toHaveLength(1);
    expect(hook.asked[0]).toMatchObject({ desiredAPIVersion: 'example.com/v2', objects: [{ spec: { size: 'L' } }] });
    await server.client.patch(V1, key('a'), { kind: 'merge', patch: { spec: { size: 'M' } } });
    expect((await server.client.get(V2, key('a'))).spec?.dimensions?.size).toBe('M');
    expect(hook.asked).toHaveLength(2);
  });

  it('asks about a list in one question, and only about what it does not know', async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
    await server.client.create(V1, aWidget('v1', 'b', 'S'));
    expect((await server.client.list(V2)).items.map(({ spec }) => spec?.dimensions?.size)).toEqual(['L', 'S']);
    expect(hook.asked.map(({ objects }) => objects.length)).toEqual([2]);
    await server.client.create(V1, aWidget('v1', 'c', 'M'));
    await server.client.list(V2);
    expect(hook.asked.map(({ objects }) => objects.map(({ metadata }) => metadata.name))).toEqual([['a', 'b'], ['c']]);
  });

  it('asks about what is on a page alone', async () => {
    for (const name of ['a', 'b', 'c']) await server.client.create(V1, aWidget('v1', name));
    const page = await server.client.list(V2, { limit: 2 });
    expect(page.items).toHaveLength(2);
    expect(hook.asked.map(({ objects }) => objects.length)).toEqual([2]);
  });

  it('stores what is written in another version, and answers in that', async () => {
    const made = await server.client.create(V2, aWidget('v2', 'a', 'XL'));
    expect(made).toMatchObject({ apiVersion: 'example.com/v2', spec: { dimensions: { size: 'XL' } } });
    expect(await server.client.get(V1, key('a'))).toMatchObject({ spec: { size: 'XL' } });
    const changed = await server.client.update(V2, { ...made, spec: { dimensions: { size: 'S' } } });
    expect(changed.metadata.generation).toBe(2);
    await server.client.patch(V2, key('a'), {
      kind: 'json',
      operations: [{ op: 'replace', path: '/spec/dimensions/size', value: 'M' }],
    });
    expect(await server.client.get(V1, key('a'))).toMatchObject({ apiVersion: 'example.com/v1', spec: { size: 'M' } });
    await expect(server.client.update(V2, made)).rejects.toMatchObject({ code: 'Conflict' });
  });

  it('writes the status in another version', async () => {
    const made = await server.client.create(V1, aWidget('v1', 'a'));
    const status = { phase: 'Ready' };
    await server.client.update(V2, { ...aWidget('v2', 'a'), metadata: made.metadata, status } as Widget, {
      subresource: 'status',
    });
    expect(await server.client.get(V1, key('a'))).toMatchObject({ spec: { size: 'L' }, status });
  });

  it('applies in another version', async () => {
    const apply = (size: string) =>
      server.client.patch(V2, key('a'), { kind: 'apply', object: aWidget('v2', 'a', size) }, { fieldManager: 'me' });
    await apply('S');
    await apply('M');
    const stored = await server.client.get(V1, key('a'));
    expect(stored.spec).toEqual({ size: 'M' });
    expect(stored.metadata.managedFields).toMatchObject([{ manager: 'me', apiVersion: 'example.com/v2' }]);
  });

  it('asks owners of another version in their version whether something is taken from them', async () => {
    const apply = (version: 'v1' | 'v2', size: string, fieldManager: string, force = false) =>
      server.client.patch(
        version === 'v1' ? V1 : V2,
        key('a'),
        { kind: 'apply', object: aWidget(version, 'a', size), force },
        { fieldManager },
      );
    const owners = async () => (await server.client.get(V1, key('a'))).metadata.managedFields;
    await apply('v1', 'S', 'one');
    await expect(apply('v2', 'M', 'two')).rejects.toThrow(
      'Apply failed with 1 conflict: conflict with "one": .spec.size',
    );
    await apply('v2', 'S', 'two');
    expect(await owners()).toMatchObject([{ manager: 'one' }, { manager: 'two', apiVersion: 'example.com/v2' }]);
    await apply('v2', 'M', 'two', true);
    expect(await owners()).toMatchObject([
      { manager: 'two', fieldsV1: { 'f:spec': { 'f:dimensions': { 'f:size': {} } } } },
    ]);
    expect((await server.client.get(V1, key('a'))).spec).toEqual({ size: 'M' });
  });

  it('takes away what a manager applied in another version and no longer says', async () => {
    const options = { fieldManager: 'me' };
    const first = { ...aWidget('v1', 'a'), spec: { size: 'S', replicas: 2 } };
    await server.client.patch(V1, key('a'), { kind: 'apply', object: first }, options);
    await server.client.patch(V2, key('a'), { kind: 'apply', object: aWidget('v2', 'a', 'S') }, options);
    expect((await server.client.get(V1, key('a'))).spec).toEqual({ size: 'S' });
  });

  it('updates take from owners of another version what they change, and nothing else', async () => {
    const first = { ...aWidget('v1', 'a'), spec: { size: 'S', replicas: 2 } };
    await server.client.patch(V1, key('a'), { kind: 'apply', object: first }, { fieldManager: 'one' });
    const seen = await server.client.get(V2, key('a'));
    const changed = { ...seen, spec: { ...seen.spec, dimensions: { size: 'L' } } } as Widget;
    await server.client.update(V2, changed, { fieldManager: 'two' });
    const { metadata } = await server.client.get(V1, key('a'));
    expect(metadata.managedFields).toMatchObject([
      { manager: 'one', apiVersion: 'example.com/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
      { manager: 'two', apiVersion: 'example.com/v2' },
    ]);
  });

  it('tries without storing', async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
    const tried = await server.client.patch(
      V2,
      key('a'),
      { kind: 'merge', patch: { spec: { dimensions: { size: 'S' } } } },
      { dryRun: true },
    );
    expect(tried.spec?.dimensions?.size).toBe('S');
    expect((await server.client.get(V1, key('a'))).spec?.size).toBe('L');
  });

  it('loses no change when two write at once', async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
    const label = (name: string) =>
      server.client.patch(V2, key('a'), { kind: 'merge', patch: { metadata: { labels: { [name]: 'x' } } } });
    await Promise.all([label('one'), label('two'), label('three')]);
    expect((await server.client.get(V1, key('a'))).metadata.labels).toEqual({ one: 'x', two: 'x', three: 'x' });
  });

  it('tells watchers in their version', async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
    const seen: string[] = [];
    const until = new AbortController();
    const watching = (async () => {
      for await (const event of server.client.watch(V2, { signal: until.signal })) {
        if (event.type === 'BOOKMARK') void server.client.create(V1, aWidget('v1', 'b', 'S'));
        else seen.push(`${event.type} ${event.object.apiVersion} ${event.object.spec?.dimensions?.size}`);
        if (seen.length === 2) until.abort();
      }
    })();
    await watching;
    expect(seen).toEqual(['ADDED example.com/v2 L', 'ADDED example.com/v2 S']);
  });

  it('remembers versions stored, converts objects of the older one, and forgets it when told', async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
    const definition = widgetDefinition(hook, 'v2');
    const patched = await server.client.patch(
      CUSTOM_RESOURCE_DEFINITIONS,
      { name: 'widgets.example.com' },
      {
        kind: 'merge',
        patch: { spec: definition.spec as object },
      },
    );
    expect(patched.status?.storedVersions).toEqual(['v1', 'v2']);
    expect((await server.client.get(V1, key('a'))).spec?.size).toBe('L');
    expect(hook.asked).toEqual([]);
    await server.client.patch(V2, key('a'), { kind: 'merge', patch: { metadata: { labels: { rewritten: 'yes' } } } });
    hook.asked.length = 0;
    expect((await server.client.get(V2, key('a'))).spec?.dimensions?.size).toBe('L');
    expect(hook.asked).toEqual([]);
    const forget = (versions: readonly string[]) =>
      server.client.patch(
        CUSTOM_RESOURCE_DEFINITIONS,
        { name: 'widgets.example.com' },
        { kind: 'merge', patch: { status: { storedVersions: versions } } },
        { subresource: 'status' },
      );
    await expect(forget(['v1'])).rejects.toThrow('must have the storage version v2');
    expect((await forget(['v2'])).status?.storedVersions).toEqual(['v2']);
  });
});

describe('a conversion that fails', () => {
  beforeEach(async () => {
    await server.client.create(V1, aWidget('v1', 'a'));
  });
  const OF = 'conversion webhook for example.com/v1, Kind=Widget';
  const first = (response: Record<string, unknown>): Widget => (response['convertedObjects'] as readonly Widget[])[0]!;
  const withObject = (change: (object: Widget) => unknown) => (response: Record<string, unknown>) => ({
    ...response,
    convertedObjects: [change(first(response))],
  });
  it.each([
    ['without an answer', () => undefined, `${OF} failed: no response provided`],
    [
      'another question',
      (response: object) => ({ ...response, uid: 'x' }),
      /failed: expected response.uid=".+", got "x"$/,
    ],
    [
      'a refusal',
      (response: object) => ({ ...response, result: { status: 'Failed', message: 'size is unknown' } }),
      `${OF} failed: size is unknown`,
    ],
    [
      'a refusal without a word',
      (response: object) => ({ ...response, result: {} }),
      `${OF} failed: response.result.status was '', not 'Success'`,
    ],
    ['too few', (response: object) => ({ ...response, convertedObjects: [] }), `${OF} returned 0 objects, expected 1`],
    [
      'the wrong version',
      withObject((object) => ({ ...object, apiVersion: 'example.com/v3' })),
      `${OF} returned invalid object at index 0: invalid groupVersion (expected example.com/v2, received example.com/v3)`,
    ],
    [
      'another kind',
      withObject((object) => ({ ...object, kind: 'Gadget' })),
      `${OF} returned invalid object: must have the same kind: Widget != Gadget`,
    ],
    [
      'another name',
      withObject((object) => ({ ...object, metadata: { ...object.metadata, name: 'b' } })),
      `${OF} returned invalid object: must have the same name: a != b`,
    ],
    [
      'labels that are none',
      withObject((object) => ({ ...object, metadata: { ...object.metadata, labels: { 'a b': 'c' } } })),
      /returned invalid metadata: metadata\.labels: Invalid value: "a b"/,
    ],
  ])('%s', async (_case, answer, message) => {
    hook.spoil(answer as Parameters<ConversionHook['spoil']>[0]);
    await expect(server.client.get(V2, key('a'))).rejects.toThrow(message);
    hook.spoil(undefined);
    expect((await server.client.get(V2, key('a'))).spec?.dimensions?.size).toBe('L');
  });

  it('hears of metadata labels and annotations alone', async () => {
    const { metadata } = await server.client.get(V1, key('a'));
    const changed = { labels: { from: 'hook' }, generation: 99, creationTimestamp: null, finalizers: ['x/y'] };
    hook.spoil(withObject((object) => ({ ...object, metadata: { ...object.metadata, ...changed } })) as never);
    expect((await server.client.get(V2, key('a'))).metadata).toEqual({ ...metadata, labels: { from: 'hook' } });
  });

  it('stops neither deletion, nor other kinds, nor the stored version', async () => {
    hook.spoil(() => undefined);
    const patch = { kind: 'merge' as const, patch: { spec: { dimensions: { size: 'S' } } } };
    await expect(server.client.patch(V2, key('a'), patch)).rejects.toThrow('no response provided');
    await expect(server.client.create(V2, aWidget('v2', 'b'))).rejects.toThrow(
      'conversion webhook for example.com/v2, Kind=Widget failed: no response provided',
    );
    expect((await server.client.list(V1)).items).toHaveLength(1);
    await server.client.delete(V2, key('a'));
    expect((await server.client.list(V1)).items).toEqual([]);
  });

  it('lets programs of this process read and write metadata as they are stored', async () => {
    hook.spoil(() => undefined);
    const [resource] = (await server.client.servedResources()).filter(
      (one) => one.resource === 'widgets' && one.preferred,
    );
    expect(resource?.version).toBe('v2');
    const stored = { ...V1, version: resource?.unconverted ?? '' };
    const [object] = (await server.client.list(stored)).items;
    expect(object?.apiVersion).toBe('example.com/v1');
    const held = { ...object!, metadata: { ...object!.metadata, finalizers: ['example.com/held'] } };
    await server.client.update(stored, held);
    expect((await server.client.get(V1, key('a'))).metadata.finalizers).toEqual(['example.com/held']);
    expect((await server.client.get(V1, key('a'))).spec).toEqual({ size: 'L' });
  });

  it('says what its definition may not say', async () => {
    const definition = widgetDefinition(hook) as KubeObject<{ readonly conversion: object }>;
    const conversion = (changed: object) =>
      server.client.patch(
        CUSTOM_RESOURCE_DEFINITIONS,
        { name: 'widgets.example.com' },
        {
          kind: 'merge',
          patch: { spec: { ...definition.spec, conversion: changed } },
        },
      );
    await expect(conversion({ webhook: { conversionReviewVersions: ['v1beta1'] } })).rejects.toThrow(
      'spec.conversion.conversionReviewVersions: Invalid value: ["v1beta1"]: must include at least one of v1',
    );
    await expect(conversion({ strategy: 'None' })).rejects.toThrow(
      'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook',
    );
  });
});
