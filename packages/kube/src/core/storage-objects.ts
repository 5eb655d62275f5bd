/**
 * Volumes and who claims them. @spec https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/
 */
import { resourceType, type Condition, type KubeObject, type StringMap } from '../objects/object.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';

/** Who provides volumes of this machine, as the provisioner of a class. */
export const LOCAL_PROVISIONER = 'argosy.dev/local';

/** The same as the driver of a volume, whose name has no slash. */
export const LOCAL_DRIVER = 'local.argosy.dev';

/** Whether a volume is a folder of this machine; the oldest ones name their provisioner. */
export const isLocalDriver = (driver: string | undefined): boolean =>
  driver === LOCAL_DRIVER || driver === LOCAL_PROVISIONER;

/** Amounts by resource, e.g. `{ storage: '1Gi' }`. */
export type Quantities = Readonly<Record<string, string | number>>;

export type PersistentVolumeClaim = KubeObject<
  {
    readonly accessModes?: readonly string[];
    readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly volumeMode?: string;
    readonly selector?: LabelSelector;
  },
  {
    readonly phase?: 'Pending' | 'Bound' | 'Lost';
    readonly accessModes?: readonly string[];
    readonly capacity?: Quantities;
    readonly conditions?: readonly Condition[];
  }
>;

export type PersistentVolume = KubeObject<
  {
    readonly capacity?: Quantities;
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle';
    readonly claimRef?: {
      readonly namespace?: string;
      readonly name?: string;
      readonly uid?: string;
      readonly [field: string]: unknown;
    };
    readonly hostPath?: { readonly path: string; readonly type?: string };
    readonly csi?: { readonly driver: string; readonly volumeHandle: string };
    readonly local?: { readonly path: string };
    readonly [source: string]: unknown;
  },
  { readonly phase?: string; readonly message?: string; readonly reason?: string }
>;

export interface StorageClass extends KubeObject {
  readonly provisioner: string;
  readonly parameters?: StringMap;
  readonly reclaimPolicy?: 'Delete' | 'Retain';
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
  readonly allowVolumeExpansion?: boolean;
}

export const PERSISTENT_VOLUME_CLAIMS = resourceType<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  resource: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
  namespaced: true,
});
export const PERSISTENT_VOLUMES = resourceType<PersistentVolume>({
  group: '',
  version: 'v1',
  resource: 'persistentvolumes',
  kind: 'PersistentVolume',
  namespaced: false,
});
export const STORAGE_CLASSES = resourceType<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  resource: 'storageclasses',
  kind: 'StorageClass',
  namespaced: false,
});
