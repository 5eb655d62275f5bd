/** Pods that ask for a runtime, and the kinds of flow control. */
import { beforeAll, describe, expect, it } from 'vitest';

import { FLOW_SCHEMAS, PODS, RUNTIME_CLASSES, type Pod, type RuntimeClass } from '@argosy/kube';

import type { ApiServer } from '../../src/index.ts';
import { startApiServer } from '../running-cluster.ts';

let server: ApiServer;
const aClass = (name: string, more: Partial<RuntimeClass> = {}): RuntimeClass => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler: 'runc',
  ...more,
});
const aPod = (name: string, spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'one' }], ...spec },
});
const toleration = { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' };

beforeAll(async () => {
  server = await startApiServer();
  await server.client.create(RUNTIME_CLASSES, aClass('plain'));
  const scheduling = { nodeSelector: { disk: 'fast' }, tolerations: [toleration] };
  await server.client.create(RUNTIME_CLASSES, aClass('heavy', { overhead: { podFixed: { cpu: '250m' } }, scheduling }));
});

describe('a pod with a RuntimeClass', () => {
  it('gets its overhead, its nodes and its tolerations', async () => {
    const { spec } = await server.client.create(
      PODS,
      aPod('a', { runtimeClassName: 'heavy', nodeSelector: { zone: 'b' } }),
    );
    expect(spec).toMatchObject({ overhead: { cpu: '250m' }, nodeSelector: { zone: 'b', disk: 'fast' } });
    expect(spec?.['tolerations']).toContainEqual(toleration);
  });

  it.each([
    [
      'nobody knows',
      { runtimeClassName: 'gvisor' },
      'pods "x" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
    ],
    [
      'claims what it does not take',
      { runtimeClassName: 'plain', overhead: { cpu: '1' } },
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ],
    [
      'is none, but has an overhead',
      { overhead: { cpu: '1' } },
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ],
    [
      'takes something else',
      { runtimeClassName: 'heavy', overhead: { cpu: '1' } },
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [
      'is on other nodes',
      { runtimeClassName: 'heavy', nodeSelector: { disk: 'slow' } },
      'conflict: runtimeClass.scheduling.nodeSelector[disk] = fast; pod.spec.nodeSelector[disk] = slow',
    ],
  ])('that %s is refused', async (_case, spec, message) => {
    await expect(server.client.create(PODS, aPod('x', spec))).rejects.toMatchObject({
      code: 'Forbidden',
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('keeps its handler', async () => {
    const patch = { kind: 'merge' as const, patch: { handler: 'other' } };
    await expect(server.client.patch(RUNTIME_CLASSES, { name: 'plain' }, patch)).rejects.toThrow(
      'handler: Invalid value: "other": field is immutable',
    );
  });
});

describe('flow control', () => {
  it('shows what every cluster has, and takes more', async () => {
    const { items } = await server.client.list(FLOW_SCHEMAS);
    expect(items.map(({ metadata }) => metadata.name)).toContain('catch-all');
    expect(items).toHaveLength(13);
    const rules = [
      {
        subjects: [{ kind: 'User', user: { name: 'a' } }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      },
    ];
    const mine = await server.client.create(FLOW_SCHEMAS, {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      metadata: { name: 'mine' },
      spec: { priorityLevelConfiguration: { name: 'system' }, rules },
    });
    expect(mine.spec?.matchingPrecedence).toBe(1000);
    const patch = { kind: 'merge' as const, patch: { spec: { matchingPrecedence: 5 } } };
    await expect(server.client.patch(FLOW_SCHEMAS, { name: 'exempt' }, patch)).rejects.toThrow(
      'must equal the fixed value',
    );
  });
});
