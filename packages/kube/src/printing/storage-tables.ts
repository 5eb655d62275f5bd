/** How volumes, accounts and addresses are printed. @upstream printPersistentVolume and its neighbours */
import type {
  Endpoints,
  PersistentVolume,
  PersistentVolumeClaim,
  ServiceAccount,
  StorageClass,
} from '../core/index.ts';
import type { KubeObject } from '../objects/object.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';
import { DRIVER_TABLES } from './driver-tables.ts';
import { age, atMost, nameOf, none, selectorText, table, type TableDefinition } from './table-words.ts';

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const modesText = (modes: readonly string[] | undefined): string =>
  (modes ?? []).map((mode) => SHORT_MODES[mode] ?? mode).join(',');

const endpointsText = (endpoints: Endpoints): string =>
  none(
    atMost(
      3,
      (endpoints.subsets ?? []).flatMap(({ addresses = [], ports }) =>
        ports && ports.length > 0
          ? ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`))
          : addresses.map(({ ip }) => ip),
      ),
    ),
  );

interface NetworkPolicy extends KubeObject {
  readonly spec?: { readonly podSelector?: LabelSelector };
}

/** Tables by `group/Kind`. */
export const STORAGE_TABLES: Readonly<Record<string, TableDefinition>> = {
  ...DRIVER_TABLES,
  '/PersistentVolume': table<PersistentVolume>(
    [
      'Name',
      'Capacity',
      'Access Modes',
      'Reclaim Policy',
      'Status',
      'Claim',
      'StorageClass',
      'VolumeAttributesClass',
      'Reason',
      'Age',
      '+VolumeMode',
    ],
    (volume, now) => [
      nameOf(volume),
      String(volume.spec?.capacity?.['storage'] ?? ''),
      modesText(volume.spec?.accessModes),
      volume.spec?.persistentVolumeReclaimPolicy ?? '',
      volume.metadata.deletionTimestamp ? 'Terminating' : (volume.status?.phase ?? ''),
      volume.spec?.claimRef ? `${volume.spec.claimRef.namespace ?? ''}/${volume.spec.claimRef.name ?? ''}` : '',
      volume.spec?.storageClassName ?? '',
      '<unset>',
      volume.status?.reason ?? '',
      age(volume, now),
      volume.spec?.volumeMode ?? 'Filesystem',
    ],
  ),
  '/PersistentVolumeClaim': table<PersistentVolumeClaim>(
    [
      'Name',
      'Status',
      'Volume',
      'Capacity',
      'Access Modes',
      'StorageClass',
      'VolumeAttributesClass',
      'Age',
      '+VolumeMode',
    ],
    (claim, now) => [
      nameOf(claim),
      claim.metadata.deletionTimestamp ? 'Terminating' : (claim.status?.phase ?? ''),
      claim.spec?.volumeName ?? '',
      claim.spec?.volumeName ? String(claim.status?.capacity?.['storage'] ?? '') : '',
      claim.spec?.volumeName ? modesText(claim.status?.accessModes) : '',
      claim.spec?.storageClassName ?? '',
      '<unset>',
      age(claim, now),
      claim.spec?.volumeMode ?? 'Filesystem',
    ],
  ),
  'storage.k8s.io/StorageClass': table<StorageClass>(
    ['Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'],
    (storage, now) => {
      const isDefault = storage.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
      return [
        `${nameOf(storage)}${isDefault ? ' (default)' : ''}`,
        storage.provisioner,
        storage.reclaimPolicy ?? 'Delete',
        storage.volumeBindingMode ?? 'Immediate',
        storage.allowVolumeExpansion ?? false,
        age(storage, now),
      ];
    },
  ),
  '/ServiceAccount': table<ServiceAccount>(['Name', 'Secrets', 'Age'], (account, now) => [
    nameOf(account),
    (account.secrets ?? []).length,
    age(account, now),
  ]),
  '/Endpoints': table<Endpoints>(['Name', 'Endpoints', 'Age'], (endpoints, now) => [
    nameOf(endpoints),
    endpointsText(endpoints),
    age(endpoints, now),
  ]),
  'networking.k8s.io/NetworkPolicy': table<NetworkPolicy>(['Name', 'Pod-Selector', 'Age'], (policy, now) => [
    nameOf(policy),
    selectorText(policy.spec?.podSelector),
    age(policy, now),
  ]),
};
