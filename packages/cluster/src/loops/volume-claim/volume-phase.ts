/**
 * How a volume is doing, and whether it goes with its claim.
 * @upstream kubernetes pkg/controller/volume/persistentvolume/pv_controller.go#syncVolume
 */
import { isLocalDriver, type PersistentVolume } from '@argosy/kube';

/** What becomes of a volume. */
export type VolumeDecision =
  | { readonly kind: 'report'; readonly status: NonNullable<PersistentVolume['status']> }
  | { readonly kind: 'delete' };

/** What becomes of the finalizers of a volume. */
export type ProtectionDecision =
  | { readonly kind: 'leave' }
  | { readonly kind: 'set'; readonly finalizers: readonly string[] };

/**
 * A volume that is to go is held as long as its claim is there; volumes of before there was protection get it. Pure.
 * @upstream kubernetes pkg/controller/volume/pvprotection
 */
export const decideProtection = (
  volume: PersistentVolume,
  claimUid: string | undefined,
  protection: string,
): ProtectionDecision => {
  const { finalizers = [], deletionTimestamp } = volume.metadata;
  const isHeld = finalizers.includes(protection);
  if (!deletionTimestamp) return isHeld ? { kind: 'leave' } : { kind: 'set', finalizers: [...finalizers, protection] };
  const isBound = claimUid !== undefined && claimUid === volume.spec?.claimRef?.uid;
  return isHeld && !isBound
    ? { kind: 'set', finalizers: finalizers.filter((name) => name !== protection) }
    : { kind: 'leave' };
};

/** Decides. `claimUid` is the uid of the claim it is bound to, when that is there. Pure and total. */
export const decideVolume = (volume: PersistentVolume, claimUid: string | undefined): VolumeDecision => {
  const { claimRef, persistentVolumeReclaimPolicy: policy = 'Retain', csi } = volume.spec ?? {};
  if (!claimRef) return { kind: 'report', status: { phase: 'Available' } };
  // Kept free for a claim that is still to come.
  if (claimRef.uid === undefined) return { kind: 'report', status: { phase: 'Available' } };
  if (claimUid === claimRef.uid) return { kind: 'report', status: { phase: 'Bound' } };
  if (volume.metadata.deletionTimestamp || policy === 'Retain')
    return { kind: 'report', status: { phase: 'Released' } };
  if (policy === 'Delete' && isLocalDriver(csi?.driver)) return { kind: 'delete' };
  const message = `no plugin can ${policy.toLowerCase()} this volume: delete it by hand, or make it persistentVolumeReclaimPolicy Retain`;
  return { kind: 'report', status: { phase: 'Failed', reason: 'VolumeFailedDelete', message } };
};
