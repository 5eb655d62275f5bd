import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Client } from '@argosy/client';
import {
  CONFIG_MAPS,
  CORE_EVENTS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  findCondition,
  isApiError,
  JOBS,
  keyOf,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  REPLICA_SETS,
  RESOURCE_QUOTAS,
  SERVICE_ACCOUNTS,
  SERVICES,
  type Deployment,
  type Job,
  type KubeObject,
  type ObjectKey,
  type Pod,
  type ResourceType,
} from '@argosy/kube';

import { createBuiltinLoops } from '../../src/index.ts';
import { PORTS, startCluster, type RunningCluster } from '../running-cluster.ts';

const { clock } = PORTS;
const NS = 'default';

/** Waits for the world to become as asked; the loops decide when, the test only looks. */
const until = async <T>(look: () => Promise<T | undefined>, what: string): Promise<T> => {
  const end = clock.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (clock.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const aDeployment = (
  name: string,
  extra: Partial<NonNullable<Deployment['spec']>> = {},
  image = 'one',
): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: NS },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
    },
    ...extra,
  },
});
const aJob = (name: string, extra: Partial<NonNullable<Job['spec']>> = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: NS },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'one' }] } },
    completions: 1,
    ...extra,
  },
});

describe('built-in loops', () => {
  let cluster: RunningCluster;
  let client: Client;

  beforeEach(async () => {
    cluster = await startCluster((deps) => createBuiltinLoops(deps, { rootCertificate: 'PEM' }));
    ({ client } = cluster);
  });
  afterEach(() => cluster.close());

  const podsOf = async (app: string): Promise<readonly Pod[]> =>
    (await client.list(PODS, { namespace: NS, labelSelector: `app=${app}` })).items;
  const gone = async (resource: ResourceType, key: ObjectKey): Promise<true | undefined> =>
    client.get(resource, key).then(
      () => undefined,
      (thrown: unknown) => {
        if (isApiError(thrown, 'NotFound')) return true;
        throw thrown;
      },
    );
  /** Plays the kubelet: gives every pod of an app a status. */
  const setPods = async (app: string, status: (pod: Pod, at: number) => Pod['status']): Promise<void> => {
    for (const [at, pod] of (await podsOf(app)).entries())
      await client.update(PODS, { ...pod, status: status(pod, at) }, { subresource: 'status' });
  };
  const ready = (_pod: Pod, at: number): Pod['status'] => ({
    phase: 'Running',
    podIP: `127.0.1.${at + 1}`,
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  });
  const owned = (name: string, owner: KubeObject, blocks = false): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: NS,
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name: owner.metadata.name ?? '',
          uid: owner.metadata.uid ?? '',
          blockOwnerDeletion: blocks,
        },
      ],
    },
  });

  it('gives a new namespace its service account and the root certificate', async () => {
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fresh' } });
    await until(
      () => client.get(SERVICE_ACCOUNTS, { namespace: 'fresh', name: 'default' }).catch(() => undefined),
      'service account',
    );
    const map = await until(
      () => client.get(CONFIG_MAPS, { namespace: 'fresh', name: 'kube-root-ca.crt' }).catch(() => undefined),
      'certificate',
    );
    expect(map.data).toEqual({ 'ca.crt': 'PEM' });
    const key = { namespace: 'fresh', name: 'kube-root-ca.crt' };
    await client.patch(CONFIG_MAPS, key, { kind: 'merge', patch: { data: { 'ca.crt': 'other' } } });
    const hasTrust = async () => {
      const current = await client.get(CONFIG_MAPS, key).catch(() => undefined);
      return current?.data?.['ca.crt'] === 'PEM' ? true : undefined;
    };
    await until(hasTrust, 'the certificate put back');
    await client.delete(CONFIG_MAPS, key);
    await until(hasTrust, 'the certificate made anew');
  });

  it('empties a namespace before it goes', async () => {
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'leaving' } });
    await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'leaving', finalizers: ['example.com/hold'] },
    });
    await client.delete(NAMESPACES, { name: 'leaving' });
    await until(
      async () =>
        (await client.get(CONFIG_MAPS, { namespace: 'leaving', name: 'c' })).metadata.deletionTimestamp
          ? true
          : undefined,
      'deletion of its objects',
    );
    expect((await client.get(NAMESPACES, { name: 'leaving' })).status?.phase).toBe('Terminating');
    await client.patch(
      CONFIG_MAPS,
      { namespace: 'leaving', name: 'c' },
      { kind: 'merge', patch: { metadata: { finalizers: null } } },
    );
    await until(() => gone(NAMESPACES, { name: 'leaving' }), 'end of the namespace');
  });

  it('counts what a quota limits again when some of it is gone', async () => {
    await client.create(RESOURCE_QUOTAS, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: NS },
      spec: { hard: { 'count/deployments.apps': '5' } },
    });
    const used = (count: string) => async () => {
      const { status } = await client.get(RESOURCE_QUOTAS, { namespace: NS, name: 'q' });
      return status?.used?.['count/deployments.apps'] === count ? true : undefined;
    };
    await client.create(DEPLOYMENTS, aDeployment('counted'));
    await until(used('1'), 'one deployment counted');
    await client.delete(DEPLOYMENTS, { namespace: NS, name: 'counted' });
    await until(used('0'), 'none counted');
  });

  it('takes over pods and sets left behind, and lets go what its selector no longer selects', async () => {
    await client.create(DEPLOYMENTS, aDeployment('left', { replicas: 2 }));
    const before = await until(
      async () => ((await podsOf('left')).length === 2 ? podsOf('left') : undefined),
      'two pods',
    );
    await client.delete(DEPLOYMENTS, { namespace: NS, name: 'left' }, { propagationPolicy: 'Orphan' });
    await until(() => gone(DEPLOYMENTS, { namespace: NS, name: 'left' }), 'end of the deployment');
    const [set] = (await client.list(REPLICA_SETS, { namespace: NS, labelSelector: 'app=left' })).items;
    await client.delete(REPLICA_SETS, { namespace: NS, name: set!.metadata.name! }, { propagationPolicy: 'Orphan' });
    await until(() => gone(REPLICA_SETS, { namespace: NS, name: set!.metadata.name! }), 'end of the set');
    const names = (pods: readonly Pod[]) =>
      pods.map(({ metadata }) => metadata.name ?? '').sort((left, right) => left.localeCompare(right));
    const again = await client.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'again', namespace: NS },
      spec: { replicas: 2, selector: { matchLabels: { app: 'left' } }, template: aDeployment('left').spec!.template },
    });
    const isOurs = ({ metadata }: Pod): boolean => metadata.ownerReferences?.[0]?.uid === again.metadata.uid;
    await until(async () => ((await podsOf('left')).every(isOurs) ? true : undefined), 'adoption');
    expect(names(await podsOf('left'))).toEqual(names(before));
    const name = names(before)[0]!;
    const patch = { metadata: { labels: { app: 'other' } } };
    await client.patch(PODS, { namespace: NS, name }, { kind: 'merge', patch });
    await until(async () => ((await podsOf('left')).length === 2 ? true : undefined), 'a pod in its place');
    expect((await client.get(PODS, { namespace: NS, name })).metadata.ownerReferences).toBeUndefined();
  });

  it('ends a circle of owners that wait for each other', async () => {
    const names = ['one', 'two', 'three'];
    const made = await Promise.all(
      names.map((name) =>
        client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NS } }),
      ),
    );
    for (const [at, name] of names.entries()) {
      const { ownerReferences } = owned(name, made[(at + 2) % 3]!, true).metadata;
      const patch = { metadata: { ownerReferences: ownerReferences!.map((one) => ({ ...one })) } };
      await client.patch(CONFIG_MAPS, { namespace: NS, name }, { kind: 'merge', patch });
    }
    await client.delete(CONFIG_MAPS, { namespace: NS, name: 'one' }, { propagationPolicy: 'Foreground' });
    for (const name of names) await until(() => gone(CONFIG_MAPS, { namespace: NS, name }), `end of ${name}`);
  });

  it('leaves endpoints to their author until there was a service of their name', async () => {
    const key = { namespace: NS, name: 'elsewhere' };
    await client.create(ENDPOINTS, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { ...key },
      subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
    });
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { ...key }, spec: { ports: [{ port: 80 }] } };
    await client.create(SERVICES, service);
    await until(async () => {
      const { items } = await client.list(ENDPOINT_SLICES, { namespace: NS });
      return items.some(({ endpoints }) => endpoints[0]?.addresses[0] === '192.0.2.1') ? true : undefined;
    }, 'the mirrored slice');
    await client.delete(SERVICES, key);
    await until(() => gone(ENDPOINTS, key), 'end of the endpoints with their service');
  });

  it('says in a condition why there are too few pods, as long as it is so', async () => {
    const quota = await client.create(RESOURCE_QUOTAS, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few', namespace: NS },
      spec: { hard: { pods: '1' } },
    });
    await client.create(DEPLOYMENTS, aDeployment('many', { replicas: 2 }));
    const failure = async (want: boolean) => {
      const { status } = await client.get(DEPLOYMENTS, { namespace: NS, name: 'many' });
      const found = findCondition(status?.conditions, 'ReplicaFailure');
      return (found !== undefined) === want ? (found ?? true) : undefined;
    };
    const found = await until(() => failure(true), 'failure');
    expect(found).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringContaining('exceeded quota') as string,
    });
    await client.delete(RESOURCE_QUOTAS, keyOf(quota));
    const patch = { spec: { replicas: 1 } };
    await client.patch(DEPLOYMENTS, { namespace: NS, name: 'many' }, { kind: 'merge', patch });
    await until(() => failure(false), 'no failure');
  });

  it('takes pods off a node whose taint they do not tolerate, and says so in their condition', async () => {
    const node = await client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} });
    const aPod = (name: string, tolerations: readonly object[]): Pod => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NS, finalizers: ['example.com/hold'] },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'one' }], tolerations },
    });
    await client.create(PODS, aPod('leaves', []));
    await client.create(PODS, aPod('stays', [{ key: 'out', operator: 'Exists' }]));
    const taints = [{ key: 'out', effect: 'NoExecute' }];
    await client.update(NODES, { ...node, spec: { taints } });
    const leaving = await until(async () => {
      const pod = await client.get(PODS, { namespace: NS, name: 'leaves' });
      return pod.metadata.deletionTimestamp ? pod : undefined;
    }, 'eviction');
    expect(findCondition(leaving.status?.conditions, 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'DeletionByTaintManager',
    });
    expect((await client.get(PODS, { namespace: NS, name: 'stays' })).metadata.deletionTimestamp).toBeUndefined();
  });

  it('leaves pods on a node in trouble for a while, unless their authors said how long', async () => {
    const name = 'troubled';
    const node = await client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} });
    const aPod = (pod: string, spec: object = {}): Pod => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, namespace: NS },
      spec: { nodeName: name, containers: [{ name: 'c', image: 'one' }], ...spec },
    });
    const key = 'node.kubernetes.io/unreachable';
    await client.create(PODS, aPod('patient'));
    const tolerations = [{ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }];
    await client.create(PODS, aPod('hurried', { tolerations }));
    await client.update(NODES, { ...node, spec: { taints: [{ key, effect: 'NoExecute' }] } });
    await until(async () => {
      const { items } = await client.list(PODS, { namespace: NS });
      const hurried = items.find(({ metadata }) => metadata.name === 'hurried');
      return !hurried || hurried.metadata.deletionTimestamp ? true : undefined;
    }, 'eviction');
    expect((await client.get(PODS, { namespace: NS, name: 'patient' })).metadata.deletionTimestamp).toBeUndefined();
  });

  it('rolls a deployment within its limits, and back', async () => {
    await client.create(
      DEPLOYMENTS,
      aDeployment('web', { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
    );
    await until(async () => ((await podsOf('web')).length === 3 ? true : undefined), 'three pods');
    await setPods('web', ready);
    await until(
      async () =>
        (await client.get(DEPLOYMENTS, { namespace: NS, name: 'web' })).status?.availableReplicas === 3
          ? true
          : undefined,
      'availability',
    );
    const patchImage = (image: string) =>
      client.patch(
        DEPLOYMENTS,
        { namespace: NS, name: 'web' },
        { kind: 'json', operations: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }] },
      );
    await patchImage('two');
    await until(async () => ((await podsOf('web')).length === 4 ? true : undefined), 'one surge pod');
    const images = (await podsOf('web'))
      .map((pod) => pod.spec?.containers[0]?.image ?? '')
      .sort((left, right) => left.localeCompare(right));
    expect(images).toEqual(['one', 'one', 'one', 'two']);
    const rolled = async (image: string): Promise<true | undefined> => {
      await setPods('web', ready);
      const pods = await podsOf('web');
      return pods.length === 3 && pods.every((pod) => pod.spec?.containers[0]?.image === image) ? true : undefined;
    };
    await until(() => rolled('two'), 'end of the roll');
    await patchImage('one');
    await until(() => rolled('one'), 'roll back');
    const deployment = await until(async () => {
      const now = await client.get(DEPLOYMENTS, { namespace: NS, name: 'web' });
      return findCondition(now.status?.conditions, 'Progressing')?.reason === 'NewReplicaSetAvailable' &&
        now.status?.replicas === 3
        ? now
        : undefined;
    }, 'completion');
    const sets = (await client.list(REPLICA_SETS, { namespace: NS })).items;
    expect({
      revision: deployment.metadata.annotations?.['deployment.kubernetes.io/revision'],
      sets: sets.length,
      available: findCondition(deployment.status?.conditions, 'Available')?.status,
    }).toEqual({ revision: '3', sets: 2, available: 'True' });
  });

  it('recreates only after the last old pod is gone', async () => {
    await client.create(DEPLOYMENTS, aDeployment('solo', { replicas: 1, strategy: { type: 'Recreate' } }));
    await until(async () => ((await podsOf('solo')).length === 1 ? true : undefined), 'the pod');
    const [pod] = await podsOf('solo');
    await client.patch(
      PODS,
      { namespace: NS, name: pod?.metadata.name ?? '' },
      { kind: 'merge', patch: { metadata: { finalizers: ['example.com/hold'] } } },
    );
    await client.patch(
      DEPLOYMENTS,
      { namespace: NS, name: 'solo' },
      { kind: 'json', operations: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'two' }] },
    );
    await until(
      async () => ((await podsOf('solo'))[0]?.metadata.deletionTimestamp ? true : undefined),
      'the old pod leaving',
    );
    expect((await podsOf('solo')).length).toBe(1);
    await client.patch(
      PODS,
      { namespace: NS, name: pod?.metadata.name ?? '' },
      { kind: 'merge', patch: { metadata: { finalizers: null } } },
    );
    await until(
      async () => ((await podsOf('solo'))[0]?.spec?.containers[0]?.image === 'two' ? true : undefined),
      'the new pod',
    );
  });

  it('replaces a pod that is deleted and tells it', async () => {
    await client.create(DEPLOYMENTS, aDeployment('heal', { replicas: 1 }));
    const [first] = await until(
      async () => ((await podsOf('heal')).length === 1 ? podsOf('heal') : undefined),
      'the pod',
    );
    await client.delete(PODS, { namespace: NS, name: first?.metadata.name ?? '' });
    await until(
      async () => ((await podsOf('heal')).some((pod) => pod.metadata.uid !== first?.metadata.uid) ? true : undefined),
      'another pod',
    );
    const events = await until(async () => {
      const { items } = await client.list(CORE_EVENTS, { namespace: NS });
      return items.some((event) => event.reason === 'SuccessfulCreate') ? items : undefined;
    }, 'events');
    expect(events.some((event) => event.reason === 'ScalingReplicaSet')).toBe(true);
  });

  it('lists ready pods behind a service, without those leaving', async () => {
    await client.create(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'svc', namespace: NS },
      spec: { selector: { app: 'behind' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    await client.create(DEPLOYMENTS, aDeployment('behind', { replicas: 2 }));
    await until(async () => ((await podsOf('behind')).length === 2 ? true : undefined), 'pods');
    await setPods('behind', ready);
    const slice = await until(async () => {
      const [found] = (
        await client.list(ENDPOINT_SLICES, { namespace: NS, labelSelector: 'kubernetes.io/service-name=svc' })
      ).items;
      return found?.endpoints.filter((endpoint) => endpoint.conditions?.ready).length === 2 ? found : undefined;
    }, 'two ready endpoints');
    expect(slice.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
    await client.delete(SERVICES, { namespace: NS, name: 'svc' });
    await until(
      () => gone(ENDPOINT_SLICES, { namespace: NS, name: slice.metadata.name ?? '' }),
      'end of the slice with its service',
    );
  });

  it('collects what a deleted deployment leaves', async () => {
    await client.create(DEPLOYMENTS, aDeployment('left'));
    await until(async () => ((await podsOf('left')).length === 3 ? true : undefined), 'pods');
    await client.delete(DEPLOYMENTS, { namespace: NS, name: 'left' });
    await until(
      async () =>
        (await podsOf('left')).length === 0 && (await client.list(REPLICA_SETS, { namespace: NS })).items.length === 0
          ? true
          : undefined,
      'collection',
    );
  });

  it('orphans and deletes in the foreground as asked', async () => {
    const orphaning = await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'parent1', namespace: NS },
    });
    await client.create(CONFIG_MAPS, owned('child1', orphaning));
    const waiting = await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'parent2', namespace: NS },
    });
    const child2 = owned('child2', waiting, true);
    await client.create(CONFIG_MAPS, { ...child2, metadata: { ...child2.metadata, finalizers: ['example.com/hold'] } });
    // The collector must know both before they go.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.delete(CONFIG_MAPS, { namespace: NS, name: 'parent1' }, { propagationPolicy: 'Orphan' });
    await client.delete(CONFIG_MAPS, { namespace: NS, name: 'parent2' }, { propagationPolicy: 'Foreground' });
    await until(() => gone(CONFIG_MAPS, { namespace: NS, name: 'parent1' }), 'end of the orphaning parent');
    expect((await client.get(CONFIG_MAPS, { namespace: NS, name: 'child1' })).metadata.ownerReferences ?? []).toEqual(
      [],
    );
    await until(
      async () =>
        (await client.get(CONFIG_MAPS, { namespace: NS, name: 'child2' })).metadata.deletionTimestamp
          ? true
          : undefined,
      'deletion of the blocking child',
    );
    expect(
      (await client.get(CONFIG_MAPS, { namespace: NS, name: 'parent2' })).metadata.deletionTimestamp,
    ).toBeDefined();
    await client.patch(
      CONFIG_MAPS,
      { namespace: NS, name: 'child2' },
      { kind: 'merge', patch: { metadata: { finalizers: null } } },
    );
    await until(() => gone(CONFIG_MAPS, { namespace: NS, name: 'parent2' }), 'end of the waiting parent');
  });

  it('collects an object whose owner never existed', async () => {
    await client.create(
      CONFIG_MAPS,
      owned('ghost', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'never', uid: 'no-such-uid' } }),
    );
    await until(() => gone(CONFIG_MAPS, { namespace: NS, name: 'ghost' }), 'collection');
  });

  it('makes a volume the server accepts for a claim', async () => {
    await client.create(PERSISTENT_VOLUME_CLAIMS, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: NS },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const claim = await until(async () => {
      const found = await client.get(PERSISTENT_VOLUME_CLAIMS, { namespace: NS, name: 'data' });
      return found.status?.phase === 'Bound' ? found : undefined;
    }, 'a bound claim');
    const volume = await client.get(PERSISTENT_VOLUMES, { name: claim.spec?.volumeName ?? '' });
    expect(volume.spec?.csi?.driver).toBe('local.argosy.dev');
    const key = { name: volume.metadata.name ?? '' };
    await client.delete(PERSISTENT_VOLUMES, key);
    // Its claim holds it, and what is on it, as long as it is there.
    const held = await client.get(PERSISTENT_VOLUMES, key);
    expect(held.metadata).toMatchObject({
      finalizers: ['kubernetes.io/pv-protection'],
      deletionTimestamp: expect.any(String) as string,
    });
    await client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: NS, name: 'data' });
    await until(() => gone(PERSISTENT_VOLUMES, key), 'the end of the volume');
  });

  it('tells what keeps a namespace that is to go', async () => {
    const name = 'kept';
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const [map, finalizers] of [
      ['held', ['a.b/c']],
      ['free', []],
    ] as const)
      await client.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: map, namespace: name, finalizers },
      });
    await client.delete(NAMESPACES, { name });
    const told = await until(async () => {
      const { status } = await client.get(NAMESPACES, { name });
      const { conditions = [] } = status ?? {};
      return conditions.length > 0 ? conditions : undefined;
    }, 'conditions');
    expect(told.map(({ type, status, reason, message }) => [type, status, reason, message].join('|'))).toEqual([
      'NamespaceDeletionDiscoveryFailure|False|ResourcesDiscovered|every served resource is looked at',
      'NamespaceDeletionGroupVersionParsingFailure|False|ParsedGroupVersions|every group and version was understood',
      'NamespaceDeletionContentFailure|False|ContentDeleted|everything found was told to go',
      'NamespaceContentRemaining|True|SomeResourcesRemain|still there: configmaps (1)',
      'NamespaceFinalizersRemaining|True|SomeFinalizersRemain|waiting for: a.b/c (1)',
    ]);
    const patch = { metadata: { finalizers: null } };
    await client.patch(CONFIG_MAPS, { namespace: name, name: 'held' }, { kind: 'merge', patch });
    await until(() => gone(NAMESPACES, { name }), 'end of the namespace');
  });

  it('keeps a namespace until its author lets go too', async () => {
    const name = 'authored';
    const made = await client.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
      spec: { finalizers: ['a.b/c'] },
    });
    expect(made.spec?.finalizers).toEqual(['a.b/c', 'kubernetes']);
    await client.delete(NAMESPACES, { name });
    const emptied = await until(async () => {
      const found = await client.get(NAMESPACES, { name });
      return found.spec?.finalizers?.includes('kubernetes') ? undefined : found;
    }, 'an empty namespace');
    expect(emptied.spec?.finalizers).toEqual(['a.b/c']);
    await client.update(NAMESPACES, { ...emptied, spec: { finalizers: [] } }, { subresource: 'finalize' });
    await until(() => gone(NAMESPACES, { name }), 'end of the namespace');
  });

  const jobPods = async (name: string) =>
    (await client.list(PODS, { namespace: NS, labelSelector: `job-name=${name}` })).items;
  const endPods = async (name: string, phase: 'Succeeded' | 'Failed') => {
    for (const pod of await jobPods(name))
      await client.update(PODS, { ...pod, status: { phase } }, { subresource: 'status' });
  };
  const jobEnd = (name: string) =>
    until(async () => {
      const job = await client.get(JOBS, { namespace: NS, name });
      return job.status?.conditions?.find(
        (condition) => (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
      );
    }, 'end of the job');

  it('completes a job, all indexes of an indexed one', async () => {
    await client.create(JOBS, aJob('done', { completions: 3, parallelism: 2, completionMode: 'Indexed' }));
    await until(async () => ((await jobPods('done')).length === 2 ? true : undefined), 'two pods at a time');
    await endPods('done', 'Succeeded');
    await until(async () => ((await jobPods('done')).length === 3 ? true : undefined), 'the third pod');
    await endPods('done', 'Succeeded');
    expect((await jobEnd('done')).type).toBe('Complete');
    expect((await client.get(JOBS, { namespace: NS, name: 'done' })).status).toMatchObject({
      succeeded: 3,
      completedIndexes: '0-2',
    });
  });

  it('does not do again what a pod has done that was removed', async () => {
    await client.create(JOBS, aJob('kept', { completions: 2, parallelism: 1 }));
    for (const succeeded of [1, 2]) {
      const [pod] = await until(async () => {
        const running = (await jobPods('kept')).filter(({ status }) => status?.phase !== 'Succeeded');
        return running.length === 1 ? running : undefined;
      }, 'a pod');
      await endPods('kept', 'Succeeded');
      await until(async () => {
        const { status } = await client.get(JOBS, { namespace: NS, name: 'kept' });
        return status?.succeeded === succeeded ? true : undefined;
      }, `${succeeded} counted`);
      if (pod) await client.delete(PODS, keyOf(pod));
    }
    expect((await jobEnd('kept')).type).toBe('Complete');
    expect(await jobPods('kept')).toEqual([]);
  });

  it('fails a job over its limit, and removes it after its time to live', async () => {
    await client.create(JOBS, aJob('broken', { backoffLimit: 0, ttlSecondsAfterFinished: 0 }));
    await until(async () => ((await jobPods('broken')).length === 1 ? true : undefined), 'the pod');
    await endPods('broken', 'Failed');
    await until(() => gone(JOBS, { namespace: NS, name: 'broken' }), 'removal');
    const failure = (await client.list(CORE_EVENTS, { namespace: NS })).items.find(
      (event) => event.reason === 'BackoffLimitExceeded',
    );
    expect(failure?.message).toBe('Job has reached the specified backoff limit');
  });
});
