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
import { formatKey, keyOf, PODS, STATEFUL_SETS, type StatefulSet, type StatefulSetStatus } from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import { createClaims, type Claims } from '../ownership/claims.ts';
import { createWrittenVersions, type WrittenVersions } from '../written-versions.ts';
import { actOnStatefulSet } from './act.ts';
import { decideStatefulSet, type StatefulSetAction, type StatefulSetWorld } from './decide.ts';
import { statefulSetInformers, worldOf, type StatefulSetInformers } from './observe.ts';

/** Creates the loop. */
export const createStatefulSetLoop = (deps: LoopDeps): Controller => {
  const known = statefulSetInformers(deps.informers);
  const { sets, pods, revisions, claims } = known;
  const written = createWrittenVersions(pods);
  const ownership = createOwnership(deps, known, written);
  const reconcile = createReconcile<StatefulSet, StatefulSetWorld, StatefulSetStatus, StatefulSetAction, void>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = sets.get(key);
      return object && { object, world: worldOf(object, known), now: deps.clock.now() };
    },
    decide: decideStatefulSet,
    act: (action, { object: set }) =>
      actOnStatefulSet(deps, action, { set, note: (pod) => written.note(formatKey(keyOf(set)), pod) }),
    report: async ({ object }, decision) => {
      await writeStatus(deps.client, STATEFUL_SETS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'statefulset',
    sources: [
      watchObjects(sets),
      watchOwned(pods, { kind: 'StatefulSet' }),
      ownership.source,
      watchOwned(revisions, { kind: 'StatefulSet' }),
      watchMapped(claims, ({ kind, object: { metadata } }) => {
        if (kind !== 'deleted') return [];
        const waiting = sets.list(metadata.namespace).filter((set) => hasClaim(set, metadata.name ?? ''));
        return waiting.map(keyOf);
      }),
    ],
    reconcile: ownership.settledBefore(reconcile),
  });
};

/** Only pods that are called so can be of a set. */
const createOwnership = (deps: LoopDeps, { sets, pods }: StatefulSetInformers, written: WrittenVersions): Claims =>
  createClaims(deps, {
    owner: STATEFUL_SETS,
    owners: sets,
    child: PODS,
    children: pods,
    written,
    selectorOf: ({ spec }) => spec?.selector,
    ignores: (pod, set) => !isNamedAfter(set.metadata.name ?? '', pod.metadata.name ?? ''),
  });

/** `set-0`, `set-12`. */
const isNamedAfter = (set: string, pod: string): boolean =>
  pod.startsWith(`${set}-`) && /^\d+$/.test(pod.slice(set.length + 1));

/** Whether a claim of this name is one of the set's. */
const hasClaim = (set: StatefulSet, claim: string): boolean =>
  (set.spec?.volumeClaimTemplates ?? []).some(({ metadata }) =>
    isNamedAfter(`${metadata?.name ?? ''}-${set.metadata.name ?? ''}`, claim),
  );
