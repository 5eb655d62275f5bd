/** What a node tells of itself through the server, as `kubectl get --raw /api/v1/nodes/NAME/proxy/…` asks. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { PODS, type Pod } from '@argosy/kube';

import { createNodeAccess } from '../../src/kubelet/metrics/node-documents.ts';
import { serveApi, type ServedApi } from './served-api.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

let api: ServedApi;
let pod: Pod;
beforeAll(async () => {
  api = await serveApi();
  for (const name of ['here', 'there'])
    await api.ask({ method: 'POST', path: '/api/v1/nodes', body: { metadata: { name } } });
  pod = await api.client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { nodeName: 'here', containers: [{ name: 'c', image: 'i' }] },
  });
  const state = { running: { startedAt: '2029-12-31T00:00:00Z' } };
  const running = { name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, state };
  pod = { ...pod, status: { ...pod.status, phase: 'Running', containerStatuses: [running] } };
  const sources = {
    clock: { now: () => NOW } as never,
    runtime: {
      measure: async () => [{ name: 'c', cpu: { kind: 'total', seconds: 1.5 } as const, memoryBytes: 2048 }],
    },
    machine: () => ({ cpuSeconds: 100, memoryBytes: 4096, freeBytes: 1024, startedAt: NOW - 60_000 }),
    pods: () => [pod],
  };
  api.server.setPodAccess({ node: createNodeAccess(sources, 'here'), async *logs() {} });
});
afterAll(() => api.close());

const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  api.ask({ method, path: `/api/v1/nodes/${path}`, headers });

it('is well, and lists its pods', async () => {
  expect(await ask('here/proxy/healthz')).toMatchObject({ status: 200, text: 'ok' });
  const { text } = await ask('here:10250/proxy/pods/');
  expect(JSON.parse(text)).toMatchObject({ kind: 'PodList', items: [{ metadata: { name: 'web' } }] });
});

it('sums up what is used', async () => {
  const { text, headers } = await ask('here/proxy/stats/summary?only_cpu_and_memory=false');
  expect(headers['content-type']).toBe('application/json');
  const time = '2030-01-01T00:00:00Z';
  const cpu = { time, usageCoreNanoSeconds: 1_500_000_000 };
  const memory = { time, usageBytes: 2048, workingSetBytes: 2048 };
  expect(JSON.parse(text)).toEqual({
    node: {
      nodeName: 'here',
      startTime: '2029-12-31T23:59:00Z',
      cpu: { time, usageCoreNanoSeconds: 100_000_000_000 },
      memory: { time, usageBytes: 4096, workingSetBytes: 4096, availableBytes: 1024 },
    },
    pods: [
      {
        podRef: { name: 'web', namespace: 'default', uid: pod.metadata.uid },
        startTime: null,
        containers: [{ name: 'c', startTime: '2029-12-31T00:00:00Z', cpu, memory }],
        cpu,
        memory,
      },
    ],
  });
});

it('is measured by Prometheus', async () => {
  const { text, headers } = await ask('here/proxy/metrics/resource');
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  const labels = 'container="c",namespace="default",pod="web"';
  expect(text).toContain(`container_cpu_usage_seconds_total{${labels}} 1.5\n`);
  expect(text).toContain(`container_memory_working_set_bytes{${labels}} 2048\n`);
  expect(text).toContain('pod_memory_working_set_bytes{namespace="default",pod="web"} 2048\n');
  expect(text).toContain('node_cpu_usage_seconds_total 100\n');
  const own = (await ask('here/proxy/metrics')).text;
  expect(own).toContain('kubelet_node_name{node="here"} 1\n');
  expect(own).toContain('kubelet_running_pods 1\n');
  expect(own).toContain('kubelet_running_containers{container_state="running"} 1\n');
});

it.each([
  ['none/proxy/pods', 'GET', 404, 'nodes \\"none\\" not found'],
  ['there/proxy/pods', 'GET', 503, 'no kubelet of node \\"there\\" runs beside this server'],
  ['here/proxy/configz', 'GET', 404, 'not supported yet: /configz of a node; there are /healthz, /metrics'],
  ['here/proxy', 'GET', 404, 'not supported yet: / of a node'],
  ['ftp:here:1/proxy/pods', 'GET', 400, 'invalid node request'],
  ['here/proxy/run/default/web/c', 'POST', 405, 'does not allow this method'],
])('%s by %s is refused', async (path, method, status, says) => {
  const answer = await ask(path, {}, method);
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(says) as string]);
});

it('is for those who may', async () => {
  const answer = await ask('here/proxy/pods', { 'impersonate-user': 'jane' });
  expect(answer.status).toBe(403);
  expect(answer.text).toContain('cannot get resource \\"nodes/proxy\\"');
});
