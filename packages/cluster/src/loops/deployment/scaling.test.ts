import type { Deployment, DeploymentSpec, ReplicaSet } from '@argosy/kube';
import { expect, it } from 'vitest';

import { isScaling, planScaling } from './scaling.ts';

const aDeployment = (replicas: number, spec: Partial<DeploymentSpec> = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', uid: 'd' },
  spec: {
    replicas,
    selector: {},
    template: { spec: { containers: [] } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
    ...spec,
  },
});
const aSet = (
  name: string,
  replicas: number,
  of: { readonly asked?: number; readonly available?: number } = {},
): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name,
    creationTimestamp: `2026-01-01T00:00:0${name.length}Z`,
    annotations: {
      'deployment.kubernetes.io/desired-replicas': String(of.asked ?? 10),
      'deployment.kubernetes.io/max-replicas': String((of.asked ?? 10) + 3),
    },
  },
  spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
  status: { replicas, availableReplicas: of.available ?? replicas },
});
const sizesOf = (object: Deployment, newSet: ReplicaSet | undefined, old: readonly ReplicaSet[]) =>
  Object.fromEntries(
    planScaling(object, newSet, old).actions.flatMap((action) =>
      action.kind === 'update-set' ? [[action.set.metadata.name, action.set.spec?.replicas]] : [],
    ),
  );

it.each([
  {
    reason: 'each by its share',
    object: aDeployment(30),
    newSet: aSet('new', 5, { available: 0 }),
    old: [aSet('o', 8)],
    sizes: { o: 20, new: 13 },
  },
  {
    reason: 'and back',
    object: aDeployment(10),
    newSet: aSet('new', 13, { asked: 30, available: 0 }),
    old: [aSet('o', 20, { asked: 30 })],
    sizes: { o: 8, new: 5 },
  },
  {
    reason: 'the largest takes what rounding leaves',
    object: aDeployment(13),
    newSet: aSet('new', 4, { available: 0 }),
    old: [aSet('o', 5), aSet('oo', 4)],
    sizes: { o: 6, oo: 5, new: 5 },
  },
  {
    reason: 'to nothing',
    object: aDeployment(0),
    newSet: aSet('new', 5, { available: 0 }),
    old: [aSet('o', 8)],
    sizes: { o: 0, new: 0 },
  },
  {
    reason: 'the only one as a whole',
    object: aDeployment(30),
    newSet: aSet('new', 0),
    old: [aSet('o', 8)],
    sizes: { o: 30 },
  },
  {
    reason: 'old ones go once the new one is complete',
    object: aDeployment(10),
    newSet: aSet('new', 10),
    old: [aSet('o', 2)],
    sizes: { o: 0 },
  },
])('$reason', ({ object, newSet, old, sizes }) => expect(sizesOf(object, newSet, old)).toEqual(sizes));

it.each([
  { reason: 'another number is asked for', object: aDeployment(30), is: true },
  { reason: 'the number is the one asked for', object: aDeployment(10), is: false },
  { reason: 'the deployment is paused', object: aDeployment(10, { paused: true }), is: true },
])('when $reason: $is', ({ object, is }) => expect(isScaling(object, [aSet('o', 8)])).toBe(is));
