import { Failure } from '@argosy/base';
import type { Client } from '@argosy/client';
import { PODS } from '@argosy/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyChange, WORKFLOWS } from '../src/index.ts';
import { NAMESPACE, isEnded, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

/** Writes of pods that will fail before one succeeds, by verb. */
const faults = { create: 0, delete: 0 };
const fail = (verb: keyof typeof faults): void => {
  if (faults[verb] <= 0) return;
  faults[verb] -= 1;
  throw new Failure(`no ${verb} now`, { code: 'Unavailable', retryable: true });
};
const decorate = (client: Client): Client => ({
  ...client,
  create: async (resource, object, options) => {
    if (resource.resource === PODS.resource) fail('create');
    return client.create(resource, object, options);
  },
  delete: async (resource, key, options) => {
    if (resource.resource === PODS.resource) fail('delete');
    return client.delete(resource, key, options);
  },
});

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster(undefined, decorate);
});
afterAll(() => cluster.stop());

const submit = (name: string, script: string, items: readonly number[]) =>
  cluster.client.create(WORKFLOWS, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      entrypoint: 'main',
      templates: [
        { name: 'main', steps: [[{ name: 's', template: 'one', withItems: [...items] }]] },
        { name: 'one', container: { image: 'any', command: ['sh', '-c', script] } },
      ],
    },
  });

describe('a workflow', () => {
  it('starts the pods it could not start at once', { timeout: 40_000 }, async () => {
    faults.create = 3;
    await submit('later', 'true', [1, 2, 3]);
    const ended = await cluster.until('later', isEnded, 30);
    const pods = Object.values(ended.status?.nodes ?? {}).filter((node) => node.type === 'Pod');
    expect([faults.create, ended.status?.phase, pods.map((node) => node.phase)]).toEqual([
      0,
      'Succeeded',
      ['Succeeded', 'Succeeded', 'Succeeded'],
    ]);
  });

  it('does not end before the pods it stops are stopped', { timeout: 40_000 }, async () => {
    await submit('stopping', 'sleep 300', [1, 2]);
    const running = await cluster.until(
      'stopping',
      (workflow) =>
        Object.values(workflow.status?.nodes ?? {}).filter((node) => node.type === 'Pod' && node.phase === 'Running')
          .length === 2,
    );
    faults.delete = 2;
    const changed = applyChange(running, { kind: 'stop', selector: '', message: '' }, Date.now());
    if (!changed.ok) throw new Error(changed.error);
    await cluster.client.update(WORKFLOWS, changed.value);
    await cluster.until('stopping', isEnded, 30);
    const { items } = await cluster.client.list(PODS, {
      namespace: NAMESPACE,
      labelSelector: 'workflows.argoproj.io/workflow=stopping',
    });
    expect(items.filter((pod) => !pod.metadata.deletionTimestamp).map((pod) => pod.metadata.name)).toEqual([]);
    expect(faults.delete).toBe(0);
  });
});
