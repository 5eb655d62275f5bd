/**
 * Keeps the pods of each StatefulSet in order. Wiring only.
 * @upstream kubernetes pkg/controller/statefulset/stateful_set.go
 */
import {
  createController,
  createReconcile,
  watchMapped,
  watchObjects,
  watchOwned,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import { keyOf, STATEFUL_SETS, type StatefulSet, type StatefulSetStatus } from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import { followOwnedPods } from '../ownership/owned-pods.ts';
import { actOnStatefulSet } from './act.ts';
import { decideStatefulSet, type StatefulSetAction, type StatefulSetWorld } from './decide.ts';
import { statefulSetInformers, worldOf } from './observe.ts';

/** Creates the loop. */
export const createStatefulSetLoop = (deps: LoopDeps): Controller => {
  const known = statefulSetInformers(deps.informers);
  const { sets, revisions, claims } = known;
  const owned = followOwnedPods(deps, {
    owner: STATEFUL_SETS,
    owners: sets,
    selectorOf: ({ spec }) => spec?.selector,
    // Only pods that are called so can be of a set.
    ignores: (pod, set) => !isNamedAfter(set.metadata.name ?? '', pod.metadata.name ?? ''),
  });
  const reconcile = createReconcile<StatefulSet, StatefulSetWorld, StatefulSetStatus, StatefulSetAction, void>({
    observe: async (key, signal) => {
      await owned.caughtUp(key, signal);
      const object = sets.get(key);
      return object && { object, world: worldOf(object, owned.of(object), known), now: deps.clock.now() };
    },
    decide: decideStatefulSet,
    act: (action, { object: set }) => actOnStatefulSet(deps, action, { set, note: (pod) => owned.note(set, pod) }),
    report: async ({ object }, decision) => {
      await writeStatus(deps.client, STATEFUL_SETS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'statefulset',
    sources: [
      watchObjects(sets),
      watchOwned(owned.pods, { kind: 'StatefulSet' }),
      owned.claims.source,
      watchOwned(revisions, { kind: 'StatefulSet' }),
      watchMapped(claims, ({ kind, object: { metadata } }) => {
        if (kind !== 'deleted') return [];
        const waiting = sets.list(metadata.namespace).filter((set) => hasClaim(set, metadata.name ?? ''));
        return waiting.map(keyOf);
      }),
    ],
    reconcile: owned.claims.settledBefore(reconcile),
  });
};

/** `set-0`, `set-12`. */
const isNamedAfter = (set: string, pod: string): boolean =>
  pod.startsWith(`${set}-`) && /^\d+$/.test(pod.slice(set.length + 1));

/** Whether a claim of this name is one of the set's. */
const hasClaim = (set: StatefulSet, claim: string): boolean =>
  (set.spec?.volumeClaimTemplates ?? []).some(({ metadata }) =>
    isNamedAfter(`${metadata?.name ?? ''}-${set.metadata.name ?? ''}`, claim),
  );
