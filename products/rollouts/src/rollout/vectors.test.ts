import { toTimestamp } from '@argosy/base';
import type { Ingress, ReplicaSet } from '@argosy/kube';

import { canaryIngressFor, canaryIngressName } from '../adapters/traffic-routers/nginx.ts';
import type { Rollout } from '../api/rollout.ts';
import { asked, vectors, type Loose } from '../testing/vectors.ts';
import { findRolloutFault, findStrategyFault } from '../validate/validate-rollout.ts';
import { findAntiAffinityFault, findBlueGreenFault } from '../validate/blue-green-rules.ts';
import { findCanaryFault, findSurgeFault } from '../validate/canary-rules.ts';
import { hasProgressed, hasTimedOut, isCompleted, isHealthy } from './conditions.ts';
import { newSetSize, planAborted } from './decide/blue-green/set-sizes.ts';
import { isReferenced } from './decide/old-sets.ts';
import { blueGreenPromotion, canaryPromotion } from './decide/promotion.ts';
import { changeSet } from './decide/resize-set.ts';
import { DESIRED_REPLICAS, REVISION, SCALE_DOWN_DEADLINE } from './names.ts';
import { isGenerationObserved, shownPhaseOf } from './phase.ts';
import { byRevision, isInRollbackWindow, parseRevision, surplusSets } from './revisions.ts';
import type { RolloutView } from './view.ts';

const NOW = Date.UTC(2026, 0, 1);
const ago = (seconds: number): string => toTimestamp(NOW - seconds * 1000);
const rolloutOf = (spec: Loose, status: Loose = {}, metadata: Loose = {}): Rollout =>
  ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec, status }) as Rollout;
const setOf = (of: Loose): ReplicaSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: of.name,
      annotations: of.annotations ?? {},
      creationTimestamp: of.ageSeconds === undefined ? undefined : ago(of.ageSeconds),
      ...(of.deleting ? { deletionTimestamp: ago(0) } : {}),
      ...(of.experiment ? { ownerReferences: [{ kind: 'Experiment', controller: true }] } : {}),
    },
    spec: { replicas: of.replicas ?? of.spec ?? 0, selector: {}, template: { spec: { containers: [] } } },
    status: { replicas: of.replicas ?? of.spec ?? 0, availableReplicas: of.available ?? 0 },
  }) as unknown as ReplicaSet;
const viewWith = (of: Loose): RolloutView =>
  ({ now: NOW, spec: {}, status: {}, world: {}, otherSets: [], isAborted: false, ...of }) as RolloutView;

vectors('rollouts-phase', (input, out) => asked(shownPhaseOf(input.rollout), out));

vectors('rollouts-validation', (input, out) => {
  const find = () => {
    switch (input.part) {
      case 'canary':
        return findCanaryFault(input.value);
      case 'blueGreen':
        return findBlueGreenFault(input.value, 10);
      case 'strategy':
        return findStrategyFault({ strategy: input.value });
      case 'surge':
        return findSurgeFault(input.value);
      case 'antiAffinity':
        return findAntiAffinityFault(input.value, 'spec');
      default:
        return findRolloutFault(input.value);
    }
  };
  return asked({ valid: find() === undefined, rule: out.rule }, out);
});

vectors('rollouts-made-progress', (input) => {
  const statusOf = (of: Loose) => ({
    ...of,
    blueGreen: { activeSelector: of.activeSelector, previewSelector: of.previewSelector },
  });
  return hasProgressed(rolloutOf({ strategy: { [input.strategy]: {} } }, statusOf(input.old)), statusOf(input.new));
});

vectors('rollouts-progress-deadline', (input) =>
  hasTimedOut(
    input.progressing
      ? {
          type: 'Progressing',
          status: 'True',
          reason: input.progressing.reason,
          lastUpdateTime: ago(input.progressing.lastUpdateAgo),
        }
      : undefined,
    input.progressDeadlineSeconds,
    NOW,
  ),
);

vectors('rollouts-healthy-condition', (input) =>
  isHealthy(
    rolloutOf(
      {
        replicas: input.replicas,
        strategy: input.strategy
          ? { [input.strategy]: { steps: input.steps, previewService: input.previewService } }
          : {},
      },
      {},
      { generation: input.generation },
    ),
    { ...input.status, observedGeneration: input.observedGeneration },
  ),
);

vectors('rollouts-completed-condition', (input) => isCompleted(input));

vectors('rollouts-bluegreen-new-replicas', (input) => ({
  replicas: newSetSize({
    replicas: input.replicas,
    previewReplicaCount: input.previewReplicaCount ?? undefined,
    hash: input.newRS ?? '',
    activeSelector: input.activeSelector,
    currentPodHash: input.currentPodHash,
    checkpoint: input.scaleUpPreviewCheckPoint,
    promoteFull: input.promoteFull,
  }),
}));

vectors('rollouts-bluegreen-abort-scaling', (input, out) => {
  const annotations = {
    [DESIRED_REPLICAS]: String(input.replicas),
    ...(input.deadlineIn === undefined || input.deadlineIn === null
      ? {}
      : { [SCALE_DOWN_DEADLINE]: ago(-input.deadlineIn) }),
  };
  const newSet = setOf({ name: 'new', spec: input.newReplicas, available: input.newReplicas, annotations });
  const view = viewWith({
    spec: {
      replicas: input.replicas,
      strategy: { blueGreen: { abortScaleDownDelaySeconds: input.abortScaleDownDelaySeconds } },
    },
    replicas: input.replicas,
    isAborted: input.abort,
    newSet,
  });
  const plan = input.abort ? planAborted(view) : changeSet(view, newSet, { replicas: input.replicas, deadline: null });
  const written = plan.actions.find((action) => action.kind === 'update-set');
  const scaled = written?.kind === 'update-set' && written.set.spec?.replicas !== input.newReplicas;
  return asked({ scaled, replicas: written?.kind === 'update-set' ? written.set.spec?.replicas : undefined }, out);
});

vectors('rollouts-replicaset-referenced', (input) => {
  // Subsets of a DestinationRule belong to a router that is not built yet.
  if (input.trafficRouting?.istio) return undefined;
  return isReferenced(input.hash, {
    status: input.status ?? {},
    strategy: {
      canary: { canaryService: input.canaryService, stableService: input.stableService },
      blueGreen: { activeService: input.activeService, previewService: input.previewService },
    },
    serviceHashes: input.serviceHashes ?? {},
  });
});

vectors('rollouts-rollback-window', (input) => {
  const sets = input.replicaSets.map((one: Loose) => setOf({ ...one, ageSeconds: one.ageMinutes * 60 }));
  const named = (name: string | null) => sets.find((set: ReplicaSet) => set.metadata.name === name);
  return isInRollbackWindow(
    { spec: { rollbackWindow: { revisions: input.revisions } } },
    { sets, newSet: named(input.new), stableSet: named(input.stable) },
  );
});

vectors('rollouts-revision-order', (input) => {
  const sets = input.sets.map((one: Loose, index: number) =>
    setOf({ name: String(index), ageSeconds: one.ageSeconds, annotations: { [REVISION]: one.revision } }),
  );
  return byRevision(sets).map((set) => Number(set.metadata.name));
});

vectors('rollouts-revision-annotation', (input) => {
  const annotations = input.object === null || input.annotation === null ? undefined : { [REVISION]: input.annotation };
  const revision = parseRevision(annotations);
  return revision === undefined ? { error: true } : { found: annotations !== undefined, revision };
});

vectors('rollouts-revision-history', (input, out) => {
  const deleted = surplusSets(
    { spec: { revisionHistoryLimit: input.revisionHistoryLimit ?? undefined } },
    input.old.map((one: Loose) => setOf(one)),
  ).map((set) => set.metadata.name);
  return asked({ deleted, deletedCount: deleted.length }, out);
});

vectors('rollouts-generation-observed', (input) =>
  'generation' in input
    ? isGenerationObserved(input.generation, input.observedGeneration)
    : input.workloadGeneration === null || Number(input.workloadObservedGeneration) >= Number(input.workloadGeneration),
);

vectors('rollouts-full-promotion', (input, out) => {
  const newSet = setOf({ name: 'new', spec: input.replicas, available: input.canaryAvailable });
  const view = viewWith({
    spec: {
      strategy: {
        [input.strategy]: { steps: input.steps, replicaProgressThreshold: input.replicaProgressThreshold ?? undefined },
      },
    },
    status: { stableRS: 'stable', blueGreen: { activeSelector: input.activeSelector } },
    hash: input.currentPodHash ?? 'new',
    replicas: input.replicas ?? 1,
    newSet,
    isFullyPromoted: false,
    isInRollbackWindow: input.withinRollbackWindow === true,
  });
  const reason =
    input.strategy === 'canary'
      ? canaryPromotion(view, input.currentStepIndex)
      : blueGreenPromotion(view, { active: input.activeSelector, isVerified: true });
  return asked({ promote: reason !== undefined, reason }, out);
});

vectors('rollouts-desired-annotation', (input) => {
  const annotations = {
    ...(input.desiredAnnotation === null ? {} : { [DESIRED_REPLICAS]: input.desiredAnnotation }),
    ...(input.deadlineAnnotation === null ? {} : { [SCALE_DOWN_DEADLINE]: input.deadlineAnnotation }),
  };
  const set = setOf({ name: 'set', spec: input.desired, annotations });
  return changeSet(viewWith({ replicas: input.desired }), set, { deadline: null }).actions.length > 0;
});

vectors('rollouts-canary-ingress-name', (input, out) => {
  const name = canaryIngressName(input.rollout, input.ingress);
  return 'name' in out ? { name } : { length: name.length, suffix: name.slice(-out.suffix.length) };
});

vectors('rollouts-nginx-canary-ingress', (input, out) => {
  const rollout = rolloutOf(
    {
      strategy: {
        canary: {
          canaryService: input.canary,
          stableService: input.stable,
          trafficRouting: { nginx: input.nginx, maxTrafficWeight: input.maxTrafficWeight ?? undefined },
        },
      },
    },
    {},
    { name: input.rollout },
  );
  const existing = Object.keys(input.existingAnnotations ?? {}).length
    ? ({ apiVersion: '', kind: '', metadata: { annotations: input.existingAnnotations } } as Ingress)
    : undefined;
  const made = canaryIngressFor(
    rollout,
    { apiVersion: '', kind: 'Ingress', ...input.stableIngress },
    { weight: input.weight, existing },
  );
  const paths = (made.spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
  const whole: Loose = {
    name: made.metadata.name,
    annotations: Object.fromEntries(
      Object.keys(out.annotations ?? {}).map((key) => [key, made.metadata.annotations?.[key] ?? null]),
    ),
    ingressClassName: made.spec?.ingressClassName,
    backends: [...new Set(paths.map(({ backend }) => backend.service?.name))],
    paths: paths.map(({ path }) => path),
    tls: made.spec?.tls ?? null,
  };
  return asked(whole, out);
});

// What they concern is refused by name today, or has no counterpart here.
for (const file of [
  'rollouts-active-or-latest',
  'rollouts-alb-action',
  'rollouts-dynamic-rollback',
  'rollouts-ephemeral-metadata',
  'rollouts-istio-route-selection',
  'rollouts-istio-route-validation',
  'rollouts-istio-subset-delay',
  'rollouts-istio-weights',
  'rollouts-replicaset-available',
  'rollouts-restart-needed',
  'rollouts-should-verify-weight',
  'rollouts-smi-split',
  'rollouts-traefik-weights',
  'rollouts-workload-scale-down',
])
  vectors(file, () => undefined);
