/** What every verb promises to every client, asked of the server in process. */
import { createVirtualClock } from '@argosy/base';
import {
  ApiStatusError,
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  NAMESPACES,
  PODS,
  resourceType,
  SECRETS,
  type ConfigMap,
  type CustomResourceDefinition,
  type KubeObject,
  type Namespace,
  type Pod,
} from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { createMemoryStore, type ApiServer } from '../../src/index.ts';
import { startApiServer } from '../running-cluster.ts';

const start = (historyCapacity?: number): Promise<ApiServer> =>
  startApiServer({
    store: createMemoryStore(historyCapacity ? { historyCapacity } : {}),
    clock: createVirtualClock(),
  });
const aConfigMap = (name: string, extra: Partial<ConfigMap> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  ...extra,
});
const aPod = (name: string, nodeName?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'x' }], ...(nodeName ? { nodeName } : {}) },
});
const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'u' };
const inDefault = (name: string) => ({ namespace: 'default', name });

describe('create', () => {
  it('completes metadata and freezes', async () => {
    const { client } = await start();
    const created = await client.create(PODS, aPod('web'));
    expect(created.metadata).toEqual({
      name: 'web',
      namespace: 'default',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      creationTimestamp: '2026-01-01T00:00:00Z',
      resourceVersion: expect.stringMatching(/^\d+$/) as string,
    });
    expect(Object.isFrozen(created.spec?.containers[0])).toBe(true);
  });
  it('says of a pod whose gates are closed that nobody looks for a node', async () => {
    const { client } = await start();
    const gated = { ...aPod('gated'), spec: { ...aPod('gated').spec, schedulingGates: [{ name: 'a.b/c' }] } } as Pod;
    expect((await client.create(PODS, gated)).status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
    });
    expect((await client.create(PODS, aPod('open'))).status?.conditions).toBeUndefined();
  });
  it('completes a generated name', async () => {
    const { client } = await start();
    const object = { ...aConfigMap(''), metadata: { generateName: 'job-', namespace: 'default' } };
    expect((await client.create(CONFIG_MAPS, object)).metadata.name).toMatch(/^job-[a-z0-9]{5}$/);
  });
  it.each([
    ['AlreadyExists', 'taken name', aConfigMap('taken')],
    ['NotFound', 'absent namespace', { ...aConfigMap('a'), metadata: { name: 'a', namespace: 'nowhere' } }],
    ['Invalid', 'name in capitals', aConfigMap('NotAName')],
    ['BadRequest', 'wrong kind', { ...aConfigMap('a'), kind: 'Secret' }],
    ['BadRequest', 'resourceVersion', { ...aConfigMap('a'), metadata: { ...inDefault('a'), resourceVersion: '3' } }],
  ])('throws %s: %s', async (code, _reason, object) => {
    const { client } = await start();
    await client.create(CONFIG_MAPS, aConfigMap('taken'));
    await expect(client.create(CONFIG_MAPS, object)).rejects.toMatchObject({ code });
  });
  it('stores nothing on dry run', async () => {
    const { client } = await start();
    await client.create(CONFIG_MAPS, aConfigMap('a'), { dryRun: true });
    await expect(client.get(CONFIG_MAPS, inDefault('a'))).rejects.toMatchObject({ code: 'NotFound' });
  });
  it('folds stringData of secrets', async () => {
    const { client } = await start();
    const secret = await client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: inDefault('s'),
      stringData: { a: 'hi' },
    });
    expect({ data: secret.data, type: secret.type }).toEqual({ data: { a: 'aGk=' }, type: 'Opaque' });
  });
  it('refuses content in a terminating namespace, which ends when its finalizers are gone', async () => {
    const { client } = await start();
    const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } };
    await client.create(NAMESPACES, namespace);
    await client.delete(NAMESPACES, { name: 'gone' });
    const object = { ...aConfigMap('a'), metadata: { name: 'a', namespace: 'gone' } };
    await expect(client.create(CONFIG_MAPS, object)).rejects.toMatchObject({ code: 'Forbidden' });
    const finished = { ...(await client.get(NAMESPACES, { name: 'gone' })), spec: { finalizers: [] } };
    expect((await client.update(NAMESPACES, finished)).spec?.finalizers).toEqual(['kubernetes']);
    const patch = { kind: 'merge', patch: { spec: null } } as const;
    expect((await client.patch(NAMESPACES, { name: 'gone' }, patch)).spec?.finalizers).toEqual(['kubernetes']);
    const ill = { ...finished, spec: { finalizers: ['x'] } };
    await expect(client.update(NAMESPACES, ill, { subresource: 'finalize' })).rejects.toMatchObject({
      code: 'Invalid',
      message: expect.stringContaining('spec.finalizers[0]: Invalid value: "x": name is neither') as string,
    });
    await client.update(NAMESPACES, finished, { subresource: 'finalize' });
    await expect(client.get(NAMESPACES, { name: 'gone' })).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('update and patch', () => {
  it('refuses a stale resourceVersion and keeps what has not changed', async () => {
    const { client } = await start();
    const first = await client.create(CONFIG_MAPS, aConfigMap('a', { data: { k: '1' } }));
    const second = await client.update(CONFIG_MAPS, { ...first, data: { k: '2' } });
    await expect(client.update(CONFIG_MAPS, { ...first, data: { k: '3' } })).rejects.toMatchObject({
      code: 'Conflict',
    });
    const third = await client.update(CONFIG_MAPS, second);
    expect(third.metadata.resourceVersion).toBe(second.metadata.resourceVersion);
  });
  it('separates status from spec', async () => {
    const { client } = await start();
    await client.create(PODS, aPod('web'));
    const patch = {
      kind: 'merge',
      patch: { spec: { activeDeadlineSeconds: 9 }, status: { phase: 'Running' } },
    } as const;
    const both = await client.patch(PODS, inDefault('web'), patch);
    const status = await client.patch(PODS, inDefault('web'), patch, { subresource: 'status' });
    expect([both.status?.phase, status.status?.phase]).toEqual(['Pending', 'Running']);
  });
  it('counts what is wanted of kinds upstream counts, and of no others', async () => {
    const { client } = await start();
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'a', namespace: 'default' },
    };
    const of = {
      group: 'policy',
      version: 'v1',
      resource: 'poddisruptionbudgets',
      kind: 'PodDisruptionBudget',
      namespaced: true,
    };
    const selector = { matchLabels: { app: 'a' } };
    const patched = async (patch: object, subresource?: 'status') =>
      (await client.patch(of, inDefault('a'), { kind: 'merge', patch }, subresource ? { subresource } : {})).metadata
        .generation;
    const made = await client.create(of, { ...budget, spec: { minAvailable: 1, selector } } as KubeObject);
    expect(made.status).toEqual({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 });
    expect(made.metadata.generation).toBe(1);
    expect(await patched({ metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(await patched({ status: { expectedPods: 3 } }, 'status')).toBe(1);
    expect(await patched({ spec: { minAvailable: 2 } })).toBe(2);
    expect((await client.create(PODS, aPod('web'))).metadata.generation).toBeUndefined();
  });
  it('takes labels and annotations along with the status of built-in kinds, as clients of namespaces and pods expect', async () => {
    const { client } = await start();
    await client.create(PODS, {
      ...aPod('web'),
      metadata: { ...aPod('web').metadata, labels: { app: 'web' }, annotations: { before: 'yes' } },
    });
    const patch = {
      metadata: { labels: { seen: 'yes' }, annotations: { after: 'yes' }, ownerReferences: [OWNER] },
      spec: { nodeName: 'elsewhere' },
      status: { phase: 'Running' },
    };
    const patched = await client.patch(PODS, inDefault('web'), { kind: 'merge', patch }, { subresource: 'status' });
    expect(patched.metadata).toMatchObject({
      labels: { app: 'web', seen: 'yes' },
      annotations: { before: 'yes', after: 'yes' },
    });
    expect(patched.metadata.ownerReferences).toBeUndefined();
    expect(patched.spec?.nodeName).toBeUndefined();
    expect(patched.status?.phase).toBe('Running');
  });
  it('finds the object an apply is for by its uid, or none', async () => {
    const { client } = await start();
    const { metadata } = await client.create(CONFIG_MAPS, aConfigMap('a'));
    const apply = (name: string, of: object) =>
      client.patch(
        CONFIG_MAPS,
        inDefault(name),
        { kind: 'apply', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...of } } },
        { fieldManager: 'x' },
      );
    const immutable = { code: 'Invalid', message: expect.stringContaining('metadata.uid: Invalid value') as string };
    await expect(apply('a', { uid: 'foreign' })).rejects.toMatchObject(immutable);
    await expect(apply('new', { uid: 'foreign' })).rejects.toMatchObject({
      code: 'Conflict',
      message: expect.stringContaining('uid mismatch: the provided object specified uid foreign, and no') as string,
    });
    await expect(apply('a', { resourceVersion: '1' })).rejects.toMatchObject({ code: 'Conflict' });
    expect((await apply('a', { uid: metadata.uid })).metadata.uid).toBe(metadata.uid);
    // An object that is not there has no version to differ from.
    expect((await apply('versioned', { resourceVersion: '1' })).metadata.name).toBe('versioned');
  });
  it('applies concurrent patches one after the other', async () => {
    const { client } = await start();
    await client.create(CONFIG_MAPS, aConfigMap('a'));
    const patches = Array.from({ length: 20 }, (_, at) =>
      client.patch(CONFIG_MAPS, inDefault('a'), { kind: 'merge', patch: { data: { [`k${at}`]: '' } } }),
    );
    await Promise.all(patches);
    expect(Object.keys((await client.get(CONFIG_MAPS, inDefault('a'))).data ?? {})).toHaveLength(20);
  });
});

describe('delete', () => {
  it('waits for finalizers', async () => {
    const { client } = await start();
    const metadata = { ...inDefault('a'), finalizers: ['x.io/hold'] };
    await client.create(CONFIG_MAPS, { ...aConfigMap('a'), metadata });
    await client.delete(CONFIG_MAPS, inDefault('a'));
    expect((await client.get(CONFIG_MAPS, inDefault('a'))).metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    await client.patch(CONFIG_MAPS, inDefault('a'), { kind: 'merge', patch: { metadata: { finalizers: null } } });
    await expect(client.get(CONFIG_MAPS, inDefault('a'))).rejects.toMatchObject({ code: 'NotFound' });
  });
  it('gives a bound pod its grace period, an unbound one none', async () => {
    const { client } = await start();
    await client.create(PODS, aPod('unbound'));
    await client.create(PODS, aPod('bound', 'node'));
    await client.delete(PODS, inDefault('unbound'));
    await client.delete(PODS, inDefault('bound'));
    const left = (await client.list(PODS)).items.map((pod) => [pod.metadata.name, pod.metadata.deletionTimestamp]);
    expect(left).toEqual([['bound', '2026-01-01T00:00:30Z']]);
    await client.delete(PODS, inDefault('bound'), { gracePeriodSeconds: 0 });
    expect((await client.list(PODS)).items).toEqual([]);
  });
  it('checks preconditions', async () => {
    const { client } = await start();
    await client.create(CONFIG_MAPS, aConfigMap('a'));
    const other = { preconditions: { uid: 'other' } };
    await expect(client.delete(CONFIG_MAPS, inDefault('a'), other)).rejects.toMatchObject({ code: 'Conflict' });
  });
});

describe('list and watch', () => {
  it('pages at one revision', async () => {
    const { client } = await start();
    for (const name of ['a', 'b', 'c']) await client.create(CONFIG_MAPS, aConfigMap(name));
    const first = await client.list(CONFIG_MAPS, { namespace: 'default', limit: 2 });
    await client.delete(CONFIG_MAPS, inDefault('c'));
    const rest = await client.list(CONFIG_MAPS, {
      namespace: 'default',
      limit: 2,
      continue: first.metadata.continue ?? '',
    });
    expect([first.items, rest.items].map((page) => page.map((one) => one.metadata.name))).toEqual([['a', 'b'], ['c']]);
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });
  it('shows a selecting watcher what enters and leaves', async () => {
    const { client } = await start();
    const { metadata } = await client.list(CONFIG_MAPS);
    await client.create(CONFIG_MAPS, aConfigMap('a'));
    for (const app of ['web', 'web2', null])
      await client.patch(CONFIG_MAPS, inDefault('a'), { kind: 'merge', patch: { metadata: { labels: { app } } } });
    const seen: string[] = [];
    const stop = new AbortController();
    const watch = client.watch(CONFIG_MAPS, {
      labelSelector: 'app',
      resourceVersion: metadata.resourceVersion ?? '',
      signal: stop.signal,
    });
    for await (const event of watch) {
      seen.push(event.type);
      if (event.type === 'DELETED') stop.abort();
    }
    expect(seen).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });
  it('gives the rest of a list whose revision is gone, as it is now, to those who ask for that', async () => {
    const { client } = await start(4);
    for (const name of ['a', 'b', 'c']) await client.create(CONFIG_MAPS, aConfigMap(name));
    const first = await client.list(CONFIG_MAPS, { namespace: 'default', limit: 1 });
    for (let at = 0; at < 20; at += 1) await client.create(CONFIG_MAPS, aConfigMap(`d${at}`));
    const gone = await client
      .list(CONFIG_MAPS, { namespace: 'default', limit: 1, continue: first.metadata?.continue ?? '' })
      .catch((thrown: unknown) => thrown);
    if (!(gone instanceof ApiStatusError)) throw new Error('the token should have expired');
    expect(gone.toStatus()).toMatchObject({ code: 410, reason: 'Expired' });
    const rest = await client.list(CONFIG_MAPS, {
      namespace: 'default',
      continue: gone.toStatus().metadata.continue ?? '',
    });
    expect(rest.items).toHaveLength(22);
    expect(rest.items[0]?.metadata.name).toBe('b');
  });
  it('says 410 when the history is gone', async () => {
    const { client } = await start(4);
    const { metadata } = await client.list(CONFIG_MAPS);
    for (let at = 0; at < 20; at += 1) await client.create(CONFIG_MAPS, aConfigMap(`c${at}`));
    expect(() => client.watch(CONFIG_MAPS, { resourceVersion: metadata.resourceVersion ?? '' })).toThrow(
      expect.objectContaining({ code: 'Expired' }) as Error,
    );
  });
});

describe('custom resource definitions', () => {
  const definition: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'boats.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'boats', kind: 'Boat' },
      versions: ['v1beta1', 'v1'].map((name) => ({
        name,
        served: true,
        storage: name === 'v1',
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
  };
  const boats = (version: string) =>
    resourceType({ group: 'example.com', version, resource: 'boats', kind: 'Boat', namespaced: true });

  it('serves each version from the same objects', async () => {
    const { client } = await start();
    await client.create(CUSTOM_RESOURCE_DEFINITIONS, definition);
    const boat: KubeObject = {
      apiVersion: 'example.com/v1beta1',
      kind: 'Boat',
      metadata: inDefault('b'),
      spec: { n: 1 },
    };
    await client.create(boats('v1beta1'), boat);
    const shown = await Promise.all(['v1', 'v1beta1'].map((version) => client.get(boats(version), inDefault('b'))));
    expect(shown.map((one) => one.apiVersion)).toEqual(['example.com/v1', 'example.com/v1beta1']);
  });
  it('shows objects stored in another version than today in the one that is asked for', async () => {
    const { client } = await start();
    const crd = await client.create(CUSTOM_RESOURCE_DEFINITIONS, definition);
    const boat = { apiVersion: 'example.com/v1', kind: 'Boat', metadata: inDefault('b'), spec: { n: 1 } };
    await client.create(boats('v1'), boat);
    const versions = crd.spec!.versions.map((version) => ({ ...version, storage: version.name === 'v1beta1' }));
    await client.update(CUSTOM_RESOURCE_DEFINITIONS, { ...crd, spec: { ...crd.spec!, versions } });
    for (const version of ['v1', 'v1beta1']) {
      const apiVersion = `example.com/${version}`;
      expect(await client.get(boats(version), inDefault('b'))).toMatchObject({ apiVersion });
      const patch = { spec: { [version]: true } };
      const patched = await client.patch(boats(version), inDefault('b'), { kind: 'merge', patch });
      expect(patched).toMatchObject({ apiVersion, spec: { n: 1, [version]: true } });
    }
  });
  it('shows a default that was declared after the object was stored', async () => {
    const { client } = await start();
    const withSchema = (openAPIV3Schema: object, crd = definition) =>
      ({
        ...crd,
        spec: {
          ...crd.spec,
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
        },
      }) as CustomResourceDefinition;
    const crd = await client.create(CUSTOM_RESOURCE_DEFINITIONS, withSchema({ type: 'object' }));
    await client.create(boats('v1'), {
      apiVersion: 'example.com/v1',
      kind: 'Boat',
      metadata: inDefault('b'),
    });
    const size = { type: 'string', default: 'small' };
    await client.update(CUSTOM_RESOURCE_DEFINITIONS, withSchema({ type: 'object', properties: { size } }, crd));
    expect(await client.get(boats('v1'), inDefault('b'))).toMatchObject({ size: 'small' });
    expect((await client.list(boats('v1'))).items).toMatchObject([{ size: 'small' }]);
  });
  it('refuses a name that is not plural and group', async () => {
    const { client } = await start();
    const wrong = { ...definition, metadata: { name: 'boats' } };
    await expect(client.create(CUSTOM_RESOURCE_DEFINITIONS, wrong)).rejects.toMatchObject({ code: 'Invalid' });
  });
});

describe('conflicts of an apply', () => {
  const apply = (data: Readonly<Record<string, string>>): Promise<unknown> =>
    start().then(async ({ client }) => {
      const object = (of: object): ConfigMap => aConfigMap('owned', { data: { ...of } });
      const applied = (of: object, fieldManager: string) =>
        client.patch(CONFIG_MAPS, inDefault('owned'), { kind: 'apply', object: object(of) }, { fieldManager });
      await client.create(CONFIG_MAPS, object({ u: '1', v: '1' }), { fieldManager: 'updater' });
      await applied({ a: '1', b: '1' }, 'applier');
      return applied(data, 'third');
    });

  it.each([
    [{ a: '2' }, 'Apply failed with 1 conflict: conflict with "applier": .data.a'],
    [{ u: '2' }, 'Apply failed with 1 conflict: conflict with "updater" using v1: .data.u'],
    [{ a: '2', b: '2' }, 'Apply failed with 2 conflicts: conflicts with "applier":\n- .data.a\n- .data.b'],
    [
      { a: '2', u: '2' },
      'Apply failed with 2 conflicts: conflicts with "applier":\n- .data.a\nconflicts with "updater" using v1:\n- .data.u',
    ],
  ])('%j', async (data, message) => {
    await expect(apply(data)).rejects.toMatchObject({ reason: 'Conflict', message });
  });
});
