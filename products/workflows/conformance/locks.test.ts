import { CONFIG_MAPS } from '@argosy/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyChange, WORKFLOWS, type Workflow, type WorkflowSpec } from '../src/index.ts';
import { NAMESPACE, isEnded, sh, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const suspended = (name: string): WorkflowSpec => ({
  entrypoint: 'main',
  synchronization: { mutexes: [{ name }] },
  templates: [{ name: 'main', suspend: {} }],
});
const change = async (name: string, kind: 'resume' | 'stop'): Promise<void> => {
  const workflow = await cluster.client.get(WORKFLOWS, { namespace: NAMESPACE, name });
  const changed = applyChange(workflow, { kind, selector: '', message: '' }, Date.now());
  if (!changed.ok) throw new Error(changed.error);
  await cluster.client.update(WORKFLOWS, changed.value);
};
const aConfigMap = (name: string, limit: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE },
  data: { limit },
});
/** The most pods that ran at once, by what the nodes say. */
const widest = (workflow: Workflow): number => {
  const pods = Object.values(workflow.status?.nodes ?? {}).filter((node) => node.type === 'Pod');
  return Math.max(
    ...pods.map(
      (one) =>
        pods.filter(
          (other) =>
            (other.startedAt ?? '') <= (one.startedAt ?? '') && (other.finishedAt ?? '') > (one.startedAt ?? ''),
        ).length,
    ),
  );
};

describe('locks', () => {
  it('hold a workflow until another gives its mutex back', { timeout: 30_000 }, async () => {
    await cluster.submit('first', suspended('one'));
    await cluster.until('first', (workflow) => workflow.status?.phase === 'Running');
    await cluster.submit('second', suspended('one'));
    const waiting = await cluster.until('second', (workflow) => workflow.status?.phase === 'Pending');
    expect([waiting.status?.message, waiting.status?.synchronization, waiting.status?.nodes]).toEqual([
      'Waiting for default/Mutex/one lock. Lock status: 0/1',
      { mutex: { waiting: [{ mutex: 'default/Mutex/one', holder: 'default/first' }] } },
      {},
    ]);
    await change('first', 'resume');
    const running = await cluster.until('second', (workflow) => workflow.status?.phase === 'Running');
    expect(running.status?.synchronization).toEqual({
      mutex: { holding: [{ mutex: 'default/Mutex/one', holder: 'default/second' }] },
    });
    await change('second', 'resume');
    const ended = await cluster.until('second', isEnded);
    expect([ended.status?.phase, ended.status?.synchronization]).toEqual(['Succeeded', undefined]);
  });

  it('are given back by who is deleted, and not waited for by who is stopped', { timeout: 30_000 }, async () => {
    await cluster.submit('holder', suspended('two'));
    await cluster.until('holder', (workflow) => workflow.status?.phase === 'Running');
    await cluster.submit('stopped', suspended('two'));
    await cluster.submit('next', suspended('two'));
    await cluster.until('next', (workflow) => workflow.status?.phase === 'Pending');
    await change('stopped', 'stop');
    expect((await cluster.until('stopped', isEnded)).status?.message).toBe("Stopped with strategy 'Stop'");
    await cluster.client.delete(WORKFLOWS, { namespace: NAMESPACE, name: 'holder' });
    await cluster.until('next', (workflow) => workflow.status?.phase === 'Running');
  });

  it('let as many nodes run as a semaphore allows', { timeout: 40_000 }, async () => {
    await cluster.client.create(CONFIG_MAPS, aConfigMap('places', '2'));
    await cluster.submit('nodes', {
      entrypoint: 'main',
      templates: [
        { name: 'main', steps: [[{ name: 's', template: 'one', withItems: [1, 2, 3, 4, 5] }]] },
        {
          ...sh('one', 'sleep 1.2'),
          synchronization: { semaphores: [{ configMapKeyRef: { name: 'places', key: 'limit' } }] },
        },
      ],
    });
    const busy = await cluster.until('nodes', (workflow) =>
      Object.values(workflow.status?.nodes ?? {}).some((node) => node.phase === 'Running' && node.type === 'Pod'),
    );
    const waiting = Object.values(busy.status?.nodes ?? {}).filter((node) => node.synchronizationStatus?.waiting);
    expect([waiting.length, waiting[0]?.phase, waiting[0]?.message]).toEqual([
      3,
      'Pending',
      'Waiting for default/ConfigMap/places/limit lock. Lock status: 0/2',
    ]);
    const ended = await cluster.until('nodes', isEnded);
    expect([ended.status?.phase, widest(ended)]).toEqual(['Succeeded', 2]);
  });

  it('follow a limit that changes', { timeout: 30_000 }, async () => {
    const spec: WorkflowSpec = {
      ...suspended(''),
      synchronization: { semaphores: [{ configMapKeyRef: { name: 'raised', key: 'limit' } }] },
    };
    await cluster.client.create(CONFIG_MAPS, aConfigMap('raised', '1'));
    await cluster.submit('in', spec);
    await cluster.until('in', (workflow) => workflow.status?.phase === 'Running');
    await cluster.submit('out', spec);
    await cluster.until('out', (workflow) => workflow.status?.phase === 'Pending');
    await cluster.client.patch(
      CONFIG_MAPS,
      { namespace: NAMESPACE, name: 'raised' },
      { kind: 'merge', patch: { data: { limit: '2' } } },
    );
    await cluster.until('out', (workflow) => workflow.status?.phase === 'Running');
  });

  it('are kept by a node over its attempts', { timeout: 40_000 }, async () => {
    await cluster.submit('retried', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [
            [
              { name: 'a', template: 'flaky', continueOn: { failed: true } },
              { name: 'b', template: 'plain' },
            ],
          ],
        },
        {
          ...sh('flaky', 'sleep 0.4; exit 1'),
          retryStrategy: { limit: '1' },
          synchronization: { mutexes: [{ name: 'attempts' }] },
        },
        { ...sh('plain', 'true'), synchronization: { mutexes: [{ name: 'attempts' }] } },
      ],
    });
    const ended = await cluster.until('retried', isEnded);
    const nodes = Object.values(ended.status?.nodes ?? {});
    const at = (name: string) => nodes.find((node) => node.name === `retried[0].${name}`);
    expect([ended.status?.phase, at('a(1)')?.phase]).toEqual(['Succeeded', 'Failed']);
    expect((at('b')?.startedAt ?? '') >= (at('a')?.finishedAt ?? '?')).toBe(true);
  });

  it('fail a workflow whose semaphore has no limit', { timeout: 30_000 }, async () => {
    await cluster.submit('limitless', {
      ...suspended(''),
      synchronization: { semaphores: [{ configMapKeyRef: { name: 'nowhere', key: 'limit' } }] },
    });
    const ended = await cluster.until('limitless', isEnded);
    expect([ended.status?.phase, ended.status?.message]).toEqual([
      'Failed',
      'Failed to acquire the synchronization lock. configmaps "nowhere" not found',
    ]);
  });

  it('refuse database locks by name', async () => {
    const wanted = { ...suspended('x'), synchronization: { mutexes: [{ name: 'x', database: true }] } };
    await expect(cluster.submit('database', wanted)).rejects.toThrow(
      /spec\.synchronization\.mutexes\[0\]\.database.*not supported yet/,
    );
  });
});
