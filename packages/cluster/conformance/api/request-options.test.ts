/** Options of requests: they act, or they are refused by name. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { CONFIG_MAPS } from '@argosy/kube';

import { serveApi, type Asked, type ServedApi } from './served-api.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MAP = `${MAPS}/there`;
const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';
const there = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there', namespace: 'default' } };
const fresh = { ...there, metadata: { name: 'fresh' } };

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
});
beforeEach(async () => {
  await api.client.create(CONFIG_MAPS, there).catch(() => undefined);
});
afterAll(() => api.close());

const revision = async (): Promise<string | undefined> => (await api.client.list(CONFIG_MAPS)).metadata.resourceVersion;

interface Told {
  readonly status: number;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}
const ask = async (asked: Asked): Promise<Told> => {
  const { status, text } = await api.ask(asked);
  const { reason, message } = JSON.parse(text) as { readonly reason?: string; readonly message?: string };
  return { status, reason, message };
};

describe('options that mean nothing', () => {
  const write = { method: 'POST', path: MAPS, body: fresh };
  const cases: readonly [what: string, asked: Asked, status: number, message: string][] = [
    [
      'dryRun',
      { ...write, path: `${MAPS}?dryRun=foo` },
      422,
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "foo": supported values: "All"',
    ],
    [
      'one dryRun of two',
      { ...write, path: `${MAPS}?dryRun=All&dryRun=x` },
      422,
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "x": supported values: "All"',
    ],
    [
      'fieldValidation',
      { method: 'PUT', path: `${MAP}?fieldValidation=foo`, body: there },
      422,
      'UpdateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "foo": supported values: "Ignore", "Strict", "Warn"',
    ],
    [
      'a fieldManager that is too long',
      { ...write, path: `${MAPS}?fieldManager=${'a'.repeat(129)}` },
      422,
      'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    ],
    [
      'a fieldManager nobody can read',
      { ...write, path: `${MAPS}?fieldManager=a%01` },
      422,
      'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\u0001": should only contain printable characters',
    ],
    [
      'an apply by nobody',
      { method: 'PATCH', path: MAP, type: APPLY, body: there },
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      'force where nothing is owned',
      { method: 'PATCH', path: `${MAP}?force=true`, type: MERGE, body: {} },
      422,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    ],
    [
      'propagationPolicy',
      { method: 'DELETE', path: `${MAP}?propagationPolicy=Foo` },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Background", "Foreground", "Orphan"',
    ],
    [
      'propagationPolicy in the body',
      { method: 'DELETE', path: MAP, body: { propagationPolicy: 'foreground' } },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "foreground": supported values: "Background", "Foreground", "Orphan"',
    ],
    [
      'two policies',
      { method: 'DELETE', path: MAP, body: { propagationPolicy: 'Orphan', orphanDependents: true } },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and propagationPolicy may not both be set',
    ],
    [
      'dryRun of a deletion',
      { method: 'DELETE', path: MAP, body: { dryRun: ['Some'] } },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "Some": supported values: "All"',
    ],
    [
      'dryRun of a deletion of many',
      { method: 'DELETE', path: `${MAPS}?dryRun=Some` },
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "Some": supported values: "All"',
    ],
    [
      'gracePeriodSeconds',
      { method: 'DELETE', path: `${MAP}?gracePeriodSeconds=soon` },
      400,
      'strconv.ParseInt: parsing "soon": invalid syntax',
    ],
    [
      'gracePeriodSeconds in the body',
      { method: 'DELETE', path: MAP, body: { gracePeriodSeconds: '5' } },
      400,
      'DeleteOptions: gracePeriodSeconds must be a whole number',
    ],
    ['limit', { path: `${MAPS}?limit=many` }, 400, 'strconv.ParseInt: parsing "many": invalid syntax'],
    [
      'timeoutSeconds',
      { path: `${MAPS}?watch=1&timeoutSeconds=1m` },
      400,
      'strconv.ParseInt: parsing "1m": invalid syntax',
    ],
    [
      'limit of a deletion',
      { method: 'DELETE', path: `${MAPS}?limit=x` },
      400,
      'strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      'a match without a version',
      { path: `${MAPS}?resourceVersionMatch=Exact` },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'an exact zero',
      { path: `${MAPS}?resourceVersionMatch=Exact&resourceVersion=0` },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden with Exact for resourceVersion "0"',
    ],
    [
      'a match that is none',
      { path: `${MAPS}?resourceVersionMatch=Near&resourceVersion=1` },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Near": supported values: "Exact", "NotOlderThan"',
    ],
    [
      'a match of a watch',
      { path: `${MAPS}?watch=true&resourceVersionMatch=Exact&resourceVersion=1` },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
    [
      'first events of a list',
      { path: `${MAPS}?sendInitialEvents=true` },
      422,
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
    [
      'first events of who knows when',
      { path: `${MAPS}?watch=true&sendInitialEvents=true` },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Required value: sendInitialEvents requires resourceVersionMatch NotOlderThan',
    ],
    [
      'a version of a continued list',
      { path: `${MAPS}?continue=x&resourceVersion=1` },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersion: Forbidden: may not be specified when continue is',
    ],
    [
      'a version that is none',
      { path: `${MAPS}?resourceVersion=abc` },
      400,
      'Invalid value: "abc": not a resource version',
    ],
    [
      'a version that is none, of one object',
      { path: `${MAP}?resourceVersion=abc` },
      400,
      'Invalid value: "abc": not a resource version',
    ],
  ];
  it.each(cases)('%s', async (_what, asked, status, message) => {
    const before = await revision();
    const told = await ask(asked);
    expect([told.status, told.message]).toEqual([status, message]);
    expect(await revision()).toBe(before);
  });
});

describe('options that act', () => {
  it.each(['watch=true', 'watch=1', 'watch=True', 'watch='])('%s watches', async (parameter) => {
    const { text } = await api.ask({
      path: `${MAPS}?${parameter}&timeoutSeconds=1&fieldSelector=metadata.name%3Dthere`,
    });
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ type: 'ADDED' });
  });

  it('a watch that wants no objects first begins now', async () => {
    const query = 'watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&timeoutSeconds=1';
    expect((await api.ask({ path: `${MAPS}?${query}` })).text).toBe('');
  });

  it.each(['watch=false', 'watch=0', 'watch=False'])('%s lists', async (parameter) => {
    expect(JSON.parse((await api.ask({ path: `${MAPS}?${parameter}` })).text)).toMatchObject({ kind: 'ConfigMapList' });
  });

  it.each([
    'resourceVersion',
    'resourceVersionMatch=NotOlderThan&resourceVersion',
    'resourceVersionMatch=Exact&resourceVersion',
  ])('a list of what is yet to come: %s', async (parameter) => {
    const { status, text } = await api.ask({ path: `${MAPS}?${parameter}=99999999` });
    expect(status).toBe(504);
    expect(JSON.parse(text)).toMatchObject({
      reason: 'Timeout',
      message: expect.stringMatching(/^Too large resource version: 99999999, current: \d+$/) as string,
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
    });
  });

  it('an exact version is the list of then, and so are pages that name a version', async () => {
    const then = await revision();
    await api.client.create(CONFIG_MAPS, { ...there, metadata: { name: 'later', namespace: 'default' } });
    const namesAt = async (query: string): Promise<readonly string[]> => {
      const { items } = JSON.parse((await api.ask({ path: `${MAPS}?resourceVersion=${then}&${query}` })).text) as {
        readonly items: readonly { readonly metadata: { readonly name: string } }[];
      };
      return items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');
    };
    expect(await namesAt('resourceVersionMatch=Exact')).toEqual(['there']);
    expect(await namesAt('limit=10')).toEqual(['there']);
    expect(await namesAt('resourceVersionMatch=NotOlderThan')).toEqual(['later', 'there']);
    expect(await namesAt('')).toEqual(['later', 'there']);
  });
});

describe('a dry run of a subresource', () => {
  it('puts no pod on a node', async () => {
    const body = { metadata: { name: 'dry' }, spec: { containers: [{ name: 'c', image: 'x' }] } };
    const path = '/api/v1/namespaces/default/pods';
    expect((await ask({ method: 'POST', path, body })).status).toBe(201);
    const binding = {
      method: 'POST',
      path: `${path}/dry/binding?dryRun=All`,
      body: { metadata: { name: 'dry' }, target: { name: 'n' } },
    };
    expect((await ask(binding)).status).toBe(201);
    expect(JSON.parse((await api.ask({ path: `${path}/dry` })).text)).not.toHaveProperty('spec.nodeName');
  });

  it('finishes no namespace', async () => {
    const path = '/api/v1/namespaces';
    expect((await ask({ method: 'POST', path, body: { metadata: { name: 'dry' } } })).status).toBe(201);
    const body = { metadata: { name: 'dry' }, spec: { finalizers: [] } };
    expect((await ask({ method: 'PUT', path: `${path}/dry/finalize?dryRun=All`, body })).status).toBe(200);
    const { spec } = JSON.parse((await api.ask({ path: `${path}/dry` })).text) as { readonly spec: unknown };
    expect(spec).toEqual({ finalizers: ['kubernetes'] });
  });
});

describe('what is applied', () => {
  const apply = (name: string) => ({
    method: 'PATCH',
    path: `${MAPS}/${name}?fieldManager=me`,
    type: APPLY,
    body: { ...fresh, metadata: { name } },
  });

  it('is made when it is not there', async () => {
    expect((await api.ask(apply('applied'))).status).toBe(201);
    expect((await api.ask(apply('applied'))).status).toBe(200);
  });

  it('has metadata', async () => {
    const { status, message } = await ask({ ...apply('nameless'), body: { apiVersion: 'v1', kind: 'ConfigMap' } });
    expect(status).toBe(400);
    expect(message).toBe('the name of the object (nameless based on URL) was undeterminable: name must be provided');
  });
});

describe('what says nothing', () => {
  it('is left out, as Go leaves it out', async () => {
    const { text } = await api.ask({
      method: 'POST',
      path: '/apis/apps/v1/namespaces/default/deployments?fieldManager=me',
      body: {
        metadata: { name: 'web' },
        spec: {
          paused: false,
          replicas: 0,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' }, annotations: {} },
            spec: {
              hostNetwork: false,
              containers: [{ name: 'c', image: 'x', imagePullPolicy: '', resources: { limits: { cpu: '1000m' } } }],
            },
          },
        },
      },
    });
    const { spec } = JSON.parse(text) as { readonly spec: Readonly<Record<string, unknown>> };
    expect(spec).not.toHaveProperty('paused');
    expect(spec).toMatchObject({
      replicas: 0,
      template: { spec: { containers: [{ imagePullPolicy: 'Always', resources: { limits: { cpu: '1' } } }] } },
    });
    expect(text).not.toMatch(/hostNetwork|f:paused|"annotations"/);
  });
});
