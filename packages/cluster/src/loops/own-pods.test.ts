import { describe, expect, it } from 'vitest';

import { ApiStatusError, type Job, type Pod } from '@argosy/kube';

import type { LoopDeps } from './loop-deps.ts';
import { createOwnPod, deleteOwnPod } from './own-pods.ts';

const job: Job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'a', uid: 'u' } };
const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'j-', namespace: 'a' } };

/** A client that answers every call like this, and what is told. */
const world = (answer: () => Promise<unknown>) => {
  const told: string[] = [];
  const deps = {
    client: { create: answer, delete: answer },
    recorder: {
      event: (_: unknown, { type, reason, message }: { type: string; reason: string; message: string }) =>
        void told.push(`${type} ${reason} ${message}`),
    },
  } as unknown as LoopDeps;
  return { deps, told };
};

describe('pods of a controller', () => {
  it('are told when they are made and when they are deleted', async () => {
    const { deps, told } = world(() => Promise.resolve({ ...pod, metadata: { name: 'j-1', namespace: 'a' } }));
    expect((await createOwnPod(deps, job, pod)).metadata.name).toBe('j-1');
    await deleteOwnPod(deps, job, { name: 'j-1', uid: 'x' });
    expect(told).toEqual(['Normal SuccessfulCreate Created pod: j-1', 'Normal SuccessfulDelete Deleted pod: j-1']);
  });

  it('are told when they are refused', async () => {
    const { deps, told } = world(() => Promise.reject(new ApiStatusError('Forbidden', 'exceeded quota: few')));
    await expect(createOwnPod(deps, job, pod)).rejects.toThrow('exceeded quota');
    expect(told).toEqual(['Warning FailedCreate Error creating: exceeded quota: few']);
  });

  it('that are gone already are no news', async () => {
    const { deps, told } = world(() => Promise.reject(new ApiStatusError('NotFound', 'no such pod')));
    await deleteOwnPod(deps, job, { name: 'j-1', uid: 'x' });
    expect(told).toEqual([]);
  });
});
