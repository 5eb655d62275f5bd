import { toTimestamp } from '@argosy/base';
import { findCondition, type Deployment, type DeploymentSpec, type ReplicaSet } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { withConditions, withCounts } from './status.ts';

const NOW = Date.UTC(2026, 0, 1);
const aSet = (name: string, replicas: number, available: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, uid: name },
  spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
  status: { replicas, readyReplicas: available, availableReplicas: available },
});
/** A deployment of two whose rollout was last heard of long ago. */
const aDeployment = (reason: string, spec: Partial<DeploymentSpec> = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { replicas: 2, progressDeadlineSeconds: 10, selector: {}, template: { spec: { containers: [] } }, ...spec },
  status: {
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    conditions: [
      { type: 'Progressing', status: 'Unknown', reason, message: 'm', lastUpdateTime: toTimestamp(NOW - 60_000) },
    ],
  },
});
const conditionsOf = (object: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[] = []) => {
  const facts = { newSet, sets: [newSet, ...oldSets], now: NOW };
  const { conditions } = withConditions(object, withCounts(object, facts), facts);
  return (type: string) => findCondition(conditions, type);
};

describe('how far a rollout is', () => {
  it('is no question any more once it is complete, whatever becomes of its pods', () =>
    expect(conditionsOf(aDeployment('NewReplicaSetAvailable'), aSet('new', 5, 1))('Progressing')?.reason).toBe(
      'NewReplicaSetAvailable',
    ));

  it('is a question again when an old set comes back', () => {
    const old = aSet('old', 2, 2);
    expect(conditionsOf(aDeployment('NewReplicaSetAvailable'), aSet('new', 0, 0), [old])('Progressing')?.reason).toBe(
      'ReplicaSetUpdated',
    );
  });

  it('is late after its time, but does not count the time it was paused', () => {
    const stuck = aSet('new', 2, 0);
    expect(conditionsOf(aDeployment('ReplicaSetUpdated'), stuck)('Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
    expect(conditionsOf(aDeployment('DeploymentPaused'), stuck)('Progressing')).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentResumed',
      lastUpdateTime: toTimestamp(NOW),
    });
  });

  it('stays late while it is paused', () => {
    const paused = { paused: true };
    const stuck = aSet('new', 2, 0);
    expect(conditionsOf(aDeployment('ProgressDeadlineExceeded', paused), stuck)('Progressing')?.reason).toBe(
      'ProgressDeadlineExceeded',
    );
    expect(conditionsOf(aDeployment('ReplicaSetUpdated', paused), stuck)('Progressing')?.reason).toBe(
      'DeploymentPaused',
    );
  });

  it('is not told where there is no deadline', () => {
    const endless = { progressDeadlineSeconds: 2_147_483_647 };
    expect(conditionsOf(aDeployment('ReplicaSetUpdated', endless), aSet('new', 2, 0))('Progressing')).toBeUndefined();
  });
});

it('a recreate is not available without its pods', () => {
  const available = (count: number) =>
    conditionsOf(
      aDeployment('ReplicaSetUpdated', { strategy: { type: 'Recreate' } }),
      aSet('new', 2, count),
    )('Available')?.status;
  expect([available(0), available(1), available(2)]).toEqual(['False', 'False', 'True']);
});
