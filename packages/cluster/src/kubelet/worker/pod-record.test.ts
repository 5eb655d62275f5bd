import { describe, expect, it } from 'vitest';

import { createVirtualClock, silentLogger } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import type { KubeletDeps } from './kubelet-deps.ts';
import { createPodRecord } from './pod-record.ts';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u' },
  spec: { containers: [{ name: 'main', image: 'a' }] },
  status: { phase: 'Pending' },
};
const startedAt = '2026-01-01T00:00:00Z';
const running = { state: { running: { startedAt } }, ready: true, started: true };
const ended = { state: { terminated: { exitCode: 143, reason: 'Error', startedAt } }, ready: false };

/** A record whose reads of the pod wait until they are let go. */
const aRecord = () => {
  const written: (string | undefined)[] = [];
  const reads: (() => void)[] = [];
  const client = {
    get: () => new Promise<Pod>((resolve) => reads.push(() => resolve(pod))),
    update: async (_: unknown, { status }: Pod) => void written.push(status?.phase),
  };
  const deps = { client, clock: createVirtualClock(0), log: silentLogger } as unknown as KubeletDeps;
  return { record: createPodRecord(deps, pod), written, read: () => reads.shift()?.() };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the record of a pod', () => {
  it('tells how its containers are', async () => {
    const { record, written, read } = aRecord();
    void record.note('main', running);
    await turn();
    read();
    await record.written;
    expect(written).toEqual(['Running']);
  });

  it('does not tell of an end that comes with the end of this program', async () => {
    const { record, written, read } = aRecord();
    void record.note('main', running);
    await turn();
    // The status is on its way when the program ends, and the container with it.
    record.abandon();
    void record.note('main', ended);
    void record.settle();
    read();
    await record.written;
    expect(written).toEqual([]);
  });
});
