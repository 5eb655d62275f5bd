import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { HTTP_ROUTES, REPLICA_SETS, SERVICES, type KubeObject, type ReplicaSet } from '@argosy/kube';

import { ANALYSIS_RUNS, ANALYSIS_TEMPLATES, HASH_LABEL, ROLLOUTS, type Rollout } from '../src/index.ts';
import { NAMESPACE, patchStatus, setImage, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const aRollout = (name: string, spec: object): Rollout =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 5,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'demo:blue' }] },
      },
      ...spec,
    },
  }) as Rollout;
const aService = (name: string, app: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: NAMESPACE },
  spec: { selector: { app }, ports: [{ port: 80 }] },
});
const isHealthy = (rollout: Rollout): boolean =>
  rollout.status?.phase === 'Healthy' && rollout.status.observedGeneration === String(rollout.metadata.generation ?? 0);
const setsOf = async (app: string): Promise<readonly ReplicaSet[]> =>
  (await cluster.client.list(REPLICA_SETS, { namespace: NAMESPACE, labelSelector: `app=${app}` })).items;
const sizes = async (app: string) =>
  Object.fromEntries(
    (await setsOf(app)).map((set) => [set.spec?.template.spec.containers[0]?.image, set.spec?.replicas]),
  );

describe('basic canary', () => {
  it('deploys at once the first time, then goes by its steps and waits for a promotion', async () => {
    await cluster.client.create(
      ROLLOUTS,
      aRollout('steps', { strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }] } } }),
    );
    const first = await cluster.until(ROLLOUTS, 'steps', isHealthy);
    expect(first.status).toMatchObject({ currentStepIndex: 3, replicas: 5, updatedReplicas: 5, availableReplicas: 5 });
    await setImage(cluster, 'steps', 'demo:yellow');
    const paused = await cluster.until(ROLLOUTS, 'steps', ({ status }) => status?.phase === 'Paused');
    expect(paused.status).toMatchObject({
      message: 'CanaryPauseStep',
      currentStepIndex: 1,
      controllerPause: true,
      updatedReplicas: 1,
    });
    expect(await sizes('steps')).toEqual({ 'demo:blue': 4, 'demo:yellow': 1 });
    await patchStatus(cluster, 'steps', { pauseConditions: null });
    const promoted = await cluster.until(ROLLOUTS, 'steps', isHealthy);
    expect(promoted.status).toMatchObject({ currentStepIndex: 3, stableRS: promoted.status?.currentPodHash });
    expect(await sizes('steps')).toEqual({ 'demo:blue': 0, 'demo:yellow': 5 });
    expect(await cluster.eventsOf('steps')).toEqual(
      expect.arrayContaining([
        'RolloutUpdated',
        'RolloutPaused',
        'RolloutResumed',
        'RolloutStepCompleted',
        'RolloutCompleted',
      ]),
    );
  });

  it('aborts to the old version, stays Degraded, and retries from the first step', async () => {
    await cluster.client.create(
      ROLLOUTS,
      aRollout('abort', { strategy: { canary: { steps: [{ setWeight: 40 }, { pause: {} }] } } }),
    );
    await cluster.until(ROLLOUTS, 'abort', isHealthy);
    await setImage(cluster, 'abort', 'demo:bad');
    await cluster.until(ROLLOUTS, 'abort', ({ status }) => status?.phase === 'Paused');
    await patchStatus(cluster, 'abort', { abort: true });
    const aborted = await cluster.until(
      ROLLOUTS,
      'abort',
      ({ status }) => status?.phase === 'Degraded' && status.replicas === 5 && status.updatedReplicas === 0,
    );
    expect(aborted.status).toMatchObject({
      abort: true,
      currentStepIndex: 0,
      message: expect.stringContaining('RolloutAborted'),
    });
    expect(await sizes('abort')).toEqual({ 'demo:blue': 5, 'demo:bad': 0 });
    await patchStatus(cluster, 'abort', { abort: false });
    await cluster.until(ROLLOUTS, 'abort', ({ status }) => status?.phase === 'Paused');
    await setImage(cluster, 'abort', 'demo:blue');
    const back = await cluster.until(ROLLOUTS, 'abort', isHealthy);
    expect(back.status?.currentStepIndex).toBe(2);
  });

  it('says what is wrong with a spec, and recovers when what it names appears', async () => {
    await cluster.client.create(
      ROLLOUTS,
      aRollout('names', { strategy: { canary: { canaryService: 'names-canary', stableService: 'names-stable' } } }),
    );
    const invalid = await cluster.until(ROLLOUTS, 'names', ({ status }) => status?.phase === 'Degraded');
    expect(invalid.status?.message).toBe(
      'InvalidSpec: The Rollout "names" is invalid: spec.strategy.canary.canaryService: Invalid value: "names-canary": service "names-canary" not found',
    );
    await cluster.client.create(SERVICES, aService('names-canary', 'names'));
    await cluster.client.create(SERVICES, aService('names-stable', 'names'));
    await cluster.until(ROLLOUTS, 'names', isHealthy);
  });

  it('refuses fields it does not act on by name', async () => {
    await expect(
      cluster.client.create(ROLLOUTS, aRollout('refused', { strategy: { canary: { trafficRouting: { istio: {} } } } })),
    ).rejects.toMatchObject({ message: expect.stringContaining('spec.strategy.canary.trafficRouting.istio') });
  });
});

describe('canary behind a gateway', () => {
  const routed = (name: string, canary: object) =>
    aRollout(name, {
      replicas: 2,
      strategy: {
        canary: {
          canaryService: `${name}-canary`,
          stableService: `${name}-stable`,
          trafficRouting: { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: name } } },
          abortScaleDownDelaySeconds: 1,
          scaleDownDelaySeconds: 1,
          ...canary,
        },
      },
    });
  const prepare = async (name: string): Promise<void> => {
    await cluster.client.create(SERVICES, aService(`${name}-canary`, name));
    await cluster.client.create(SERVICES, aService(`${name}-stable`, name));
    await cluster.client.create(HTTP_ROUTES, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        rules: [
          {
            backendRefs: [
              { name: `${name}-stable`, port: 80 },
              { name: `${name}-canary`, port: 80 },
            ],
          },
        ],
      },
    } as KubeObject as never);
  };
  const weightsOf = async (name: string) => {
    const route = await cluster.client.get(HTTP_ROUTES, { namespace: NAMESPACE, name });
    return (route.spec?.rules?.[0]?.backendRefs ?? []).map(({ weight }) => weight);
  };

  it('moves weight by steps, keeps stable whole, and lets the old pods go after the delay', async () => {
    await prepare('split');
    await cluster.client.create(
      ROLLOUTS,
      routed('split', { steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 75 }, { pause: {} }] }),
    );
    await cluster.until(ROLLOUTS, 'split', isHealthy);
    expect(await weightsOf('split')).toEqual([100, 0]);
    const stable = (await cluster.client.get(SERVICES, { namespace: NAMESPACE, name: 'split-stable' })).spec?.selector;
    await setImage(cluster, 'split', 'demo:green');
    await cluster.until(ROLLOUTS, 'split', ({ status }) => status?.phase === 'Paused');
    expect(await weightsOf('split')).toEqual([75, 25]);
    expect(await sizes('split')).toEqual({ 'demo:blue': 2, 'demo:green': 1 });
    const canary = (await cluster.client.get(SERVICES, { namespace: NAMESPACE, name: 'split-canary' })).spec?.selector;
    expect(canary?.[HASH_LABEL]).not.toBe(stable?.[HASH_LABEL]);
    await patchStatus(cluster, 'split', { pauseConditions: null });
    const second = await cluster.until(
      ROLLOUTS,
      'split',
      ({ status }) => status?.currentStepIndex === 3 && status.phase === 'Paused',
    );
    expect(second.status?.canary?.weights).toMatchObject({ canary: { weight: 75 }, stable: { weight: 25 } });
    await patchStatus(cluster, 'split', { pauseConditions: null });
    await cluster.until(ROLLOUTS, 'split', ({ status }) => status?.stableRS === status?.currentPodHash);
    await cluster.until(ROLLOUTS, 'split', ({ status }) => isHealthyStatus(status) && status?.replicas === 2);
    expect(await weightsOf('split')).toEqual([100, 0]);
    expect(await sizes('split')).toEqual({ 'demo:blue': 0, 'demo:green': 2 });
  });

  it('aborts when an analysis fails, and gives the traffic back', async () => {
    await prepare('judged');
    await cluster.client.create(ANALYSIS_TEMPLATES, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'job-says', namespace: NAMESPACE },
      spec: {
        args: [{ name: 'exit' }],
        metrics: [
          {
            name: 'job',
            provider: {
              job: {
                spec: {
                  backoffLimit: 0,
                  template: {
                    metadata: {
                      annotations: {
                        'argosy.dev/simulate-duration': '50ms',
                        'argosy.dev/simulate-exit-code': '{{args.exit}}',
                      },
                    },
                    spec: { restartPolicy: 'Never', containers: [{ name: 'check', image: 'any' }] },
                  },
                },
              },
            },
          },
        ],
      },
    });
    const steps = (exit: string) => [
      { setWeight: 50 },
      { analysis: { templates: [{ templateName: 'job-says' }], args: [{ name: 'exit', value: exit }] } },
    ];
    await cluster.client.create(ROLLOUTS, routed('judged', { steps: steps('0') }));
    await cluster.until(ROLLOUTS, 'judged', isHealthy);
    await setImage(cluster, 'judged', 'demo:good');
    const good = await cluster.until(
      ROLLOUTS,
      'judged',
      (rollout) => isHealthy(rollout) && rollout.status?.stableRS === rollout.status?.currentPodHash,
    );
    expect(good.metadata.annotations?.['rollout.argoproj.io/revision']).toBe('2');
    await cluster.client.patch(
      ROLLOUTS,
      { namespace: NAMESPACE, name: 'judged' },
      {
        kind: 'merge',
        patch: { spec: { strategy: { canary: { steps: steps('1') } } } },
      },
    );
    await cluster.until(ROLLOUTS, 'judged', isHealthy);
    await setImage(cluster, 'judged', 'demo:bad');
    const aborted = await cluster.until(
      ROLLOUTS,
      'judged',
      ({ status }) => status?.phase === 'Degraded' && status.canary?.weights?.canary.weight === 0,
    );
    expect(aborted.status?.message).toMatch(
      /^RolloutAborted: Rollout aborted update to revision 3: Step-based analysis phase failed: Metric "job" assessed Failed due to failed \(1\) > failureLimit \(0\)/,
    );
    expect(await weightsOf('judged')).toEqual([100, 0]);
    const runs = (await cluster.client.list(ANALYSIS_RUNS, { namespace: NAMESPACE })).items;
    expect(new Set(runs.map((run) => run.status?.phase))).toEqual(new Set(['Failed', 'Successful']));
    // After the delay the canary's pods go.
    await cluster.until(ROLLOUTS, 'judged', ({ status }) => status?.replicas === 2);
  });

  it('goes on after its controller was away', async () => {
    await prepare('away');
    await cluster.client.create(
      ROLLOUTS,
      routed('away', { steps: [{ setWeight: 50 }, { pause: { duration: '1s' } }] }),
    );
    await cluster.until(ROLLOUTS, 'away', isHealthy);
    await setImage(cluster, 'away', 'demo:green');
    await cluster.until(ROLLOUTS, 'away', ({ status }) => status?.phase === 'Paused');
    await cluster.stopLoops();
    cluster.startLoops();
    const done = await cluster.until(
      ROLLOUTS,
      'away',
      (rollout) => isHealthy(rollout) && rollout.status?.currentStepIndex === 2,
    );
    expect(done.status?.stableRS).toBe(done.status?.currentPodHash);
  });
});

const isHealthyStatus = (status: Rollout['status']): boolean => status?.phase === 'Healthy';
