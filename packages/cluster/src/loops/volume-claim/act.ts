/**
 * Does what was decided for a claim.
 */
import { keyOf, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolumeClaim } from '@argosy/kube';

import { CLAIM_PROTECTION } from '../../kinds/strategies/volumes.ts';
import { unlessGone, unlessThere } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import type { ClaimAction } from './decide.ts';

/** Does one action; idempotent. Throws when the API refuses. */
export const actOnClaim = async (deps: LoopDeps, action: ClaimAction, claim: PersistentVolumeClaim): Promise<void> => {
  const key = keyOf(claim);
  switch (action.kind) {
    case 'bind-volume':
      // The version makes the second of two claims for one volume a conflict.
      await deps.client.update(PERSISTENT_VOLUMES, action.volume);
      return;
    case 'provide-volume':
      await unlessThere(() => deps.client.create(PERSISTENT_VOLUMES, action.volume));
      return;
    case 'name-volume': {
      const annotations = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };
      const patch = { metadata: { uid: claim.metadata.uid, annotations }, spec: { volumeName: action.volumeName } };
      await deps.client.patch(PERSISTENT_VOLUME_CLAIMS, key, { kind: 'merge', patch });
      return;
    }
    case 'release-claim': {
      const finalizers = (claim.metadata.finalizers ?? []).filter((name) => name !== CLAIM_PROTECTION);
      await unlessGone(() =>
        deps.client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, finalizers } }),
      );
    }
  }
};
