import * as defaults from '../api/defaults.ts';
import type { Rollout, RolloutSpec } from '../api/rollout.ts';
import { countRemovable, nextBasicSizes } from './basic-canary.ts';
import {
  canaryTargetOf,
  currentStepOf,
  currentWeightOf,
  describeStep,
  isBeforeStartingStep,
  resetStepIndex,
  stepHashOf,
} from './canary-steps.ts';
import { splitReplicas } from './ideal-split.ts';
import { canCarry, hasProgressed, hasReachedCounts } from './progress.ts';
import { nextRoutedSizes, replicasForWeight, wantedWeight } from './routed-canary.ts';
import { resolveSurge, surgeLimitsOf } from './surge.ts';
import { asked, vectors, type Loose } from '../testing/vectors.ts';

const size = (of: Loose) =>
  of ? { spec: of.spec ?? 0, created: of.observed ?? of.spec ?? 0, available: of.available ?? 0 } : undefined;
const canaryRollout = (canary: Loose, status: Loose, replicas?: number): Rollout =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {},
    spec: { ...(replicas === undefined ? {} : { replicas }), strategy: { canary } },
    status,
  }) as Rollout;

vectors('rollouts-canary-ideal-split', (input) =>
  splitReplicas({
    replicas: input.replicas,
    weight: input.weight,
    maxWeight: input.maxWeight ?? 100,
    maxSurge: input.maxSurge,
  }),
);

vectors('rollouts-canary-replicas-basic', (input) => {
  const isSame = input.stable === 'same-as-canary';
  const stable = isSame || input.stable === null ? undefined : size(input.stable);
  const rollout = canaryRollout(
    {
      steps: [{ setWeight: input.setWeight }],
      maxSurge: input.maxSurge,
      maxUnavailable: input.maxUnavailable,
    },
    {
      currentPodHash: 'canary',
      ...(input.stable === null ? {} : { stableRS: isSame ? 'canary' : 'stable' }),
      currentStepIndex: 0,
      promoteFull: input.promoteFull,
    },
    input.replicas,
  );
  const older = ((input.older ?? []) as Loose[]).map((one) => size(one)!);
  const canary = size(input.canary);
  return nextBasicSizes(rollout, { ...(canary ? { canary } : {}), ...(stable ? { stable } : {}), older });
});

vectors('rollouts-canary-replicas-traffic', (input) =>
  nextRoutedSizes(
    canaryRollout(
      {
        steps: [
          {
            setWeight: input.setWeight,
            ...(input.setCanaryScale ? { setCanaryScale: input.setCanaryScale } : {}),
          },
        ],
        trafficRouting: {},
        minPodsPerReplicaSet: input.minPodsPerReplicaSet,
        abortScaleDownDelaySeconds: input.abortScaleDownDelaySeconds,
      },
      { currentPodHash: 'canary', stableRS: 'stable', currentStepIndex: 0, abort: input.abort },
      input.replicas,
    ),
    {},
  ),
);

vectors('rollouts-dynamic-stable-scale', (input, out) => {
  const weights = input.statusWeights as Loose;
  const found: Loose = nextRoutedSizes(
    canaryRollout(
      {
        steps: input.steps,
        trafficRouting: {},
        dynamicStableScale: true,
        maxSurge: 0,
        maxUnavailable: 1,
        abortScaleDownDelaySeconds: input.abortScaleDownDelaySeconds,
      },
      {
        currentPodHash: 'canary',
        stableRS: 'stable',
        currentStepIndex: input.currentStepIndex,
        abort: input.abort,
        canary: { weights: { canary: { weight: weights.canary }, stable: { weight: weights.stable } } },
      },
      input.replicas,
    ),
    { ...pairOf(input) },
  );
  return asked(found, out);
});

const pairOf = (input: Loose) => {
  const canary = size(input.canary);
  const stable = size(input.stable);
  return { ...(canary ? { canary } : {}), ...(stable ? { stable } : {}) };
};

vectors('rollouts-dynamic-abort-weight', (input) => ({
  weight: wantedWeight(
    canaryRollout(
      {
        steps: input.steps,
        trafficRouting: {},
        dynamicStableScale: true,
        abortScaleDownDelaySeconds: input.abortScaleDownDelaySeconds ?? undefined,
      },
      { abort: true, stableRS: 'stable', currentPodHash: 'canary' },
      input.replicas,
    ),
    pairOf(input),
  ),
}));

vectors('rollouts-canary-counts-reached', (input) =>
  hasReachedCounts(
    canaryRollout(
      {
        steps: [{ setWeight: input.setWeight, setCanaryScale: input.setCanaryScale }],
        maxSurge: input.maxSurge,
        maxUnavailable: input.maxUnavailable,
      },
      { currentPodHash: 'canary', stableRS: 'stable', currentStepIndex: 0 },
      input.replicas,
    ),
    { ...pairOf(input), older: [] },
  ),
);

vectors('rollouts-canary-current-step', (input, out) => {
  const rollout = canaryRollout(
    {
      steps: input.steps,
      analysis: input.analysis,
      ...(input.trafficRouting ? { trafficRouting: {} } : {}),
    },
    {
      currentStepIndex: input.currentStepIndex,
      abort: input.abort,
      promoteFull: input.promoteFull,
      stableRS: input.stableRS,
      currentPodHash: 'new',
    },
  );
  switch (Object.keys(out)[0]) {
    case 'step':
      return { step: currentStepOf(rollout)?.index ?? null };
    case 'weight':
      return { weight: currentWeightOf(rollout) };
    case 'beforeStartingStep':
      return { beforeStartingStep: isBeforeStartingStep(rollout) };
    case 'currentStepIndex':
      return { currentStepIndex: resetStepIndex(rollout.spec) };
    case 'replicasOrWeight':
      return { replicasOrWeight: canaryTargetOf(rollout) };
    default:
      return undefined;
  }
});

vectors('rollouts-surge-unavailable', (input, out) => {
  const pair = { maxSurge: input.maxSurge, maxUnavailable: input.maxUnavailable };
  const resolved = resolveSurge(pair, input.replicas);
  if (!resolved.ok) return { error: true };
  if ('surge' in out && 'unavailable' in out) return resolved.value;
  const found: Loose = surgeLimitsOf({ replicas: input.replicas, strategy: { canary: pair } } as RolloutSpec);
  return asked(found, out);
});

vectors('rollouts-scale-down-count', (input) => ({
  replicas: countRemovable(size(input.replicaSet), input.ignoreAvailability),
}));

vectors('rollouts-replica-progress-threshold', (input) =>
  hasProgressed(
    input.replicaSet
      ? { spec: input.replicaSet.spec ?? 1, created: 0, available: input.replicaSet.available }
      : undefined,
    input.desired,
    input.threshold ?? undefined,
  ),
);

vectors('rollouts-weight-guard', (input) =>
  canCarry(
    canaryRollout(
      {
        trafficRouting: { maxTrafficWeight: input.maxTrafficWeight ?? undefined },
        replicaProgressThreshold: input.replicaProgressThreshold ?? undefined,
      },
      {},
      input.replicas,
    ),
    { weight: input.weight, available: input.available },
  ),
);

vectors('rollouts-weight-to-replicas', (input) => ({
  replicas: replicasForWeight(input.replicas, input.weight, input.maxWeight),
}));

vectors('rollouts-step-hash', (input) =>
  stepHashOf({
    strategy: input.strategy === 'canary' ? { canary: { steps: input.steps ?? undefined } } : { blueGreen: {} },
  }),
);

vectors('rollouts-step-label', (input) => describeStep(input.step));

vectors('rollouts-defaults', (input) => {
  const spec = input.spec as RolloutSpec;
  switch (input.field) {
    case 'replicas':
      return defaults.replicasOf(spec);
    case 'revisionHistoryLimit':
      return defaults.historyLimitOf(spec);
    case 'analysis.successfulRunHistoryLimit':
      return defaults.successfulRunLimitOf(spec);
    case 'analysis.unsuccessfulRunHistoryLimit':
      return defaults.unsuccessfulRunLimitOf(spec);
    case 'maxSurge':
      return defaults.maxSurgeOf(spec.strategy?.canary);
    case 'maxUnavailable':
      return defaults.maxUnavailableOf(spec);
    case 'progressDeadlineSeconds':
      return defaults.progressDeadlineOf(spec);
    case 'scaleDownDelaySeconds':
      return defaults.scaleDownDelayOf(spec);
    case 'abortScaleDownDelaySeconds':
      return defaults.abortDelayOf(spec);
    case 'autoPromotionEnabled':
      return defaults.autoPromotes(spec);
    default:
      return undefined;
  }
});
