/**
 * Tells volumes whose they are, holds those that are claimed, and gives up those that nobody keeps.
 * @upstream kubernetes pkg/controller/volume/{persistentvolume,pvprotection}
 */
import { createController, watchMapped, watchObjects, writeStatus, type Controller } from '@argosy/controller';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type ObjectKey, type PersistentVolume } from '@argosy/kube';

import { VOLUME_PROTECTION } from '../../kinds/strategies/volumes.ts';
import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideProtection, decideVolume } from './volume-phase.ts';

/** Creates the loop over volumes. */
export const createVolumeLoop = (deps: LoopDeps): Controller => {
  const claims = deps.informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });
  const volumes = deps.informers.of({ resource: PERSISTENT_VOLUMES });
  return createController(deps, {
    name: 'volume',
    sources: [
      watchObjects(volumes),
      watchMapped(claims, ({ object }) => (object.spec?.volumeName ? [{ name: object.spec.volumeName }] : [])),
    ],
    reconcile: async (key) => {
      const volume = volumes.get(key);
      if (!volume) return { kind: 'settled' };
      const claimed = claimOf(volume);
      // A claim made a moment ago may not have arrived here yet: a volume is not deleted on hearsay.
      const claim =
        claimed &&
        (claims.get(claimed) ?? (await unlessGone(() => deps.client.get(PERSISTENT_VOLUME_CLAIMS, claimed))));
      if (await protect(deps, volume, claim?.metadata.uid)) return { kind: 'settled' };
      const decision = decideVolume(volume, claim?.metadata.uid);
      if (decision.kind === 'report')
        await writeStatus(deps.client, PERSISTENT_VOLUMES, volume, decision.status, 'subresource');
      else
        await unlessGone(() =>
          deps.client.delete(PERSISTENT_VOLUMES, key, { preconditions: { uid: volume.metadata.uid ?? '' } }),
        );
      return { kind: 'settled' };
    },
  });
};

/** Whether the volume was changed: the next look follows from that. */
const protect = async (deps: LoopDeps, volume: PersistentVolume, claimUid: string | undefined): Promise<boolean> => {
  const decision = decideProtection(volume, claimUid, VOLUME_PROTECTION);
  if (decision.kind === 'leave') return false;
  const metadata = { ...volume.metadata, finalizers: decision.finalizers };
  await unlessGone(() => deps.client.update(PERSISTENT_VOLUMES, { ...volume, metadata }));
  return true;
};

/** The claim a volume is bound to, or kept for. */
export const claimOf = ({ spec }: PersistentVolume): ObjectKey | undefined =>
  spec?.claimRef?.name ? { namespace: spec.claimRef.namespace ?? '', name: spec.claimRef.name } : undefined;
