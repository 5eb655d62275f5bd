/**
 * Which volume a claim gets. @upstream kubernetes pkg/controller/volume/persistentvolume/pv_controller.go#syncClaim
 *
 *     Pending ──a volume fits, or one is provided──▶ Bound ──the volume is gone──▶ Lost
 */
import { compareQuantities } from '@argosy/base';
import type { Decision, EventDraft, Observed } from '@argosy/controller';
import {
  LOCAL_DRIVER,
  LOCAL_PROVISIONER,
  matchesLabelSelector,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@argosy/kube';

/** What a claim is decided from. */
export interface ClaimWorld {
  readonly volumes: readonly PersistentVolume[];
  readonly storageClass: StorageClass | undefined;
  /** Whether a pod that has not ended names the claim. */
  readonly isUsed: boolean;
  /** Finalizer that holds a claim while it is used. */
  readonly protection: string;
}

/** What may be done. */
export type ClaimAction =
  | { readonly kind: 'bind-volume'; readonly volume: PersistentVolume }
  | { readonly kind: 'provide-volume'; readonly volume: PersistentVolume }
  | { readonly kind: 'name-volume'; readonly volumeName: string }
  | { readonly kind: 'release-claim' };

type ClaimStatus = NonNullable<PersistentVolumeClaim['status']>;
type ClaimDecision = Decision<ClaimStatus, ClaimAction>;

/** Decides. Pure and total. */
export const decideClaim = (observed: Observed<PersistentVolumeClaim, ClaimWorld>): ClaimDecision => {
  const { object: claim, world } = observed;
  if (claim.metadata.deletionTimestamp) {
    const isHeld = (claim.metadata.finalizers ?? []).includes(world.protection);
    return settle(claim, isHeld && !world.isUsed ? [{ kind: 'release-claim' }] : []);
  }
  const bound = claim.spec?.volumeName;
  if (bound) return decideNamed(claim, world, bound);
  const mine = world.volumes.find((volume) => isClaimedBy(volume, claim));
  if (mine) return bind(claim, mine);
  const waits = world.storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !world.isUsed;
  if (waits) return wait(claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  const fitting = world.volumes
    .filter((volume) => fits(volume, claim))
    .sort(bySize)
    .at(0);
  if (fitting) return bind(claim, fitting);
  return provide(claim, world);
};

/** A volume was named: by us a moment ago, or by the claim's author. */
const decideNamed = (claim: PersistentVolumeClaim, world: ClaimWorld, name: string): ClaimDecision => {
  const volume = world.volumes.find((one) => one.metadata.name === name);
  if (!volume) {
    if (claim.status?.phase !== 'Bound')
      return wait(claim, 'FailedBinding', `volume ${JSON.stringify(name)} not found`);
    return {
      ...settle(claim, []),
      status: { ...claim.status, phase: 'Lost' },
      events: [
        {
          type: 'Warning',
          reason: 'ClaimLost',
          message: 'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
        },
      ],
    };
  }
  if (isClaimedBy(volume, claim) && volume.spec?.claimRef?.uid === claim.metadata.uid) {
    const { capacity, accessModes } = volume.spec ?? {};
    const status: ClaimStatus = {
      ...claim.status,
      phase: 'Bound',
      ...(accessModes ? { accessModes } : {}),
      ...(capacity ? { capacity } : {}),
    };
    return { ...settle(claim, []), status };
  }
  if (volume.spec?.claimRef && !isClaimedBy(volume, claim))
    return wait(claim, 'FailedBinding', `volume ${JSON.stringify(name)} already bound to a different claim.`);
  return settle(claim, [{ kind: 'bind-volume', volume: claimed(volume, claim) }]);
};

const bind = (claim: PersistentVolumeClaim, volume: PersistentVolume): ClaimDecision =>
  settle(claim, [
    ...(volume.spec?.claimRef?.uid === claim.metadata.uid
      ? []
      : [{ kind: 'bind-volume', volume: claimed(volume, claim) } as const]),
    { kind: 'name-volume', volumeName: volume.metadata.name ?? '' },
  ]);

const provide = (claim: PersistentVolumeClaim, world: ClaimWorld): ClaimDecision => {
  const { storageClass } = world;
  const name = claim.spec?.storageClassName;
  if (!storageClass)
    return wait(
      claim,
      name ? 'ProvisioningFailed' : 'FailedBinding',
      name
        ? `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`
        : 'no persistent volumes available for this claim and no storage class is set',
    );
  if (storageClass.provisioner !== LOCAL_PROVISIONER)
    return wait(
      claim,
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually by the system administrator.`,
    );
  if (claim.spec?.volumeMode === 'Block')
    return wait(
      claim,
      'ProvisioningFailed',
      `${LOCAL_PROVISIONER} has folders only: spec.volumeMode must be Filesystem`,
    );
  const volume = providedVolume(claim, storageClass);
  return {
    ...settle(claim, [
      { kind: 'provide-volume', volume },
      { kind: 'name-volume', volumeName: volume.metadata.name ?? '' },
    ]),
    events: [
      {
        type: 'Normal',
        reason: 'ProvisioningSucceeded',
        message: `Successfully provisioned volume ${volume.metadata.name} using ${LOCAL_PROVISIONER}`,
      },
    ],
  };
};

const providedVolume = (claim: PersistentVolumeClaim, storageClass: StorageClass): PersistentVolume => {
  const name = `pvc-${claim.metadata.uid ?? ''}`;
  return claimed(
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': LOCAL_PROVISIONER } },
      spec: {
        capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '1Gi' },
        accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
        storageClassName: storageClass.metadata.name ?? '',
        volumeMode: 'Filesystem',
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        csi: { driver: LOCAL_DRIVER, volumeHandle: name },
      },
    },
    claim,
  );
};

const claimed = (volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume => {
  const { name = '', namespace = '', uid = '' } = claim.metadata;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid };
  return { ...volume, spec: { ...volume.spec, claimRef } };
};

const isClaimedBy = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const reference = volume.spec?.claimRef;
  return (
    reference !== undefined &&
    reference.name === claim.metadata.name &&
    reference.namespace === claim.metadata.namespace &&
    (reference.uid === undefined || reference.uid === claim.metadata.uid)
  );
};

const fits = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const wanted = claim.spec?.resources?.requests?.['storage'] ?? 0;
  return (
    volume.spec?.claimRef === undefined &&
    !volume.metadata.deletionTimestamp &&
    (volume.spec?.storageClassName ?? '') === (claim.spec?.storageClassName ?? '') &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
    (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode)) &&
    compareQuantities(volume.spec?.capacity?.['storage'] ?? 0, wanted) >= 0 &&
    (claim.spec?.selector === undefined || matchesLabelSelector(claim.spec.selector, volume.metadata.labels))
  );
};

/** The smallest that is large enough. */
const bySize = (left: PersistentVolume, right: PersistentVolume): number =>
  compareQuantities(left.spec?.capacity?.['storage'] ?? 0, right.spec?.capacity?.['storage'] ?? 0) ||
  ((left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1);

const settle = (claim: PersistentVolumeClaim, actions: readonly ClaimAction[]): ClaimDecision => ({
  actions,
  status: claim.status ?? { phase: 'Pending' },
  events: [],
  next: { kind: 'settled' },
});

const wait = (claim: PersistentVolumeClaim, reason: string, message: string): ClaimDecision => {
  const type: EventDraft['type'] = /Failed|Lost/.test(reason) && reason !== 'FailedBinding' ? 'Warning' : 'Normal';
  return { ...settle(claim, []), events: [{ type, reason, message }], next: { kind: 'waiting', reason: message } };
};
