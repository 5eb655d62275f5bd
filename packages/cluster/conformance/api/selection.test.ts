/** Fields that lists and watches select by, as clients of Kubernetes name them. */
import { createVirtualClock } from '@argosy/base';
import { CORE_EVENTS, NODES, PODS, resourceType, type KubeObject, type ResourceType } from '@argosy/kube';
import { expect, it } from 'vitest';

import { startApiServer } from '../running-cluster.ts';

const start = async () => (await startApiServer({ clock: createVirtualClock() })).client;
const NS = 'default';
const pod = (name: string, hostNetwork: boolean): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NS },
  spec: { hostNetwork, containers: [{ name: 'c', image: 'i', ports: [] }] },
});
const node = (name: string, unschedulable?: boolean): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: unschedulable === undefined ? {} : { unschedulable },
});
const event = (name: string, about: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: NS },
    involvedObject: { kind: 'Pod', namespace: NS, name: about },
    reason: 'R',
    type: 'Normal',
    reportingComponent: 'me',
  }) as KubeObject;

const EVENTS = resourceType({
  group: 'events.k8s.io',
  version: 'v1',
  resource: 'events',
  kind: 'Event',
  namespaced: true,
});

it.each([
  { of: PODS, objects: [pod('a', true), pod('b', false)], fieldSelector: 'spec.hostNetwork=true', found: ['a'] },
  { of: PODS, objects: [pod('a', true)], fieldSelector: 'status.nominatedNodeName=', found: ['a'] },
  {
    of: NODES,
    objects: [node('a', true), node('b', false), node('c')],
    fieldSelector: 'spec.unschedulable=false',
    found: ['b', 'c'],
  },
  {
    of: CORE_EVENTS,
    objects: [event('a', 'x'), event('b', 'y')],
    fieldSelector: 'involvedObject.name=y',
    found: ['b'],
  },
  {
    of: EVENTS,
    objects: [event('a', 'x'), event('b', 'y')],
    fieldSelector: 'regarding.name=y,reportingController=me',
    found: ['b'],
  },
])('$fieldSelector', async ({ of, objects, fieldSelector, found }) => {
  const client = await start();
  for (const object of objects)
    await client.create(of === EVENTS ? CORE_EVENTS : (of as ResourceType), object as never);
  const { items } = await client.list(of as ResourceType, { fieldSelector });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(found);
});
