import type { Deployment, DeploymentSpec, ReplicaSet, StringMap } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { decideDeployment } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);
const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const template = (image: string) => ({
  metadata: { labels: { app: 'd' } },
  spec: { containers: [{ name: 'c', image }] },
});

const aDeployment = (image: string, annotations: StringMap = {}, spec: Partial<DeploymentSpec> = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'a', uid: 'd', generation: 1, annotations },
  spec: { replicas: 1, selector: { matchLabels: { app: 'd' } }, template: template(image), ...spec },
});
const aSet = (image: string, annotations: StringMap, replicas: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: image, namespace: 'a', uid: image, annotations },
  spec: { replicas, selector: { matchLabels: { app: 'd' } }, template: template(image) },
  status: { replicas, readyReplicas: replicas, availableReplicas: replicas },
});

/** What the set of an image looks like after the decision. */
const decided = (object: Deployment, sets: readonly ReplicaSet[], image: string): ReplicaSet | undefined => {
  const { actions } = decideDeployment({ object, world: { sets, livePods: {} }, now: NOW });
  return actions
    .flatMap((action) => (action.kind === 'update-set' || action.kind === 'create-set' ? [action.set] : []))
    .findLast((set) => set.spec?.template?.spec.containers[0]?.image === image);
};

describe('revisions of a deployment', () => {
  it.each([
    ['its first return', {}, '1'],
    ['its second', { [HISTORY]: '0' }, '0,1'],
    ['a long history loses what is oldest', { [HISTORY]: `7,${'8'.repeat(1998)}` }, `${'8'.repeat(1998)},1`],
  ])('a set that comes back remembers those it had: %s', (_case, before, after) => {
    const sets = [aSet('one', { [REVISION]: '1', ...before }, 0), aSet('two', { [REVISION]: '2' }, 1)];
    expect(decided(aDeployment('one'), sets, 'one')?.metadata.annotations).toMatchObject({
      [REVISION]: '3',
      [HISTORY]: after,
    });
  });
});

describe('what the newest set takes over', () => {
  const given = {
    'kubernetes.io/change-cause': 'because',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    [REVISION]: '9',
  };
  it('annotations, when it is made', () => {
    expect(decided(aDeployment('one', given), [], 'one')?.metadata.annotations).toEqual({
      'kubernetes.io/change-cause': 'because',
      [REVISION]: '1',
      'deployment.kubernetes.io/desired-replicas': '1',
      'deployment.kubernetes.io/max-replicas': '2',
    });
  });
  it('annotations and readiness, when they change', () => {
    const set = aSet('one', { [REVISION]: '1', own: 'kept' }, 1);
    const changed = decided(aDeployment('one', given, { minReadySeconds: 5 }), [set], 'one');
    expect(changed?.metadata.annotations).toEqual({
      'kubernetes.io/change-cause': 'because',
      own: 'kept',
      [REVISION]: '1',
    });
    expect(changed?.spec?.minReadySeconds).toBe(5);
  });
  it('nothing when nothing changed', () => {
    expect(decided(aDeployment('one'), [aSet('one', { [REVISION]: '1' }, 1)], 'one')).toBeUndefined();
  });
});
