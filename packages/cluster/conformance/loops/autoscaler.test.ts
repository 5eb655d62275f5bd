/** Autoscalers and whatever has a scale. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CORE_EVENTS, CUSTOM_RESOURCE_DEFINITIONS, findCondition, resourceType, type KubeObject } from '@argosy/kube';

import { AUTOSCALERS, type AutoscalerStatus } from '../../src/loops/autoscaler/autoscaler.ts';
import { createAutoscalerLoop } from '../../src/loops/autoscaler/controller.ts';
import { REPLICATION_CONTROLLERS } from '../../src/loops/replicaset/replication-controller.ts';
import { startCluster, type RunningCluster } from '../running-cluster.ts';

const HERDS = resourceType<KubeObject<object, object>>({
  group: 'example.com',
  version: 'v1',
  resource: 'herds',
  kind: 'Herd',
  namespaced: true,
});

let cluster: RunningCluster;
beforeAll(async () => {
  cluster = await startCluster((deps) => [createAutoscalerLoop(deps, undefined)]);
  const scale = {
    specReplicasPath: '.spec.size.wanted',
    statusReplicasPath: '.status.size',
    labelSelectorPath: '.status.counts',
  };
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await cluster.client.create(CUSTOM_RESOURCE_DEFINITIONS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'herds.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'herds', kind: 'Herd' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { scale },
          schema: { openAPIV3Schema: anything },
        },
      ],
    },
  } as never);
});
afterAll(() => cluster.close());

const aHerd = (name: string, spec: object, status: object = { size: 9, counts: 'app=herd' }) =>
  cluster.client.create(HERDS, {
    apiVersion: 'example.com/v1',
    kind: 'Herd',
    metadata: { name, namespace: 'default' },
    spec,
    status,
  });

const scaled = async (name: string, scaleTargetRef: object = { apiVersion: 'example.com/v1', kind: 'Herd', name }) => {
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
  ];
  await cluster.client.create(AUTOSCALERS, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'default' },
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3, metrics } as never,
  });
  const condition = async (type: string): Promise<string | undefined> => {
    const { status } = await cluster.client.get(AUTOSCALERS, { namespace: 'default', name });
    const found = findCondition((status as AutoscalerStatus | undefined)?.conditions, type);
    return found && `${found.status} ${found.reason}: ${found.message}`;
  };
  const events = async (): Promise<readonly string[]> => {
    const { items } = await cluster.client.list(CORE_EVENTS, { namespace: 'default' });
    return items
      .filter((event) => event.involvedObject.name === name)
      .map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  };
  return { condition, events };
};

describe('an autoscaler', () => {
  it('scales a kind that keeps its number somewhere else, and changes nothing besides', async () => {
    await aHerd('sheep', { size: { wanted: 9, other: 'stays' } });
    const { condition, events } = await scaled('sheep');
    await expect.poll(() => condition('AbleToScale')).toContain('True SucceededRescale');
    const { spec } = await cluster.client.get(HERDS, { namespace: 'default', name: 'sheep' });
    expect(spec).toEqual({ size: { wanted: 3, other: 'stays' } });
    await expect
      .poll(events)
      .toContain('Normal SuccessfulRescale: New size: 3; reason: Current number of replicas above Spec.MaxReplicas');
  });

  it('scales a replication controller', async () => {
    const labels = { app: 'rc' };
    await cluster.client.create(REPLICATION_CONTROLLERS, {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'rc', namespace: 'default' },
      spec: {
        replicas: 5,
        selector: labels,
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    } as never);
    await scaled('rc', { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc' });
    const replicas = async () =>
      (await cluster.client.get(REPLICATION_CONTROLLERS, { namespace: 'default', name: 'rc' })).spec?.replicas;
    await expect.poll(replicas).toBe(3);
  });

  it.each([
    ['nobody', { apiVersion: 'example.com/v1', kind: 'Herd', name: 'nobody' }, 'herds.example.com "nobody" not found'],
    ['none', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' }, 'deployments/scale.apps "none" not found'],
    ['unknown', { apiVersion: 'a.io/v1', kind: 'Foo', name: 'x' }, 'no matches for kind "Foo" in group "a.io"'],
    [
      'daemons',
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'x' },
      'the server could not find the requested resource',
    ],
  ])('tells that its target cannot be read: %s', async (name, reference, message) => {
    const { condition, events } = await scaled(name, reference);
    await expect.poll(() => condition('AbleToScale')).toContain(`False FailedGetScale:`);
    expect(await condition('AbleToScale')).toContain(message);
    await expect.poll(events).toContain(`Warning FailedGetScale: ${message}`);
  });

  it('tells that its target has no number', async () => {
    await aHerd('numberless', { size: {} });
    const { events } = await scaled('numberless');
    await expect
      .poll(events)
      .toContain(
        'Warning FailedGetScale: Internal error occurred: the spec replicas field ".spec.size.wanted" does not exist',
      );
  });

  it.each([
    ['unselecting', { size: 2 }, 'SelectorRequired'],
    ['garbled', { size: 2, counts: 'a in (' }, 'InvalidSelector'],
  ])('tells that nobody knows which pods its target counts: %s', async (name, status, reason) => {
    await aHerd(name, { size: { wanted: 2 } }, status);
    const { condition, events } = await scaled(name);
    await expect.poll(() => condition('ScalingActive')).toContain('False InvalidSelector');
    expect(await condition('AbleToScale')).toContain('True SucceededGetScale');
    const reasons = async () => (await events()).map((text) => text.slice(0, text.indexOf(':')));
    await expect
      .poll(reasons)
      .toEqual(expect.arrayContaining([`Warning ${reason}`, 'Warning FailedComputeMetricsReplicas']));
  });
});
