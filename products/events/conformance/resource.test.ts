import { CONFIG_MAPS } from '@argosy/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { EVENT_SOURCES, SENSORS, type EventSource, type Sensor } from '../src/index.ts';
import { NAMESPACE, startPlatform, WORKFLOWS, type EmbeddedPlatform } from './embedded-platform.ts';

let platform: EmbeddedPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const configMap = (name: string, labels: Readonly<Record<string, string>>, data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, labels },
  data,
});
const source = (name: string, resource: object): EventSource =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'EventSource',
    metadata: { name, namespace: NAMESPACE },
    spec: { resource: { change: { namespace: NAMESPACE, version: 'v1', resource: 'configmaps', ...resource } } },
  }) as EventSource;
const sensor = (name: string): Sensor => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Sensor',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    dependencies: [{ name: 'change', eventSourceName: name, eventName: 'change' }],
    triggers: [
      {
        template: {
          name: 'run',
          k8s: {
            source: {
              resource: {
                apiVersion: 'argoproj.io/v1alpha1',
                kind: 'Workflow',
                metadata: { generateName: `${name}-`, labels: { of: name } },
                spec: { arguments: { parameters: [] } },
              },
            },
            parameters: ['type', 'body.data.v', 'oldBody.data.v', 'resource'].map((dataKey, index) => ({
              src: { dependencyName: 'change', dataKey, value: '-' },
              dest: `spec.arguments.parameters.${index}.value`,
            })),
          },
        },
      },
    ],
  },
});
const deployed = (resource: typeof SENSORS | typeof EVENT_SOURCES, name: string) =>
  platform.until(async () => {
    const object = await platform.client.get(resource as typeof SENSORS, { namespace: NAMESPACE, name });
    return object.status?.conditions?.find(({ type, status }) => type === 'Deployed' && status === 'True');
  }, name);
const seen = async (name: string) =>
  (await platform.client.list(WORKFLOWS, { namespace: NAMESPACE, labelSelector: `of=${name}` })).items
    .map(({ spec }) => (spec?.arguments?.parameters ?? []).map(({ value }) => value).join(' '))
    .toSorted((left, right) => left.localeCompare(right));

describe('resource source', () => {
  it('tells what exists, and every change that passes the filter', async () => {
    await platform.client.create(CONFIG_MAPS, configMap('app-old', { app: 'web' }, { v: '0' }));
    await platform.client.create(SENSORS, sensor('watch'));
    await deployed(SENSORS, 'watch');
    const filter = {
      prefix: 'app-',
      labels: [{ key: 'app', value: 'web' }],
      fields: [{ key: 'data.v', operation: '!=', value: '^9' }],
    };
    await platform.client.create(EVENT_SOURCES, source('watch', { eventTypes: ['ADD', 'UPDATE', 'DELETE'], filter }));
    await deployed(EVENT_SOURCES, 'watch');
    await platform.client.create(CONFIG_MAPS, configMap('other', { app: 'web' }, { v: '1' }));
    await platform.client.create(CONFIG_MAPS, configMap('app-db', { app: 'db' }, { v: '1' }));
    await platform.client.create(CONFIG_MAPS, configMap('app-nine', { app: 'web' }, { v: '9' }));
    await platform.client.create(CONFIG_MAPS, configMap('app-new', { app: 'web' }, { v: '1' }));
    const key = { namespace: NAMESPACE, name: 'app-new' };
    await platform.client.patch(CONFIG_MAPS, key, { kind: 'merge', patch: { data: { v: '2' } } });
    await platform.client.delete(CONFIG_MAPS, key);
    await platform.until(async () => ((await seen('watch')).length >= 4 ? true : undefined), 'four changes');
    expect(await seen('watch')).toEqual([
      'ADD 0 - configmaps',
      'ADD 1 - configmaps',
      'DELETE 2 - configmaps',
      'UPDATE 2 1 configmaps',
    ]);
  });

  it('waits for a resource the cluster does not serve yet', async () => {
    await platform.client.create(EVENT_SOURCES, source('later', { resource: 'things', eventTypes: ['ADD'] }));
    const condition = await platform.until(async () => {
      const object = await platform.client.get(EVENT_SOURCES, { namespace: NAMESPACE, name: 'later' });
      return object.status?.conditions?.find(({ type, status }) => type === 'Deployed' && status === 'False');
    }, 'a condition');
    expect(condition.message).toBe('resource change: the cluster serves no resource things in v1; it is tried again');
  });
});
