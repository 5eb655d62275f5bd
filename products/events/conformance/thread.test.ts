import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { parseManifests } from '@argosy/manifests';
import { isConditionTrue, type KubeObject } from '@argosy/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { EVENT_SOURCES, SENSORS, type EventSource, type Sensor } from '../src/index.ts';
import { freePort, NAMESPACE, startPlatform, WORKFLOWS, type EmbeddedPlatform } from './embedded-platform.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../shared/conformance/events/examples/', import.meta.url));

let platform: EmbeddedPlatform;
beforeEach(async () => {
  platform = await startPlatform();
});
afterEach(() => platform.stop());

const example = <T extends KubeObject>(file: string): T => {
  const [object] = parseManifests(readFileSync(`${EXAMPLES}${file}`, 'utf8'), file) as unknown as readonly T[];
  return { ...object!, metadata: { ...object!.metadata, namespace: NAMESPACE } };
};
/** The example, on a port that is free on this machine. */
const webhook = async (file: string): Promise<{ readonly source: EventSource; readonly url: string }> => {
  const source = example<EventSource>(file);
  const port = String(await freePort());
  const events = Object.entries(source.spec?.webhook ?? {}).map(([name, one]) => [name, { ...one, port }] as const);
  return {
    source: { ...source, spec: { ...source.spec, webhook: Object.fromEntries(events) } },
    url: `http://127.0.0.1:${port}`,
  };
};
const ready = async (kind: 'source' | 'sensor', name: string): Promise<void> => {
  const key = { namespace: NAMESPACE, name };
  await platform.until(async () => {
    const object =
      kind === 'source' ? await platform.client.get(EVENT_SOURCES, key) : await platform.client.get(SENSORS, key);
    return isConditionTrue(object.status?.conditions, 'Deployed') ? true : undefined;
  }, `${kind} ${name} deployed`);
};
const post = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
const workflows = async () => (await platform.client.list(WORKFLOWS, { namespace: NAMESPACE })).items;
const workflowsAre = (count: number) =>
  platform.until(async () => {
    const all = await workflows();
    return all.length >= count ? all : undefined;
  }, `${count} workflows`);

describe.skipIf(!existsSync(EXAMPLES))('upstream examples (skipped where the conformance data is absent)', () => {
  it('makes a workflow of a webhook request, with its body as parameter', async () => {
    const { source, url } = await webhook('event-sources/webhook.yaml');
    await platform.client.create(EVENT_SOURCES, source);
    await platform.client.create(SENSORS, example<Sensor>('sensors/webhook-shortened.yaml'));
    await ready('source', 'webhook');
    await ready('sensor', 'webhook-shortened');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await post(`${url}/example`, { message: 'this is my first webhook' }, { traceparent });
    expect([answer.status, await answer.text()]).toEqual([200, 'success']);
    const [workflow] = await workflowsAre(1);
    const { metadata, spec } = workflow!;
    expect(spec?.arguments?.parameters).toEqual([{ name: 'message', value: '{"message":"this is my first webhook"}' }]);
    expect(metadata.name).toMatch(/^webhook-[a-z0-9]{5}$/);
    expect(metadata.labels).toMatchObject({
      'events.argoproj.io/sensor': 'webhook-shortened',
      'events.argoproj.io/trigger': 'webhook-workflow-trigger',
    });
    expect(metadata.annotations?.['argosy.dev/traceparent']).toBe(traceparent);
    const sensor = await platform.client.get(SENSORS, { namespace: NAMESPACE, name: 'webhook-shortened' });
    expect(JSON.parse(metadata.annotations?.['argosy.dev/cause'] ?? '')).toEqual({
      kind: 'Sensor',
      namespace: NAMESPACE,
      name: 'webhook-shortened',
      uid: sensor.metadata.uid,
      event: expect.stringMatching(/^[\da-f]{32}$/),
    });
  });

  it('submits the workflow of an argoWorkflow trigger', async () => {
    const { source, url } = await webhook('event-sources/webhook.yaml');
    await platform.client.create(EVENT_SOURCES, source);
    await platform.client.create(SENSORS, example<Sensor>('sensors/special-workflow-trigger-shortened.yaml'));
    await ready('source', 'webhook');
    await ready('sensor', 'special-workflow-trigger-shortened');
    await post(`${url}/example`, 'hi');
    const [workflow] = await workflowsAre(1);
    expect([workflow?.metadata.name, workflow?.spec?.arguments?.parameters?.[0]?.value]).toEqual([
      'special-trigger',
      'hi',
    ]);
  });

  it('waits for a webhook and a calendar together', { timeout: 40_000 }, async () => {
    const { source, url } = await webhook('event-sources/webhook.yaml');
    const calendar = example<EventSource>('event-sources/calendar.yaml');
    await platform.client.create(EVENT_SOURCES, source);
    await platform.client.create(EVENT_SOURCES, {
      ...calendar,
      spec: { calendar: { 'example-with-interval': { interval: '1s' } } },
    });
    await platform.client.create(SENSORS, example<Sensor>('sensors/multi-dependencies.yaml'));
    await ready('source', 'webhook');
    await ready('sensor', 'multi-dependencies');
    await post(`${url}/example`, { a: 'one' });
    const [workflow] = await workflowsAre(1);
    expect(workflow?.spec?.arguments?.parameters).toEqual([
      { name: 'message1', value: 'one' },
      { name: 'message2', value: expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\S* \+0000 UTC/) },
    ]);
  });
});

describe('a restart', () => {
  const source = (port: number): EventSource => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'EventSource',
    metadata: { name: 'hook', namespace: NAMESPACE },
    spec: { webhook: { push: { port: String(port), endpoint: '/push', method: 'POST' } } },
  });
  /** Fires when both a push and something that never comes or comes later has arrived. */
  const sensor = (conditions: string): Sensor => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Sensor',
    metadata: { name: 'deploy', namespace: NAMESPACE },
    spec: {
      dependencies: [
        {
          name: 'push',
          eventSourceName: 'hook',
          eventName: 'push',
          filters: { data: [{ path: 'body.n', type: 'number', value: ['1'] }] },
        },
        {
          name: 'approve',
          eventSourceName: 'hook',
          eventName: 'push',
          filters: { data: [{ path: 'body.n', type: 'number', value: ['2'] }] },
        },
      ],
      triggers: [
        {
          template: {
            name: 'run',
            conditions,
            k8s: {
              operation: 'create',
              source: {
                resource: {
                  apiVersion: 'argoproj.io/v1alpha1',
                  kind: 'Workflow',
                  metadata: { generateName: 'run-' },
                  spec: { arguments: { parameters: [{ name: 'n' }] } },
                },
              },
              parameters: [
                { src: { dependencyName: 'push', dataKey: 'body.n' }, dest: 'spec.arguments.parameters.0.value' },
              ],
            },
          },
        },
      ],
    },
  });

  it('keeps what a trigger remembers, and fires it exactly once', async () => {
    const port = await freePort();
    await platform.client.create(EVENT_SOURCES, source(port));
    await platform.client.create(SENSORS, sensor('push && approve'));
    await ready('source', 'hook');
    await ready('sensor', 'deploy');
    expect((await post(`http://127.0.0.1:${port}/push`, { n: 1 })).status).toBe(200);
    await platform.stopLoops();
    await expect(post(`http://127.0.0.1:${port}/push`, { n: 2 })).rejects.toThrow();
    platform.startLoops();
    await platform.until(
      () =>
        post(`http://127.0.0.1:${port}/push`, { n: 2 }).then(
          (answer) => (answer.status === 200 ? true : undefined),
          () => undefined,
        ),
      'the second event',
    );
    await workflowsAre(1);
    await platform.stopLoops();
    platform.startLoops();
    await post(`http://127.0.0.1:${port}/push`, { n: 3 }).catch(() => undefined);
    expect((await workflows()).map(({ spec }) => spec?.arguments?.parameters)).toEqual([[{ name: 'n', value: '1' }]]);
  });
});
