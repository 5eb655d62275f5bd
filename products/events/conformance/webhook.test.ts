import { createHmac } from 'node:crypto';
import http from 'node:http';

import { SECRETS } from '@argosy/kube';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { EVENT_SOURCES, SENSORS, type EventSource, type Sensor } from '../src/index.ts';
import { freePort, NAMESPACE, startPlatform, WORKFLOWS, type EmbeddedPlatform } from './embedded-platform.ts';

let platform: EmbeddedPlatform;
let port: number;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());
beforeEach(async () => {
  port = await freePort();
});

let made = 0;
const listen = async (spec: object): Promise<string> => {
  made += 1;
  const name = `source-${made}`;
  await create(name, spec);
  await condition(name, 'True');
  return name;
};
const create = (name: string, spec: object) =>
  platform.client.create(EVENT_SOURCES, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'EventSource',
    metadata: { name, namespace: NAMESPACE },
    spec,
  } as EventSource);
const condition = (name: string, status: string) =>
  platform.until(async () => {
    const object = await platform.client.get(EVENT_SOURCES, { namespace: NAMESPACE, name });
    const found = object.status?.conditions?.find(({ type }) => type === 'Deployed');
    return found?.status === status ? found : undefined;
  }, `${name} deployed ${status}`);
const send = async (path: string, init: RequestInit = {}): Promise<readonly [number, string]> => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return [answer.status, await answer.text()];
};
const json = (body: string, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': 'application/json', ...headers },
});

/** A sensor that writes what it sees of an event into a workflow; resolves with that when the event has been sent. */
const seen = async (source: string, dataKey: string, sending: () => Promise<unknown>): Promise<string | undefined> => {
  const name = `see-${source}`;
  const sensor: Sensor = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Sensor',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      dependencies: [{ name: 'push', eventSourceName: source, eventName: 'push' }],
      triggers: [
        {
          template: {
            name: 'run',
            k8s: {
              source: {
                resource: {
                  apiVersion: 'argoproj.io/v1alpha1',
                  kind: 'Workflow',
                  metadata: { name },
                  spec: { arguments: { parameters: [{ name: 'seen' }] } },
                },
              },
              parameters: [{ src: { dependencyName: 'push', dataKey }, dest: 'spec.arguments.parameters.0.value' }],
            },
          },
        },
      ],
    },
  };
  await platform.client.create(SENSORS, sensor);
  await platform.until(async () => {
    const object = await platform.client.get(SENSORS, { namespace: NAMESPACE, name });
    return object.status?.conditions?.some(({ type, status }) => type === 'Deployed' && status === 'True') || undefined;
  }, name);
  await sending();
  const workflow = await platform.until(
    () => platform.client.get(WORKFLOWS, { namespace: NAMESPACE, name }).catch(() => undefined),
    `the workflow of ${name}`,
  );
  return workflow.spec?.arguments?.parameters?.[0]?.value;
};

describe('webhook source', () => {
  it('answers each request with one line', async () => {
    await listen({
      webhook: { push: { port: String(port), endpoint: '/push', method: 'POST', maxPayloadSize: 100 } },
    });
    expect(await send('/push', json('{"a":1}'))).toEqual([200, 'success']);
    expect(await send('/push', json('{"a":'))).toEqual([400, 'the body is not JSON']);
    expect(await send('/push', json(''))).toEqual([400, 'the body is not JSON']);
    expect(await send('/push')).toEqual([400, 'method GET is not let in; use POST']);
    expect(await send('/push', json(JSON.stringify('x'.repeat(200))))).toEqual([
      413,
      'the body is larger than 100 bytes',
    ]);
    expect(await send('/pull', json('{}'))).toEqual([404, 'no event source listens at /pull']);
    expect(await send('/health')).toEqual([200, 'OK']);
  });

  it('shares a port between sources, and lets it go with the last', async () => {
    const [one, two] = [
      await listen({ webhook: { push: { port: String(port), endpoint: '/one' } } }),
      await listen({ webhook: { push: { port: String(port), endpoint: '/two' } } }),
    ];
    expect([(await send('/one', json('{}')))[0], (await send('/two', json('{}')))[0]]).toEqual([200, 200]);
    await platform.client.delete(EVENT_SOURCES, { namespace: NAMESPACE, name: one });
    await platform.until(async () => ((await send('/one', json('{}')))[0] === 404 ? true : undefined), 'one gone');
    expect((await send('/two', json('{}')))[0]).toBe(200);
    await platform.client.delete(EVENT_SOURCES, { namespace: NAMESPACE, name: two });
    await platform.until(
      () =>
        send('/two').then(
          () => undefined,
          () => true as const,
        ),
      'the port is free',
    );
  });

  it('asks for the secret, and never shows it to a sensor', async () => {
    await platform.client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hook', namespace: NAMESPACE },
      data: { token: Buffer.from('s3cret\n').toString('base64') },
    });
    const source = await listen({
      webhook: { push: { port: String(port), endpoint: '/push', authSecret: { name: 'hook', key: 'token' } } },
    });
    expect(await send('/push', json('{}'))).toEqual([401, 'unauthorized']);
    expect(await send('/push', json('{}', { Authorization: 'Bearer wrong' }))).toEqual([401, 'unauthorized']);
    const shown = await seen(source, 'header.Authorization', () =>
      send('/push', json('{}', { Authorization: 'Bearer s3cret' })),
    );
    expect(shown).toBe('["*** Masked Auth Secret ***"]');
  });

  it('keeps a body as it was written, but for space', async () => {
    const source = await listen({ webhook: { push: { port: String(port), endpoint: '/push' } } });
    const shown = await seen(source, 'body', () =>
      send('/push', json('{ "z": 1.0, "a": [12345678901234567890, "x  y"],\n "e": {} }')),
    );
    expect(shown).toBe('{"z":1.0,"a":[12345678901234567890,"x  y"],"e":{}}');
  });

  it('takes forms and queries as maps of lists', async () => {
    const source = await listen({ webhook: { push: { port: String(port), endpoint: '/push' } } });
    const shown = await seen(source, 'body', () =>
      send('/push', {
        method: 'POST',
        body: 'a=1&a=2&b=%20',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
    );
    expect(shown).toBe('{"a":["1","2"],"b":[" "]}');
  });

  it('drops what its filter refuses, and answers as if it had been kept', async () => {
    const source = await listen({
      webhook: { push: { port: String(port), endpoint: '/push', filter: { expression: 'body.x_id == 4' } } },
    });
    const shown = await seen(source, 'body.x-id', async () => {
      expect(await send('/push', json('{"x-id":3}'))).toEqual([200, 'success']);
      expect(await send('/push', json('{"x-id":4}'))).toEqual([200, 'success']);
    });
    expect(shown).toBe('4');
  });

  it('takes signed deliveries of GitHub, and no others', async () => {
    await platform.client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'github', namespace: NAMESPACE },
      data: { secret: Buffer.from('s3cret').toString('base64') },
    });
    const source = await listen({
      github: {
        push: {
          webhook: { port: String(port), endpoint: '/push', method: 'POST' },
          repositories: [{ owner: 'argoproj', names: ['argo'] }],
          events: ['*'],
          webhookSecret: { name: 'github', key: 'secret' },
        },
      },
    });
    const body = '{"ref":"refs/heads/main"}';
    const signature = `sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`;
    const signed = (text: string) =>
      json(text, { 'X-Hub-Signature-256': signature, 'X-GitHub-Event': 'push', 'X-GitHub-Delivery': 'd1' });
    expect(await send('/push', json(body))).toEqual([400, 'the signature does not match webhookSecret']);
    expect(await send('/push', signed('{"ref":"refs/heads/other"}'))).toEqual([
      400,
      'the signature does not match webhookSecret',
    ]);
    const shown = await seen(source, 'body', () => send('/push', signed(body)));
    expect(shown).toBe('{"ref":"refs/heads/main","X-GitHub-Event":"push","X-GitHub-Delivery":"d1"}');
  });

  it('waits for a port another program has, while other events run', { timeout: 20_000 }, async () => {
    const busy = http.createServer();
    await new Promise<void>((resolve) => busy.listen(port, '127.0.0.1', resolve));
    const other = await freePort();
    await create('blocked', {
      webhook: {
        push: { port: String(port), endpoint: '/push' },
        free: { port: String(other), endpoint: '/free' },
      },
    });
    const waiting = await condition('blocked', 'False');
    expect([waiting.reason, waiting.message]).toEqual([
      'SourceNotStarted',
      `webhook push: port ${port} is in use by another program; it is tried again; 1 other running`,
    ]);
    const answer = await fetch(`http://127.0.0.1:${other}/free`, json('{}'));
    expect(answer.status).toBe(200);
    await new Promise((resolve) => busy.close(resolve));
    await condition('blocked', 'True');
    expect((await send('/push', json('{}')))[0]).toBe(200);
  });

  it.each([
    [
      'EventBusNotFound',
      { eventBusName: 'other', webhook: { push: { port: '1234', endpoint: '/push' } } },
      'EventBus other does not exist in this namespace; create it or correct spec.eventBusName',
    ],
    [
      'InvalidEventSource',
      { webhook: { push: { port: 'x', endpoint: '/push' } } },
      'spec.webhook.push.port: "x" is not a port number',
    ],
    [
      'InvalidEventSource',
      { webhook: { tick: { port: '1234', endpoint: '/push' } }, calendar: { tick: { interval: '1s' } } },
      'spec: the event name tick is used by two types of source; rename one; spec: webhook and github may not be in one EventSource with calendar, resource or file; make two of it',
    ],
  ])('says %s in the status', async (reason, spec, message) => {
    made += 1;
    await create(`bad-${made}`, spec);
    const found = await condition(`bad-${made}`, 'False');
    expect([found.reason, found.message]).toEqual([reason, message]);
  });
});
