/**
 * The pods of owners of one kind: found by their owner, claimed by its selector, and seen once they are written.
 */
import type { Informer } from '@argosy/client';
import { formatKey, keyOf, PODS, type KubeObject, type ObjectKey, type Pod } from '@argosy/kube';

import { BY_CONTROLLER, podsByController, type LoopDeps } from '../loop-deps.ts';
import { createWrittenVersions } from '../written-versions.ts';
import { createClaims, type ClaimOptions, type Claims } from './claims.ts';

/** Pods of owners. */
export interface OwnedPods<O extends KubeObject> {
  /** All pods of the cluster. */
  readonly pods: Informer<Pod>;
  readonly claims: Claims;
  /** Those an owner controls. */
  of(owner: O): readonly Pod[];
  /** Notes a pod as it was stored, so that the next look at its owner waits until it is seen. */
  note(owner: O, pod: Pod): void;
  /** Resolves when what was written for an owner is seen. */
  caughtUp(key: ObjectKey, signal: AbortSignal): Promise<void>;
}

/** Follows the pods of one loop. */
export const followOwnedPods = <O extends KubeObject>(
  deps: Pick<LoopDeps, 'client' | 'informers'>,
  options: Omit<ClaimOptions<O, Pod>, 'child' | 'children' | 'written'>,
): OwnedPods<O> => {
  const pods = podsByController(deps.informers);
  const written = createWrittenVersions(pods);
  return {
    pods,
    claims: createClaims(deps, { ...options, child: PODS, children: pods, written }),
    of: ({ metadata }) => pods.byIndex(BY_CONTROLLER, metadata.uid ?? ''),
    note: (owner, pod) => written.note(formatKey(keyOf(owner)), pod),
    caughtUp: (key, signal) => written.caughtUp(formatKey(key), signal),
  };
};
