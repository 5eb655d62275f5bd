/** Pods get their priority at the door. */
import { beforeAll, describe, expect, it } from 'vitest';

import { PODS, resourceType, type Pod, type PriorityClass } from '@argosy/kube';

import type { ApiServer } from '../../src/index.ts';
import { startApiServer } from '../running-cluster.ts';

const PRIORITY_CLASSES = resourceType<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  resource: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
});
let server: ApiServer;
const aClass = (name: string, value: number, more: Partial<PriorityClass> = {}): PriorityClass => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  ...more,
});
const aPod = (name: string, spec: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'one' }], ...spec },
});

beforeAll(async () => {
  server = await startApiServer();
  await server.client.create(PRIORITY_CLASSES, aClass('high', 100));
});

describe('a pod', () => {
  it('has priority 0 without a class, and keeps it when it is replaced by what its author wrote', async () => {
    const { spec, metadata } = await server.client.create(PODS, aPod('plain'));
    expect(spec).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    const { priority: _priority, preemptionPolicy: _policy, ...written } = spec!;
    const replaced = await server.client.update(PODS, { ...aPod('plain', written), metadata });
    expect(replaced).toMatchObject({
      spec: { priority: 0, preemptionPolicy: 'PreemptLowerPriority' },
      metadata: { resourceVersion: metadata.resourceVersion },
    });
  });

  it('stays a while on a node in trouble, also when it is replaced by what its author wrote', async () => {
    const { spec, metadata } = await server.client.create(PODS, aPod('patient'));
    const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }));
    expect(spec?.['tolerations']).toEqual(added);
    const { tolerations: _tolerations, ...written } = spec!;
    const replaced = await server.client.update(PODS, { ...aPod('patient', written), metadata });
    expect(replaced).toMatchObject({
      spec: { tolerations: added },
      metadata: { resourceVersion: metadata.resourceVersion },
    });
  });

  it.each([
    [{ priorityClassName: 'none' }, 'pods "x" is forbidden: no PriorityClass with name none was found'],
    [
      { priorityClassName: 'high', priority: 7 },
      'pods "x" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 100 from the given PriorityClass name',
    ],
  ])('with %j is refused', async (spec, message) => {
    await expect(server.client.create(PODS, aPod('x', spec))).rejects.toMatchObject({ code: 'Forbidden', message });
  });

  it('has the default class when there is one, of which there is one', async () => {
    await server.client.create(PRIORITY_CLASSES, aClass('usual', 20, { globalDefault: true }));
    const { spec } = await server.client.create(PODS, aPod('usual'));
    expect(spec).toMatchObject({ priority: 20, priorityClassName: 'usual' });
    const refusal = 'is forbidden: PriorityClass usual is already marked as default. Only one default can exist';
    await expect(
      server.client.create(PRIORITY_CLASSES, aClass('second', 5, { globalDefault: true })),
    ).rejects.toMatchObject({ code: 'Forbidden', message: `priorityclasses.scheduling.k8s.io "second" ${refusal}` });
    const patch = { kind: 'merge' as const, patch: { globalDefault: true } };
    await expect(server.client.patch(PRIORITY_CLASSES, { name: 'high' }, patch)).rejects.toThrow(refusal);
    const described = { kind: 'merge' as const, patch: { description: 'x' } };
    expect((await server.client.patch(PRIORITY_CLASSES, { name: 'usual' }, described)).description).toBe('x');
  });
});
