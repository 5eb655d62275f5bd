import { setMaxListeners } from 'node:events';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createInformerSet } from '@argosy/client';
import { createRecorder } from '@argosy/controller';
import { DEPLOYMENTS, PODS } from '@argosy/kube';

import {
  createApiServer,
  createBuiltinLoops,
  createKubelet,
  createMemoryStore,
  type ApiServer,
} from '../../src/index.ts';
import { AUTOSCALERS } from '../../src/loops/autoscaler/autoscaler.ts';
import { REPLICATION_CONTROLLERS } from '../../src/loops/replicaset/replication-controller.ts';
import { createSimulatedRuntime } from '../../src/kubelet/runtimes/simulated/simulated-runtime.ts';

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };
const stop = new AbortController();
setMaxListeners(0, stop.signal);
let server: ApiServer;
let running: Promise<unknown>;
beforeAll(async () => {
  server = await createApiServer({ ...deps, store: createMemoryStore() }, { kinds: [] });
  const { client } = server;
  const informers = createInformerSet({ ...deps, client });
  const recorder = createRecorder({ ...deps, client }, { component: 'kubelet' });
  const runtime = createSimulatedRuntime(deps, { seed: 1 });
  const kubelet = createKubelet(
    { ...deps, client, informers, runtime, supervisors: [], recorder },
    { nodeName: 'argosy' },
  );
  const loops = await createBuiltinLoops({ ...deps, client, informers, recorder }, { metrics: kubelet.metrics });
  running = Promise.all([
    informers.run(stop.signal),
    kubelet.run(stop.signal),
    ...loops.map((loop) => loop.run(stop.signal)),
  ]);
});
afterAll(async () => {
  stop.abort();
  await running;
  await server.close();
});

it('moves two hundred pods to the end their annotations name', async () => {
  const annotations = { 'argosy.dev/simulate-duration': '50ms' };
  const create = (at: number): Promise<unknown> =>
    server.client.create(PODS, {
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
    const { items } = await server.client.list(PODS);
    return items.map((pod) => pod.status?.phase).filter((phase) => phase === 'Succeeded' || phase === 'Failed');
  };
  await expect.poll(async () => (await phases()).length, { timeout: 20_000 }).toBe(200);
  expect((await phases()).filter((phase) => phase === 'Failed')).toHaveLength(100);
}, 30_000);

it('scales a deployment to what its pods are simulated to use', async () => {
  await server.client.create(DEPLOYMENTS, {
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
  const look = async () => (await server.client.get(DEPLOYMENTS, { namespace: 'default', name: 'busy' })).status;
  await expect.poll(async () => (await look())?.readyReplicas, { timeout: 20_000 }).toBe(2);
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 100 } } },
  ];
  await server.client.create(AUTOSCALERS, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'busy', namespace: 'default' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'busy' }, maxReplicas: 5, metrics },
  });
  await expect.poll(async () => (await look())?.readyReplicas, { timeout: 20_000 }).toBe(3);
  const { status } = await server.client.get(AUTOSCALERS, { namespace: 'default', name: 'busy' });
  expect(status).toMatchObject({ currentReplicas: 2, desiredReplicas: 3 });
}, 30_000);

it('keeps the pods of a replication controller', async () => {
  await server.client.create(REPLICATION_CONTROLLERS, {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { app: 'old' },
      template: { metadata: { labels: { app: 'old' } }, spec: { containers: [{ name: 'main', image: 'any' }] } },
    },
  });
  const look = async () => server.client.get(REPLICATION_CONTROLLERS, { namespace: 'default', name: 'old' });
  const pods = async () => (await server.client.list(PODS, { namespace: 'default', labelSelector: 'app=old' })).items;
  await expect.poll(async () => (await look()).status?.readyReplicas, { timeout: 20_000 }).toBe(2);
  expect((await pods()).map((pod) => pod.metadata.ownerReferences?.[0]?.kind)).toEqual(
    Array.from({ length: 2 }, () => 'ReplicationController'),
  );
  await server.client.patch(
    REPLICATION_CONTROLLERS,
    { namespace: 'default', name: 'old' },
    { kind: 'merge', patch: { spec: { replicas: 0 } } },
  );
  await expect.poll(async () => (await pods()).length, { timeout: 20_000 }).toBe(0);
}, 30_000);

it('goes on with what was simulated before a restart', async () => {
  const own = await createApiServer({ ...deps, store: createMemoryStore() }, { kinds: [] });
  const { client } = own;
  const start = () => {
    const stopping = new AbortController();
    const informers = createInformerSet({ ...deps, client });
    const recorder = createRecorder({ ...deps, client }, { component: 'kubelet' });
    const kubelet = createKubelet(
      { ...deps, client, informers, runtime: createSimulatedRuntime(deps, { seed: 1 }), supervisors: [], recorder },
      { nodeName: 'argosy' },
    );
    const ended = Promise.all([informers.run(stopping.signal), kubelet.run(stopping.signal)]);
    return async () => {
      stopping.abort();
      await ended;
    };
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
