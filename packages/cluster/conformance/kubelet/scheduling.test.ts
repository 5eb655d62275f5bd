/**
 * Pods find room, wait for it and make it, through the API server, with the simulated runtime.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  CORE_EVENTS,
  findCondition,
  NODES,
  PODS,
  resourceType,
  type Pod,
  type PodSpec,
  type PriorityClass,
} from '@argosy/kube';

import { simulatedKubelet, startCluster, type RunningCluster } from '../running-cluster.ts';

const PRIORITY_CLASSES = resourceType<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  resource: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
});
const SLOW = { slow: 'yes' };
const FOO = 'example.com/foo';
let cluster: RunningCluster;

beforeAll(async () => {
  cluster = await startCluster((deps) => [simulatedKubelet(deps)]);
  for (const [name, value] of [
    ['low', 10],
    ['middle', 50],
    ['high', 100],
  ] as const)
    await cluster.client.create(PRIORITY_CLASSES, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    });
});
afterAll(() => cluster.close());

const POLL = { timeout: 10_000 };

const declare = async (amount: string | null): Promise<void> => {
  const patch = { status: { capacity: { [FOO]: amount } } };
  await cluster.client.patch(NODES, { name: 'argosy' }, { kind: 'merge', patch }, { subresource: 'status' });
};
const allocatable = async () => (await cluster.client.get(NODES, { name: 'argosy' })).status?.allocatable?.[FOO];
const create = (name: string, requests: Readonly<Record<string, string>>, spec: Partial<PodSpec> = {}) =>
  cluster.client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'c', image: 'any', resources: { requests, limits: requests } }],
      ...spec,
    },
  });
const get = (name: string): Promise<Pod> => cluster.client.get(PODS, { namespace: 'default', name });
const phase = async (name: string): Promise<string | undefined> => (await get(name)).status?.phase;
const why = async (name: string): Promise<string | undefined> =>
  findCondition((await get(name)).status?.conditions, 'PodScheduled')?.message;
const nominated = async (name: string): Promise<string | undefined> =>
  ((await get(name)).status as { readonly nominatedNodeName?: string }).nominatedNodeName;
const remove = (name: string) => cluster.client.delete(PODS, { namespace: 'default', name }, { gracePeriodSeconds: 0 });
const eventsOf = async (name: string, reason: string): Promise<readonly (string | undefined)[]> =>
  (await cluster.client.list(CORE_EVENTS, { namespace: 'default' })).items
    .filter((event) => event.involvedObject.name === name && event.reason === reason)
    .map(({ message }) => message);

it('says what is short, and why no other pod could help', async () => {
  await expect.poll(async () => (await cluster.client.list(NODES)).items[0]?.status?.allocatable, POLL).toBeDefined();
  await create('vast', { cpu: '10001' });
  const message =
    '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.';
  await expect.poll(() => why('vast'), POLL).toBe(message);
  await expect.poll(() => eventsOf('vast', 'FailedScheduling'), POLL).toEqual([message]);
  expect((await get('vast')).spec?.nodeName).toBeUndefined();
  await remove('vast');
});

it('does not take what was bound to its node and does not fit there', async () => {
  await create('straight', {}, { nodeName: 'argosy' });
  await expect.poll(() => phase('straight'), POLL).toBe('Running');
  await create('toomuch', { cpu: '10001' }, { nodeName: 'argosy' });
  const message = "Node didn't have enough resource: cpu, requested: 10001000, used: 0, capacity: 10000000";
  await expect
    .poll(async () => (await get('toomuch')).status, POLL)
    .toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: `Pod was rejected: ${message}` });
  await expect.poll(() => eventsOf('toomuch', 'OutOfcpu'), POLL).toEqual([message]);
  expect((await get('toomuch')).status?.containerStatuses).toBeUndefined();
  const ports = [{ containerPort: 80, hostPort: 8099 }];
  const containers = [{ name: 'c', image: 'any', ports }];
  await create('port', {}, { containers });
  await expect.poll(() => phase('port'), POLL).toBe('Running');
  await create('same-port', {}, { containers, nodeName: 'argosy' });
  await expect.poll(async () => (await get('same-port')).status?.reason, POLL).toBe('NodePorts');
  await create('elsewhere', {}, { nodeSelector: SLOW, nodeName: 'argosy' });
  await expect.poll(async () => (await get('elsewhere')).status?.reason, POLL).toBe('NodeAffinity');
  // What is not run is deleted as anything else, in its grace period.
  await cluster.client.delete(PODS, { namespace: 'default', name: 'elsewhere' });
  await expect.poll(() => get('elsewhere').catch(() => 'gone'), POLL).toBe('gone');
  for (const name of ['straight', 'toomuch', 'port', 'same-port']) await remove(name);
});

it('retries what waits when a user declares a resource, when a pod leaves, and not before', async () => {
  await create('first', { [FOO]: '1' });
  await expect.poll(() => why('first'), POLL).toContain(`1 Insufficient ${FOO}.`);
  await declare('2');
  await expect.poll(allocatable, POLL).toBe('2');
  await expect.poll(() => phase('first'), POLL).toBe('Running');
  await create('second', { [FOO]: '1' });
  await expect.poll(() => phase('second'), POLL).toBe('Running');
  await create('third', { [FOO]: '1' });
  await expect.poll(() => why('third'), POLL).toContain(`1 Insufficient ${FOO}.`);
  expect(await phase('third')).toBe('Pending');
  await remove('first');
  await expect.poll(() => phase('third'), POLL).toBe('Running');
  for (const name of ['second', 'third']) await remove(name);
  await declare(null);
  await expect.poll(allocatable, POLL).toBeUndefined();
});

it('never gives more than there is when many come at once', async () => {
  await declare('7');
  await expect.poll(allocatable, POLL).toBe('7');
  const names = Array.from({ length: 40 }, (_, at) => `many${at}`);
  await Promise.all(names.map((name) => create(name, { [FOO]: '2' })));
  const bound = async () =>
    (await Promise.all(names.map(get))).filter(({ spec }) => spec?.nodeName === 'argosy').length;
  const told = async () => (await Promise.all(names.map(why))).filter((message) => message?.includes(FOO)).length;
  await expect.poll(told, POLL).toBe(37);
  expect(await bound()).toBe(3);
  await Promise.all(names.map(remove));
}, 20_000);

it('leaves others alone for a pod that must not preempt', async () => {
  await declare('3');
  await expect.poll(allocatable, POLL).toBe('3');
  await cluster.client.create(PRIORITY_CLASSES, {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'patient' },
    value: 1000,
    preemptionPolicy: 'Never',
  });
  await create('holder', { [FOO]: '3' });
  await expect.poll(() => phase('holder'), POLL).toBe('Running');
  await create('patient', { [FOO]: '1' }, { priorityClassName: 'patient' });
  await expect
    .poll(() => why('patient'), POLL)
    .toBe(`0/1 nodes are available: 1 Insufficient ${FOO}. preemption: not eligible due to preemptionPolicy=Never.`);
  expect(await phase('holder')).toBe('Running');
  for (const name of ['holder', 'patient']) await remove(name);
});

it('gives room to the most important of those who wait for it, also of those it never tried', async () => {
  await declare('1');
  await expect.poll(allocatable, POLL).toBe('1');
  await create('holder', { [FOO]: '1' }, { priorityClassName: 'high' });
  await expect.poll(() => phase('holder'), POLL).toBe('Running');
  for (const [name, priorityClassName] of [
    ['waits-low', 'low'],
    ['waits-middle', 'middle'],
    ['waits-high', 'high'],
  ] as const)
    await create(name, { [FOO]: '1' }, { priorityClassName });
  await expect.poll(() => why('waits-high'), POLL).toContain(FOO);
  await remove('holder');
  await expect.poll(() => phase('waits-high'), POLL).toBe('Running');
  expect((await get('waits-middle')).spec?.nodeName).toBeUndefined();
  for (const name of ['waits-low', 'waits-middle', 'waits-high']) await remove(name);
});

/** A node on which pods end only when the test says so: it has no kubelet. */
const addSlowNode = (): Promise<void> => addNode('slow', { labels: { slow: 'yes' } });
const addNode = async (
  name: string,
  more: { readonly labels: Readonly<Record<string, string>>; readonly spec?: object },
): Promise<void> => {
  const metadata = { name, labels: more.labels };
  await cluster.client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata, spec: more.spec ?? {} });
  const offered = { cpu: '4', pods: '10', [FOO]: '3' };
  const conditions = [{ type: 'Ready', status: 'True' as const }];
  const patch = { status: { capacity: offered, allocatable: offered, conditions } };
  await cluster.client.patch(NODES, { name }, { kind: 'merge', patch }, { subresource: 'status' });
};
const boundTo = async (name: string): Promise<string | undefined> => (await get(name)).spec?.nodeName;

it('has less important pods leave, and keeps their room for the one they left for', async () => {
  await addSlowNode();
  for (const [name, priority] of [
    ['a', 'low'],
    ['b', 'low'],
    ['c', 'middle'],
  ] as const) {
    await create(name, { [FOO]: '1' }, { priorityClassName: priority, nodeSelector: SLOW });
    await expect.poll(() => boundTo(name), POLL).toBe('slow');
  }
  await create('important', { [FOO]: '2' }, { priorityClassName: 'high', nodeSelector: SLOW });
  await expect.poll(() => nominated('important'), POLL).toBe('slow');
  await expect
    .poll(() => eventsOf('important', 'FailedScheduling'), POLL)
    .toContain(`0/2 nodes are available: 1 Insufficient ${FOO}, 1 node(s) didn't match Pod's node affinity/selector.`);
  const { uid } = (await get('important')).metadata;
  for (const name of ['a', 'b']) {
    const victim = await get(name);
    expect(victim.metadata.deletionTimestamp).toBeDefined();
    expect(findCondition(victim.status?.conditions, 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    });
    await expect.poll(() => eventsOf(name, 'Preempted'), POLL).toEqual([`Preempted by pod ${uid} on node slow`]);
  }
  await create('lesser', { [FOO]: '1' }, { priorityClassName: 'middle', nodeSelector: SLOW });
  await remove('a');
  // One left, one is leaving: the room is neither enough for the one nor there for the other.
  await expect
    .poll(() => why('important'), POLL)
    .toContain('preemption: not eligible due to a terminating pod on the nominated node.');
  await expect.poll(() => why('lesser'), POLL).toContain(`1 Insufficient ${FOO}`);
  await remove('b');
  await expect.poll(() => boundTo('important'), POLL).toBe('slow');
  expect(await boundTo('lesser')).toBeUndefined();
  expect((await get('c')).metadata.deletionTimestamp).toBeUndefined();
  await remove('important');
  await expect.poll(() => boundTo('lesser'), POLL).toBe('slow');
}, 30_000);

it('spreads pods over zones, and minds what they and the nodes prefer', async () => {
  const ofZone = (zone: string) => ({ ring: 'yes', zone });
  await addNode('zone-a', { labels: ofZone('a') });
  await addNode('zone-b', { labels: ofZone('b') });
  const soft = { taints: [{ key: 'soft', effect: 'PreferNoSchedule' }] };
  await addNode('zone-c', { labels: ofZone('c'), spec: soft });
  const app = { app: 'even' };
  const rule = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: app },
  };
  const member = (name: string, spec: Partial<PodSpec> = {}) =>
    cluster.client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: app },
      spec: {
        containers: [{ name: 'c', image: 'any' }],
        nodeSelector: { ring: 'yes' },
        topologySpreadConstraints: [rule],
        ...spec,
      },
    });
  const names = ['even0', 'even1', 'even2'];
  for (const name of names) {
    await member(name);
    await expect.poll(() => boundTo(name), POLL).toBeDefined();
  }
  const where = await Promise.all(names.map(boundTo));
  // The node that would rather have none came last.
  expect(new Set(where)).toEqual(new Set(['zone-a', 'zone-b', 'zone-c']));
  expect(where[2]).toBe('zone-c');
  const onlyA = { ring: 'yes', zone: 'a' };
  await member('uneven', {
    nodeSelector: onlyA,
    topologySpreadConstraints: [{ ...rule, nodeAffinityPolicy: 'Ignore' }],
  });
  await expect.poll(() => boundTo('uneven'), POLL).toBe('zone-a');
  await member('too-uneven', {
    nodeSelector: onlyA,
    topologySpreadConstraints: [{ ...rule, nodeAffinityPolicy: 'Ignore' }],
  });
  await expect.poll(() => why('too-uneven'), POLL).toContain("1 node(s) didn't match pod topology spread constraints");
  // One more elsewhere makes it even again.
  await member('even3', { nodeSelector: { ring: 'yes', zone: 'b' } });
  await member('even4', { nodeSelector: { ring: 'yes', zone: 'c' } });
  await expect.poll(() => boundTo('too-uneven'), POLL).toBe('zone-a');
  const podAffinityTerm = { labelSelector: { matchLabels: app }, topologyKey: 'zone' };
  const preferred = [{ weight: 100, podAffinityTerm }];
  await create(
    'fond',
    {},
    {
      nodeSelector: { ring: 'yes' },
      affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
    },
  );
  await expect.poll(() => boundTo('fond'), POLL).toBe('zone-a');
}, 30_000);
