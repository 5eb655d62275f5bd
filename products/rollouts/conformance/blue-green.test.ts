import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { REPLICA_SETS, SERVICES } from '@argosy/kube';

import { HASH_LABEL, ROLLOUTS, type Rollout } from '../src/index.ts';
import { NAMESPACE, patchStatus, setImage, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const prepare = async (name: string, blueGreen: object): Promise<void> => {
  for (const role of ['active', 'preview'])
    await cluster.client.create(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-${role}`, namespace: NAMESPACE },
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    });
  await cluster.client.create(ROLLOUTS, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'demo:blue' }] },
      },
      strategy: {
        blueGreen: { activeService: `${name}-active`, previewService: `${name}-preview`, ...blueGreen },
      },
    },
  } as Rollout);
  await cluster.until(ROLLOUTS, name, isHealthy);
};
const isHealthy = (rollout: Rollout): boolean =>
  rollout.status?.phase === 'Healthy' && rollout.status.observedGeneration === String(rollout.metadata.generation ?? 0);
const hashOf = async (name: string): Promise<string | undefined> =>
  (await cluster.client.get(SERVICES, { namespace: NAMESPACE, name })).spec?.selector?.[HASH_LABEL];

describe('blue-green', () => {
  it('shows the new version behind the preview Service, and switches when promoted', async () => {
    await prepare('plain', { autoPromotionEnabled: false, scaleDownDelaySeconds: 1 });
    const before = await hashOf('plain-active');
    await setImage(cluster, 'plain', 'demo:green');
    const paused = await cluster.until(ROLLOUTS, 'plain', ({ status }) => status?.phase === 'Paused');
    expect(paused.status?.message).toBe('BlueGreenPause');
    expect([await hashOf('plain-active'), await hashOf('plain-preview')]).toEqual([
      before,
      paused.status?.currentPodHash,
    ]);
    await patchStatus(cluster, 'plain', { pauseConditions: null });
    const done = await cluster.until(
      ROLLOUTS,
      'plain',
      (rollout) => isHealthy(rollout) && rollout.status?.replicas === 2,
    );
    expect(await hashOf('plain-active')).toBe(done.status?.currentPodHash);
    const { items } = await cluster.client.list(REPLICA_SETS, { namespace: NAMESPACE, labelSelector: 'app=plain' });
    expect(new Set(items.map((set) => set.spec?.replicas))).toEqual(new Set([0, 2]));
  });

  it('grows a small preview only after it was accepted', async () => {
    await prepare('small', { autoPromotionEnabled: false, previewReplicaCount: 1, scaleDownDelaySeconds: 0 });
    await setImage(cluster, 'small', 'demo:green');
    const paused = await cluster.until(ROLLOUTS, 'small', ({ status }) => status?.phase === 'Paused');
    expect(paused.status?.updatedReplicas).toBe(1);
    await patchStatus(cluster, 'small', { pauseConditions: null });
    const done = await cluster.until(
      ROLLOUTS,
      'small',
      (rollout) => isHealthy(rollout) && rollout.status?.replicas === 2,
    );
    expect(done.status).toMatchObject({ updatedReplicas: 2, stableRS: done.status?.currentPodHash });
  });

  it('promotes by itself after the seconds given, and goes back at once to a version still there', async () => {
    await prepare('timed', { autoPromotionSeconds: 1 });
    const before = await hashOf('timed-active');
    await setImage(cluster, 'timed', 'demo:green');
    await cluster.until(ROLLOUTS, 'timed', ({ status }) => status?.phase === 'Paused');
    await cluster.until(ROLLOUTS, 'timed', isHealthy);
    expect(await hashOf('timed-active')).not.toBe(before);
    await setImage(cluster, 'timed', 'demo:blue');
    await cluster.until(ROLLOUTS, 'timed', (rollout) => isHealthy(rollout) && rollout.status?.stableRS === before);
    expect(await hashOf('timed-active')).toBe(before);
  });
});
