import { afterAll, beforeAll, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createInformerSet } from '@argosy/client';
import { createRecorder } from '@argosy/controller';
import { PODS } from '@argosy/kube';

import { createApiServer, createKubelet, createMemoryStore, type ApiServer } from '../../src/index.ts';
import { createSimulatedRuntime } from '../../src/kubelet/runtimes/simulated/simulated-runtime.ts';

const deps = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };
const stop = new AbortController();
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
  running = Promise.all([informers.run(stop.signal), kubelet.run(stop.signal)]);
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
