import http from 'node:http';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createApiServer, createMemoryStore, type ApiServer } from '@argosy/cluster';
import { CONFIG_MAPS, SECRETS, type ConfigMap } from '@argosy/kube';
import { createRecorder } from '@argosy/controller';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createHttpRequests } from '../src/adapters/http-requests.ts';
import type { Trigger } from '../src/api/trigger-schema.ts';
import type { CloudEvent } from '../src/bus/cloud-event.ts';
import { EVENT_KINDS, SENSORS, type Sensor } from '../src/index.ts';
import { compileSensor } from '../src/sensor/compile-sensor.ts';
import { runTrigger } from '../src/sensor/run-trigger.ts';
import { createResourceFinder } from '../src/triggers/resource-finder.ts';
import { NAMESPACE, WORKFLOW, WORKFLOWS } from './embedded-platform.ts';

const ports = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };

let server: ApiServer;
let log: Record<string, unknown>[];
beforeEach(async () => {
  log = [];
  server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: [...EVENT_KINDS, WORKFLOW] });
});
afterEach(() => server.close());

const eventsOf = async () => (await server.client.list(CORE_EVENTS_RESOURCE, { namespace: NAMESPACE })).items;
const CORE_EVENTS_RESOURCE = { group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true } as const;

const anEvent = (id: string, data: unknown): CloudEvent => ({
  specversion: '1.0',
  id,
  type: 'webhook',
  source: 'hook',
  subject: 'push',
  time: '2026-01-01T00:00:00Z',
  datacontenttype: 'application/json',
  data: JSON.stringify(data),
});

/** Runs a trigger over these events, until it waits for the next. */
const run = async (trigger: Trigger, ...data: readonly unknown[]): Promise<void> => {
  const sensor: Sensor = await server.client.create(SENSORS, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Sensor',
    metadata: { generateName: 'sensor-', namespace: NAMESPACE },
    spec: { dependencies: [{ name: 'push', eventSourceName: 'hook', eventName: 'push' }], triggers: [trigger] },
  });
  const compiled = compileSensor(sensor);
  if (!compiled.ok) throw new Error(compiled.error.map(({ message }) => message).join());
  const { client } = server;
  const recorder = createRecorder({ client, ...ports }, { component: 'events' });
  const stopping = new AbortController();
  let sequence = 0;
  let kept: unknown;
  // Everything was decided and nothing is left to be executed.
  const finished = (): number =>
    (kept as { firings?: unknown[] } | undefined)?.firings?.length === 0 ? sequence - 1 : 0;
  const events = data.map((one, index) => anEvent(`e${index}`, one));
  await runTrigger(
    {
      ...ports,
      client,
      recorder,
      log: {
        ...silentLogger,
        with: () => ({ ...silentLogger, info: (message, fields) => log.push({ message, ...fields }) }),
        info: (message, fields) => log.push({ message, ...fields }),
      },
      resources: createResourceFinder(client),
      requests: createHttpRequests(),
    },
    {
      sensor,
      plan: compiled.value.triggers[0]!,
      subscription: {
        state: undefined,
        take: async (_, signal) => {
          const event = events[sequence];
          sequence += 1;
          if (event) return [{ sequence, event }];
          while (finished() < events.length && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
          return [];
        },
        acknowledge: (state) => Promise.resolve(void (kept = state)),
      },
    },
    stopping.signal,
  );
  await recorder.flush();
};
const configMap = (name: string, data: Readonly<Record<string, string>>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE },
  data,
});
const dataOf = async (name: string) =>
  (await server.client.get(CONFIG_MAPS, { namespace: NAMESPACE, name }).catch(() => undefined))?.data;
const PARAMETERS = [{ src: { dependencyName: 'push', dataKey: 'v' }, dest: 'data.v' }];
const k8s = (operation: string, more: object = {}): Trigger => ({
  template: {
    name: 't',
    k8s: { operation, source: { resource: { ...configMap('target', { v: '?' }) } }, parameters: PARAMETERS, ...more },
  },
});

describe('k8s trigger', () => {
  it.each<readonly [string, Trigger, Readonly<Record<string, string>> | undefined, unknown]>([
    ['creates', k8s('create'), undefined, { v: '1' }],
    ['updates, keeping what it does not name', k8s('update'), { v: '0', w: 'x' }, { v: '1', w: 'x' }],
    ['creates what it is to update', k8s('update'), undefined, { v: '1' }],
    ['patches', k8s('patch'), { v: '0', w: 'x' }, { v: '1', w: 'x' }],
    [
      'creates what it is to patch',
      k8s('patch', { patchStrategy: 'application/strategic-merge-patch+json' }),
      undefined,
      { v: '1' },
    ],
    [
      'writes parameters onto the live object',
      k8s('update', { liveObject: true, parameters: [{ ...PARAMETERS[0], operation: 'append' }] }),
      { v: '0' },
      { v: '01' },
    ],
    ['deletes', k8s('delete'), { v: '0' }, undefined],
    ['finds what it is to delete gone', k8s('delete'), undefined, undefined],
    [
      'reads its object from a text',
      {
        template: {
          name: 't',
          k8s: {
            source: { inline: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: target\n' },
            parameters: PARAMETERS,
          },
        },
      },
      undefined,
      { v: '1' },
    ],
    [
      'lets the template be changed by parameters',
      { ...k8s('create'), parameters: [{ src: { dependencyName: 'push', value: 'delete' }, dest: 'k8s.operation' }] },
      { v: '0' },
      undefined,
    ],
  ])('%s', async (_, trigger, before, after) => {
    if (before) await server.client.create(CONFIG_MAPS, configMap('target', before));
    await run(trigger, { v: 1 });
    expect(await dataOf('target')).toEqual(after);
  });

  it('reads its object from a ConfigMap', async () => {
    const text = JSON.stringify(configMap('target', {}));
    await server.client.create(CONFIG_MAPS, configMap('source', { object: text }));
    await run(
      {
        template: {
          name: 't',
          k8s: { source: { configmap: { name: 'source', key: 'object' } }, parameters: PARAMETERS },
        },
      },
      { v: 1 },
    );
    expect(await dataOf('target')).toEqual({ v: '1' });
  });

  it.each<readonly [string, Trigger]>([
    [
      'trigger t: the cluster serves no kind Nothing in x/v1',
      { template: { name: 't', k8s: { source: { inline: '{"apiVersion":"x/v1","kind":"Nothing"}' } } } },
    ],
    [
      'trigger t: source.inline.kind: must be given',
      { template: { name: 't', k8s: { source: { inline: '{"apiVersion":"v1"}' } } } },
    ],
    [
      'trigger t: parameters[0]: data of dependency push: key nope does not exist; correct it or give a value',
      {
        template: {
          name: 't',
          k8s: {
            source: { resource: { ...configMap('target', {}) } },
            parameters: [{ src: { dependencyName: 'push', dataKey: 'nope' }, dest: 'data.v' }],
          },
        },
      },
    ],
    [
      'trigger t after 3 attempts: source.configmap: configmap none does not exist',
      {
        template: { name: 't', k8s: { source: { configmap: { name: 'none', key: 'k' } } } },
        retryStrategy: { steps: 3, duration: '1ms' },
      },
    ],
  ])('tells an event: %s', async (message, trigger) => {
    await run(trigger, { v: 1 });
    expect((await eventsOf()).map((event) => (event as unknown as { message: string }).message)).toEqual([message]);
  });
});

describe('argoWorkflow trigger', () => {
  const workflow = (operation: string, source: object, parameters: Trigger['parameters'] = []): Trigger => ({
    template: {
      name: 't',
      argoWorkflow: { operation, source: { resource: { apiVersion: 'argoproj.io/v1alpha1', ...source } }, parameters },
    },
  });
  const existing = { kind: 'Workflow', metadata: { name: 'w' } };
  const all = async () =>
    (await server.client.list(WORKFLOWS, { namespace: NAMESPACE })).items.map(({ metadata, spec }) => ({
      name: metadata.name?.replace(/-[a-z0-9]{5}$/, '-?'),
      spec,
    }));
  it.each<readonly [string, Trigger, unknown]>([
    [
      'submits',
      workflow('submit', { kind: 'Workflow', metadata: { generateName: 'new-' }, spec: { entrypoint: 'main' } }),
      [{ name: 'new-?', spec: { entrypoint: 'main' } }],
    ],
    [
      'submits from a template',
      workflow('submit-from', { kind: 'WorkflowTemplate', metadata: { name: 'tmpl' } }),
      [{ name: 'tmpl-?', spec: { workflowTemplateRef: { name: 'tmpl' } } }],
    ],
    ['resubmits', workflow('resubmit', existing), [{ name: 'w-?', spec: { entrypoint: 'main' } }]],
    ['suspends', workflow('suspend', existing), []],
    ['stops', workflow('stop', existing), []],
    ['terminates', workflow('terminate', existing), []],
  ])('%s', async (does, trigger, added) => {
    await server.client.create(WORKFLOWS, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'w', namespace: NAMESPACE },
      spec: { entrypoint: 'main' } as object,
    });
    await run(trigger, {});
    const changed = { suspends: { suspend: true }, stops: { shutdown: 'Stop' }, terminates: { shutdown: 'Terminate' } }[
      does
    ];
    const old = { name: 'w', spec: { entrypoint: 'main', ...changed } };
    expect((await all()).toSorted((left, right) => (left.name === 'w' ? 1 : right.name === 'w' ? -1 : 0))).toEqual([
      ...(added as object[]),
      old,
    ]);
  });
});

describe('http trigger', () => {
  interface Got {
    readonly method?: string;
    readonly url?: string;
    readonly headers: http.IncomingHttpHeaders;
    readonly body: string;
  }
  const serve = async (status: number) => {
    const got: Got[] = [];
    const listening = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        got.push({ method: request.method, url: request.url, headers: request.headers, body });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const address = listening.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    return {
      got,
      url,
      close: () => new Promise((resolve) => (listening.close(resolve), listening.closeAllConnections())),
    };
  };

  it('sends what the event says, with headers of every sort', async () => {
    const { got, url, close } = await serve(200);
    await server.client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: NAMESPACE },
      data: { k: Buffer.from('secret\n').toString('base64') },
    });
    const push = (dataKey: string, dest: string) => ({ src: { dependencyName: 'push', dataKey }, dest });
    await run(
      {
        template: {
          name: 't',
          http: {
            url,
            payload: [push('name', 'a.b')],
            parameters: [{ src: { dependencyName: 'push', value: '/path' }, dest: 'url', operation: 'append' }],
            headers: { 'X-Plain': 'plain' },
            secureHeaders: [{ name: 'X-Secure', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
            dynamicHeaders: [push('name', 'X-Dynamic')],
            basicAuth: { username: { name: 's', key: 'k' }, password: { name: 's', key: 'k' } },
          },
        },
      },
      { name: 'n' },
    );
    await close();
    expect(
      got.map(({ headers, ...rest }) => ({
        ...rest,
        sent: Object.fromEntries(
          ['content-type', 'x-plain', 'x-secure', 'x-dynamic', 'authorization'].map((name) => [name, headers[name]]),
        ),
      })),
    ).toEqual([
      {
        method: 'POST',
        url: '/path',
        body: '{"a":{"b":"n"}}',
        sent: {
          'content-type': 'application/json',
          'x-plain': 'plain',
          'x-secure': 'secret',
          'x-dynamic': 'n',
          authorization: `Basic ${Buffer.from('secret:secret').toString('base64')}`,
        },
      },
    ]);
  });

  it.each([
    { status: 500, allow: undefined, requests: 1, told: 0 },
    { status: 500, allow: [200], requests: 2, told: 1 },
    { status: 201, allow: [200, 201], requests: 1, told: 0 },
  ])('sends $requests times when answered $status and allowed $allow', async ({ status, allow, requests, told }) => {
    const { got, url, close } = await serve(status);
    await run(
      {
        template: { name: 't', http: { url, method: 'PUT' } },
        policy: { status: { allow } },
        retryStrategy: { steps: 2, duration: '1ms' },
      },
      {},
    );
    await close();
    expect([got.length, (await eventsOf()).length]).toEqual([requests, told]);
  });
});

describe('log trigger', () => {
  it('prints each event, within its interval one', async () => {
    await run({ template: { name: 't', log: {} }, atLeastOnce: true }, { n: 1 }, { n: 2 });
    await run({ template: { name: 't', log: { intervalSeconds: 60 } }, atLeastOnce: true }, { n: 3 }, { n: 4 });
    const printed = log.filter(({ message }) => message === 'event');
    expect(printed.map(({ dependency, data }) => [dependency, data])).toEqual([
      ['push', '{"n":1}'],
      ['push', '{"n":2}'],
      ['push', '{"n":3}'],
    ]);
  });
});

describe('policy.k8s', () => {
  const created = (policy: object): Trigger => ({
    ...k8s('create'),
    policy: { k8s: { labels: { ready: 'yes' }, backoff: { steps: 3, duration: '20ms', jitter: 0 }, ...policy } },
  });
  it.each([
    { reason: 'labels that come', labelled: true, errorOnBackoffTimeout: true, told: [] },
    { reason: 'labels that do not come', labelled: false, errorOnBackoffTimeout: false, told: [] },
    {
      reason: 'labels that must come and do not',
      labelled: false,
      errorOnBackoffTimeout: true,
      told: ['trigger t: ConfigMap default/target did not get the labels of policy.k8s in time'],
    },
  ])('waits for $reason', async ({ labelled, errorOnBackoffTimeout, told }) => {
    const running = run(created({ errorOnBackoffTimeout }), { v: 1 });
    const key = { namespace: NAMESPACE, name: 'target' };
    const isThere = async (): Promise<boolean> => (await dataOf('target')) !== undefined;
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 2));
    if (labelled)
      await server.client.patch(CONFIG_MAPS, key, { kind: 'merge', patch: { metadata: { labels: { ready: 'yes' } } } });
    await running;
    expect((await eventsOf()).map((event) => (event as unknown as { message: string }).message)).toEqual(told);
  });
});

describe('dlqTrigger', () => {
  it('is executed with the same events when every attempt failed', async () => {
    const dead: Trigger = { template: { name: 'dead', k8s: k8s('create').template?.k8s }, atLeastOnce: true };
    const failing: Trigger = {
      template: { name: 't', k8s: { source: { inline: '{"apiVersion":"x/v1","kind":"Nothing"}' } } },
    };
    await run(
      { ...failing, atLeastOnce: true, retryStrategy: { steps: 2, duration: '1ms' }, dlqTrigger: dead },
      { v: 7 },
    );
    expect(await dataOf('target')).toEqual({ v: '7' });
    expect((await eventsOf()).length).toBe(1);
  });
});

describe('rateLimit', () => {
  it('keeps executions apart', async () => {
    const started = Date.now();
    await run({ template: { name: 't', log: {} }, rateLimit: { unit: 'Second', requestsPerUnit: 20 } }, 1, 2, 3, 4);
    expect(Date.now() - started).toBeGreaterThanOrEqual(145);
    expect(log.filter(({ message }) => message === 'event').length).toBe(4);
  });
});
