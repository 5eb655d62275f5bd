import { toTimestamp } from '@argosy/base';
import type { ControllerRevision, Pod, StatefulSet, StatefulSetSpec, StatefulSetStatus } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { decideStatefulSet, type StatefulSetAction } from './decide.ts';
import { eventOf } from './events.ts';

const NOW = Date.UTC(2026, 0, 1);

const aSet = (spec: Partial<StatefulSetSpec> = {}, status?: StatefulSetStatus): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'a', uid: 's', generation: 1 },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'one' }] } },
    ...spec,
  },
  ...(status ? { status } : {}),
});

/** Plays the cluster: what is decided happens at once, and pods become ready when told so. */
const play = (set: StatefulSet) => {
  let object = set;
  let pods: readonly Pod[] = [];
  let revisions: readonly ControllerRevision[] = [];
  const claims = new Set<string>();
  let count = 0;
  const apply = (action: StatefulSetAction): string => {
    switch (action.kind) {
      case 'create-pod':
        count += 1;
        pods = [...pods, { ...action.pod, metadata: { ...action.pod.metadata, uid: `u${count}` } }];
        return `+${action.pod.metadata.name}`;
      case 'delete-pod':
        pods = pods.filter((pod) => pod.metadata.name !== action.name);
        return `-${action.name}`;
      case 'create-claim':
        claims.add(action.claim.metadata.name ?? '');
        return `+claim ${action.claim.metadata.name}`;
      case 'delete-claims':
        for (const name of action.names) claims.delete(name);
        return `-claims ${action.names.join(',')}`;
      case 'create-revision':
        revisions = [...revisions, action.revision];
        return '+revision';
      case 'renumber-revision':
        revisions = revisions.map((one) =>
          one.metadata.name === action.name ? { ...one, revision: action.revision } : one,
        );
        return `revision ${action.revision}`;
      case 'delete-revision':
        revisions = revisions.filter((one) => one.metadata.name !== action.name);
        return '-revision';
    }
  };
  return {
    round: (): readonly string[] => {
      const decision = decideStatefulSet({ object, world: { pods, revisions, claims }, now: NOW });
      object = { ...object, status: decision.status };
      return decision.actions.map(apply);
    },
    change: (spec: Partial<StatefulSetSpec>): void => {
      object = { ...object, spec: { ...object.spec!, ...spec } };
    },
    ready: (...names: readonly string[]): void => {
      const status = {
        phase: 'Running' as const,
        conditions: [{ type: 'Ready', status: 'True' as const, lastTransitionTime: toTimestamp(NOW) }],
      };
      pods = pods.map((pod) => (names.includes(pod.metadata.name ?? '') ? { ...pod, status } : pod));
    },
    end: (name: string): void => {
      pods = pods.map((pod) => (pod.metadata.name === name ? { ...pod, status: { phase: 'Failed' } } : pod));
    },
    wait: (name: string): void => {
      pods = pods.map((pod) => (pod.metadata.name === name ? { ...pod, status: { phase: 'Pending' } } : pod));
    },
    loseClaims: (): void => claims.clear(),
    status: () => object.status,
    pods: () => pods,
  };
};
const running = (spec: Partial<StatefulSetSpec> = {}) => {
  const world = play(aSet(spec));
  for (const name of ['db-0', 'db-1', 'db-2']) {
    world.round();
    world.ready(name);
  }
  world.round();
  return world;
};
const changed = {
  template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'two' }] } },
};

describe('order of a stateful set', () => {
  it('makes one pod after the other, each when the one before is ready', () => {
    const world = play(aSet());
    expect(world.round()).toEqual(['+revision', '+db-0']);
    expect(world.round()).toEqual([]);
    world.ready('db-0');
    expect(world.round()).toEqual(['+db-1']);
    world.ready('db-1');
    expect(world.round()).toEqual(['+db-2']);
  });
  it('makes all at once in parallel', () =>
    expect(play(aSet({ podManagementPolicy: 'Parallel' })).round()).toEqual(['+revision', '+db-0', '+db-1', '+db-2']));
  it('shrinks from the highest ordinal', () => {
    const world = running();
    world.change({ replicas: 1 });
    expect([world.round(), world.round(), world.round()]).toEqual([['-db-2'], ['-db-1'], []]);
  });
  it('shrinks no further while pods are ill, but for the one that alone is', () => {
    const world = running();
    for (const name of ['db-0', 'db-1', 'db-2']) world.wait(name);
    world.change({ replicas: 0 });
    expect(world.round()).toEqual([]);
    world.ready('db-2');
    expect([world.round(), world.round()]).toEqual([['-db-2'], []]);
    world.ready('db-1');
    expect([world.round(), world.round()]).toEqual([['-db-1'], ['-db-0']]);
  });
  it('rolls from the highest ordinal, waiting for each', () => {
    const world = running();
    world.change(changed);
    expect(world.round()).toEqual(['+revision', '-db-2']);
    expect(world.round()).toEqual(['+db-2']);
    expect(world.round()).toEqual([]);
    world.ready('db-2');
    expect(world.round()).toEqual(['-db-1']);
  });
  it('leaves pods below the partition as they were, also when they come back', () => {
    const world = running({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    world.change(changed);
    world.round();
    world.round();
    world.ready('db-2');
    expect(world.round()).toEqual([]);
    world.end('db-0');
    expect(world.round()).toEqual(['-db-0']);
    expect(world.round()).toEqual(['+db-0']);
    const images = world.pods().map((pod) => [pod.metadata.name, pod.spec?.containers[0]?.image]);
    expect(Object.fromEntries(images)).toEqual({ 'db-0': 'one', 'db-1': 'one', 'db-2': 'two' });
  });
  it('replaces nothing on its own with OnDelete', () => {
    const world = running({ updateStrategy: { type: 'OnDelete' } });
    world.change(changed);
    expect(world.round()).toEqual(['+revision']);
  });
  it('goes back to a template it knows', () => {
    const world = running();
    const { template } = aSet().spec!;
    world.change(changed);
    world.round();
    world.change({ template });
    expect(world.round()[0]).toBe('revision 3');
  });
  it('makes the claims of a pod before the pod, and keeps them', () => {
    const template = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: {} };
    const world = play(aSet({ replicas: 1, volumeClaimTemplates: [template] }));
    expect(world.round()).toEqual(['+revision', '+claim data-db-0', '+db-0']);
    expect(world.pods()[0]?.spec?.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
    ]);
    world.change({ replicas: 0 });
    expect(world.round()).toEqual(['-db-0']);
    world.change({ replicas: 1 });
    expect(world.round()).toEqual(['+db-0']);
  });
  it('lets claims go with the pod when told so', () => {
    const template = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: {} };
    const world = play(
      aSet({
        replicas: 1,
        volumeClaimTemplates: [template],
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' },
      }),
    );
    world.round();
    world.change({ replicas: 0 });
    expect(world.round()).toEqual(['-db-0', '-claims data-db-0']);
  });
  it('counts, and settles', () => {
    const world = running();
    expect(world.round()).toEqual([]);
    expect(world.status()).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 });
  });
});

describe('more pods than anybody can have', () => {
  it.each(['Parallel', 'OrderedReady'] as const)('are made bit by bit: %s', (podManagementPolicy) => {
    const set = aSet({ podManagementPolicy, replicas: 2_147_483_647 });
    const world = { pods: [], revisions: [], claims: new Set<string>() };
    const { actions } = decideStatefulSet({ object: set, world, now: NOW });
    const made = actions.filter(({ kind }) => kind === 'create-pod');
    expect(made).toHaveLength(podManagementPolicy === 'Parallel' ? 500 : 1);
  });

  it('makes a claim anew for a pod that waits for it, and for no other', () => {
    const claims = [{ metadata: { name: 'data' }, spec: {} }];
    const cluster = play(aSet({ replicas: 2, volumeClaimTemplates: claims as never, podManagementPolicy: 'Parallel' }));
    cluster.round();
    cluster.ready('db-0');
    cluster.wait('db-1');
    cluster.loseClaims();
    expect(cluster.round()).toEqual(['+claim data-db-1']);
    expect(cluster.round()).toEqual([]);
  });
});

it('tells of a claim with the pod it is made for', () => {
  const set = aSet({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] as never });
  const { actions } = decideStatefulSet({
    object: set,
    world: { pods: [], revisions: [], claims: new Set() },
    now: NOW,
  });
  const messages = actions.map((action) => eventOf(set, action)?.message);
  expect(messages).toContain('create Claim data-db-0 Pod db-0 in StatefulSet db success');
});
