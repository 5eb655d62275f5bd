import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSystemClock, messageOf } from '@argosy/base';
import { ApiStatusError, type KubeObject } from '@argosy/kube';
import { parseManifests } from '@argosy/manifests';

import {
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  promoteRollout,
  ROLLOUTS,
  undoRollout,
  type Rollout,
  type RolloutCommandDeps,
} from '../src/index.ts';
import { NAMESPACE, setImage, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/conformance/rollouts/', import.meta.url));

describe.skipIf(!existsSync(FOLDER))("upstream's examples", () => {
  let cluster: EmbeddedCluster;
  const printed: string[] = [];
  let verbs: RolloutCommandDeps;
  beforeAll(async () => {
    cluster = await startCluster();
    verbs = {
      client: cluster.client,
      clock: createSystemClock(),
      namespace: NAMESPACE,
      print: (line) => printed.push(line),
      clear: () => undefined,
    };
  });
  afterAll(() => cluster?.stop());

  const apply = async (file: string): Promise<void> => {
    const resources = await cluster.client.servedResources();
    for (const object of parseManifests(readFileSync(path.join(FOLDER, file), 'utf8'), file)) {
      const resource = resources.find(({ kind }) => kind === object.kind);
      if (!resource) throw new Error(`${object.kind} is not served`);
      const placed = resource.namespaced ? { ...object.metadata, namespace: NAMESPACE } : object.metadata;
      await cluster.client.create(resource, { ...object, metadata: placed } as KubeObject);
    }
  };
  const isHealthy = (rollout: Rollout): boolean =>
    rollout.status?.phase === 'Healthy' &&
    rollout.status.observedGeneration === String(rollout.metadata.generation ?? 0);
  /** Promotes at every pause until all of the traffic is there; resolves with the steps somebody had to promote. */
  const promoteToTheEnd = async (name: string): Promise<readonly (number | null | undefined)[]> => {
    const promoted: (number | null | undefined)[] = [];
    for (;;) {
      const rollout = await cluster.until(
        ROLLOUTS,
        name,
        (one) =>
          (isHealthy(one) && one.status?.stableRS === one.status?.currentPodHash) || one.status?.phase === 'Paused',
      );
      if (rollout.status?.phase !== 'Paused') return promoted;
      const at = rollout.status.currentStepIndex;
      promoted.push(at);
      await promoteRollout(verbs, name, { full: false });
      await cluster.until(ROLLOUTS, name, ({ status }) => status?.phase !== 'Paused' || status.currentStepIndex !== at);
    }
  };

  it('rollout-canary goes through its four pauses, and back', async () => {
    await apply('examples/rollout-canary.yaml');
    await cluster.until(ROLLOUTS, 'rollout-canary', isHealthy);
    await setImage(cluster, 'rollout-canary', 'argoproj/rollouts-demo:yellow');
    expect(await promoteToTheEnd('rollout-canary')).toEqual([1, 3, 5, 7]);
    await undoRollout(verbs, 'rollout-canary', { toRevision: 0 });
    await promoteToTheEnd('rollout-canary');
    const back = await cluster.client.get(ROLLOUTS, { namespace: NAMESPACE, name: 'rollout-canary' });
    expect(back.spec?.template?.spec.containers[0]?.image).toBe('argoproj/rollouts-demo:blue');
    expect(back.metadata.annotations?.['rollout.argoproj.io/revision']).toBe('3');
  });

  it('rollout-bluegreen waits for somebody, then switches', async () => {
    await apply('examples/rollout-bluegreen.yaml');
    await cluster.until(ROLLOUTS, 'rollout-bluegreen', isHealthy);
    await setImage(cluster, 'rollout-bluegreen', 'argoproj/rollouts-demo:yellow');
    expect(await promoteToTheEnd('rollout-bluegreen')).toHaveLength(1);
  });

  it('rollout-analysis-step is judged by its templates', async () => {
    await apply('examples/analysis-templates.yaml');
    // The example names a cluster-wide template that upstream keeps elsewhere.
    const template = await cluster.client.get(ANALYSIS_TEMPLATES, { namespace: NAMESPACE, name: 'pass' });
    await cluster.client.create(CLUSTER_ANALYSIS_TEMPLATES, {
      apiVersion: template.apiVersion,
      kind: 'ClusterAnalysisTemplate',
      metadata: { name: 'always-pass' },
      spec: template.spec,
    });
    await apply('examples/rollout-analysis-step.yaml');
    await cluster.until(ROLLOUTS, 'rollout-analysis-step', isHealthy);
    await setImage(cluster, 'rollout-analysis-step', 'argoproj/rollouts-demo:yellow');
    await cluster.until(
      ROLLOUTS,
      'rollout-analysis-step',
      (one) =>
        isHealthy(one) && one.status?.stableRS === one.status?.currentPodHash && one.status?.currentStepIndex === 2,
      40,
    );
    const { items } = await cluster.client.list(ANALYSIS_RUNS, { namespace: NAMESPACE });
    expect(items.map(({ status }) => status?.phase)).toEqual(['Successful']);
    expect(items[0]?.status?.metricResults?.map(({ count }) => count)).toEqual([2, 1]);
  });

  /** The objects of a file, or why it is not YAML: kubectl refuses the same two. */
  const read = (file: string): readonly KubeObject[] | string => {
    try {
      return parseManifests(readFileSync(path.join(FOLDER, file), 'utf8'), file);
    } catch (thrown) {
      return messageOf(thrown);
    }
  };
  const files = existsSync(FOLDER)
    ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(
        // Files of charts are templates and values, not manifests.
        (file) => file.endsWith('.yaml') && !file.includes('helm-'),
      )
    : [];
  it.each(files)('%s: each object of ours is accepted, or refused by the name of a field', async (file) => {
    const resources = await cluster.client.servedResources();
    const ours = new Set(['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun']);
    const objects = read(file);
    if (!Array.isArray(objects)) return expect(objects).toMatch(/^[\w./-]+: line|^[\w./-]+: a mapping as a key/);
    for (const object of objects.filter(({ kind }) => ours.has(kind))) {
      const resource = resources.find(({ kind }) => kind === object.kind)!;
      const namespaced = resource.namespaced ? { namespace: NAMESPACE } : {};
      const metadata = { ...object.metadata, ...namespaced };
      const outcome = await cluster.client.create(resource, { ...object, metadata }, { dryRun: true }).then(
        () => 'accepted',
        (thrown: unknown) => thrown,
      );
      if (outcome !== 'accepted' && !(outcome instanceof ApiStatusError && outcome.reason === 'AlreadyExists')) {
        expect(outcome).toBeInstanceOf(ApiStatusError);
        expect((outcome as ApiStatusError).message).toMatch(/(spec|metadata)[.:[]/);
      }
    }
  });
});
