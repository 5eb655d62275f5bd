import { afterAll, beforeAll, expect, it } from 'vitest';

import { DEPLOYMENTS, PODS } from '@argosy/kube';

import { createBuiltinLoops } from '../../src/index.ts';
import { AUTOSCALERS, type AutoscalerStatus } from '../../src/loops/autoscaler/autoscaler.ts';
import { REPLICATION_CONTROLLERS } from '../../src/loops/replicaset/replication-controller.ts';
import {
  clusterDeps,
  runAll,
  simulatedKubelet,
  startApiServer,
  startCluster,
  type RunningCluster,
} from '../running-cluster.ts';

let cluster: RunningCluster;
beforeAll(async () => {
  cluster = await startCluster(async (deps) => {
    const kubelet = simulatedKubelet(deps);
    return [kubelet, ...(await createBuiltinLoops(deps, { metrics: kubelet.metrics }))];
  });
});
afterAll(() => cluster.close());

it('moves two hundred pods to the end their annotations name', async () => {
  const annotations = { 'argosy.dev/simulate-duration': '50ms' };
  const create = (at: number): Promise<unknown> =>
    cluster.client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `p${at}`,
        namespace: 'default',
        annotations: at % 2 === 0 ? annotations : { ...annotations, 'argosy.dev/simulate-exit-code': '7' },
      },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'any' }] },
    });
  await Promise.all(Array.from({ length: 200 }, (_, at) => create(at)));
  const phases = async (): Promise<readonly (string | undefined)[]> => {
    const { items } = await cluster.client.list(PODS);
    return items.map((pod) => pod.status?.phase).filter((phase) => phase === 'Succeeded' || phase === 'Failed');
  };
  await expect.poll(async () => (await phases()).length, { timeout: 20_000 }).toBe(200);
  expect((await phases()).filter((phase) => phase === 'Failed')).toHaveLength(100);
}, 30_000);

it('scales a deployment to what its pods are simulated to use', async () => {
  await cluster.client.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'busy', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'busy' } },
      template: {
        metadata: { labels: { app: 'busy' }, annotations: { 'argosy.dev/simulate-cpu': '150m' } },
        spec: { containers: [{ name: 'main', image: 'any', resources: { requests: { cpu: '100m' } } }] },
      },
    },
  });
  const look = async () => (await cluster.client.get(DEPLOYMENTS, { namespace: 'default', name: 'busy' })).status;
  await expect.poll(async () => (await look())?.readyReplicas, { timeout: 20_000 }).toBe(2);
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 100 } } },
  ];
  await cluster.client.create(AUTOSCALERS, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'busy', namespace: 'default' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'busy' }, maxReplicas: 5, metrics },
  });
  await expect.poll(async () => (await look())?.readyReplicas, { timeout: 20_000 }).toBe(3);
  const { status } = await cluster.client.get(AUTOSCALERS, { namespace: 'default', name: 'busy' });
  expect(status).toMatchObject({ currentReplicas: 2, desiredReplicas: 3 });
}, 30_000);

it('gives nothing up at the first look, and says what it cannot measure', async () => {
  const key = { namespace: 'default', name: 'idle' };
  await cluster.client.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: key,
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'idle' } },
      template: {
        metadata: { labels: { app: 'idle' }, annotations: { 'argosy.dev/simulate-cpu': '1m' } },
        spec: { containers: [{ name: 'main', image: 'any', resources: { requests: { cpu: '100m' } } }] },
      },
    },
  });
  const replicas = async () => (await cluster.client.get(DEPLOYMENTS, key)).status?.readyReplicas;
  await expect.poll(replicas, { timeout: 20_000 }).toBe(3);
  const byContainer = {
    type: 'ContainerResource',
    containerResource: { name: 'cpu', container: 'main', target: { type: 'Utilization', averageUtilization: 50 } },
  };
  const byPods = {
    type: 'Pods',
    pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '1k' } },
  };
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'idle' }, maxReplicas: 5 };
  const kind = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
  await cluster.client.create(AUTOSCALERS, { ...kind, metadata: key, spec: { ...spec, metrics: [byContainer] } });
  const statusOf = async (type: string) =>
    ((await cluster.client.get(AUTOSCALERS, key)).status as AutoscalerStatus | undefined)?.conditions?.find(
      (one) => one.type === type,
    );
  await expect
    .poll(() => statusOf('AbleToScale'), { timeout: 20_000 })
    .toMatchObject({ reason: 'ScaleDownStabilized' });
  await cluster.client.patch(AUTOSCALERS, key, { kind: 'merge', patch: { spec: { metrics: [byPods, byContainer] } } });
  await expect
    .poll(() => statusOf('ScalingActive'), { timeout: 20_000 })
    .toMatchObject({ status: 'False', reason: 'FailedGetPodsMetric' });
  const { status } = await cluster.client.get(AUTOSCALERS, key);
  expect(status?.currentMetrics).toMatchObject([{ type: '' }, { type: 'ContainerResource' }]);
  expect(await replicas()).toBe(3);
}, 60_000);

it('keeps the pods of a replication controller', async () => {
  await cluster.client.create(REPLICATION_CONTROLLERS, {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { app: 'old' },
      template: { metadata: { labels: { app: 'old' } }, spec: { containers: [{ name: 'main', image: 'any' }] } },
    },
  });
  const look = async () => cluster.client.get(REPLICATION_CONTROLLERS, { namespace: 'default', name: 'old' });
  const pods = async () => (await cluster.client.list(PODS, { namespace: 'default', labelSelector: 'app=old' })).items;
  await expect.poll(async () => (await look()).status?.readyReplicas, { timeout: 20_000 }).toBe(2);
  expect((await pods()).map((pod) => pod.metadata.ownerReferences?.[0]?.kind)).toEqual(
    Array.from({ length: 2 }, () => 'ReplicationController'),
  );
  await cluster.client.patch(
    REPLICATION_CONTROLLERS,
    { namespace: 'default', name: 'old' },
    { kind: 'merge', patch: { spec: { replicas: 0 } } },
  );
  await expect.poll(async () => (await pods()).length, { timeout: 20_000 }).toBe(0);
}, 30_000);

it('goes on with what was simulated before a restart', async () => {
  const own = await startApiServer();
  const { client } = own;
  const start = () => {
    const deps = clusterDeps(client);
    return runAll(deps, [simulatedKubelet(deps)]);
  };
  const key = { namespace: 'default', name: 'lasting' };
  const statusOf = async () => (await client.get(PODS, key)).status;
  let end = start();
  await client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...key, annotations: { 'argosy.dev/simulate-duration': '2s' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'any' }] },
  });
  await expect.poll(async () => (await statusOf())?.phase, { timeout: 5000 }).toBe('Running');
  const begun = (await statusOf())?.containerStatuses?.[0]?.state?.running?.startedAt;
  await end();
  expect((await statusOf())?.phase).toBe('Running');
  end = start();
  await expect.poll(async () => (await statusOf())?.phase, { timeout: 5000 }).toBe('Succeeded');
  expect((await statusOf())?.containerStatuses?.[0]).toMatchObject({
    restartCount: 0,
    state: { terminated: { exitCode: 0, startedAt: begun } },
  });
  await end();
  await own.close();
}, 20_000);
