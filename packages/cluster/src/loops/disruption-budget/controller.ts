/**
 * Keeps the status of PodDisruptionBudgets, by which evictions are granted.
 * @upstream kubernetes pkg/controller/disruption/disruption.go
 */
import type { InformerSet } from '@argosy/client';
import {
  createController,
  createReconcile,
  watchMapped,
  watchObjects,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import {
  controllerOf,
  keyOf,
  matchesLabelSelector,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
} from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import { decideBudget, type BudgetWorld } from './decide.ts';

/** Index of pods by namespace. */
const BY_NAMESPACE = 'namespace';

/** Creates the loop. */
export const createDisruptionBudgetLoop = (deps: LoopDeps): Controller => {
  const budgets = deps.informers.of({ resource: POD_DISRUPTION_BUDGETS });
  const expectedOf = followScales(deps.informers);
  const pods = deps.informers.of({
    resource: PODS,
    indexes: { [BY_NAMESPACE]: (pod) => [pod.metadata.namespace ?? ''] },
  });
  const reconcile = createReconcile<PodDisruptionBudget, BudgetWorld, PodDisruptionBudgetStatus, never, void>({
    observe: async (key) => {
      const object = budgets.get(key);
      if (!object) return undefined;
      const selected = pods
        .byIndex(BY_NAMESPACE, key.namespace ?? '')
        .filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed' && selects(object, pod));
      return { object, world: { pods: selected, expected: expectedOf(selected) }, now: deps.clock.now() };
    },
    decide: decideBudget,
    act: async () => undefined,
    report: async ({ object }, decision) => {
      await writeStatus(deps.client, POD_DISRUPTION_BUDGETS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'disruption-budget',
    sources: [
      watchObjects(budgets),
      watchMapped(pods, ({ object }) =>
        budgets
          .list()
          .filter((budget) => selects(budget, object))
          .map(keyOf),
      ),
    ],
    reconcile,
  });
};

/** How many pods are expected where these are, by what controls them; unknown when any of them is nobody's. */
const followScales = (informers: InformerSet): ((selected: readonly Pod[]) => number | undefined) => {
  const sets = informers.of({ resource: REPLICA_SETS });
  const statefulSets = informers.of({ resource: STATEFUL_SETS });
  const scaleOf = (pod: Pod): readonly [uid: string, replicas: number] | undefined => {
    const owner = controllerOf(pod);
    if (!owner) return undefined;
    const key = { namespace: pod.metadata.namespace ?? '', name: owner.name };
    const found =
      owner.kind === 'ReplicaSet' ? sets.get(key) : owner.kind === 'StatefulSet' ? statefulSets.get(key) : undefined;
    if (!found) return undefined;
    // A rolling deployment has two sets: together they are as many as the deployment wants, or a little more.
    return [owner.uid, found.spec?.replicas ?? 1];
  };
  return (selected) => {
    const scales = selected.map(scaleOf);
    if (scales.some((scale) => scale === undefined)) return undefined;
    return [...new Map(scales.filter((scale) => scale !== undefined)).values()].reduce((sum, count) => sum + count, 0);
  };
};

const selects = (budget: PodDisruptionBudget, pod: Pod): boolean =>
  budget.metadata.namespace === pod.metadata.namespace &&
  matchesLabelSelector(budget.spec?.selector, pod.metadata.labels);
