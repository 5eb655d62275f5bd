/** How drivers of volumes, and what they are attached to, are printed. @upstream kubernetes pkg/printers/internalversion/printers.go#printCSIDriver */
import type { KubeObject } from '../objects/object.ts';
import { age, nameOf, table, unset, type TableDefinition } from './table-words.ts';

type Driver = KubeObject<{
  readonly attachRequired?: boolean;
  readonly podInfoOnMount?: boolean;
  readonly storageCapacity?: boolean;
  readonly tokenRequests?: readonly { readonly audience?: string }[];
  readonly requiresRepublish?: boolean;
  readonly volumeLifecycleModes?: readonly string[];
}>;

type Attachment = KubeObject<
  {
    readonly attacher?: string;
    readonly nodeName?: string;
    readonly source?: { readonly persistentVolumeName?: string };
  },
  { readonly attached?: boolean }
>;

/** Tables by `group/Kind`. */
export const DRIVER_TABLES: Readonly<Record<string, TableDefinition>> = {
  'storage.k8s.io/CSIDriver': table<Driver>(
    [
      'Name',
      'AttachRequired#boolean',
      'PodInfoOnMount#boolean',
      'StorageCapacity#boolean',
      'TokenRequests',
      'RequiresRepublish#boolean',
      'Modes',
      'Age',
    ],
    (driver, now) => [
      nameOf(driver),
      driver.spec?.attachRequired ?? true,
      driver.spec?.podInfoOnMount ?? false,
      driver.spec?.storageCapacity ?? false,
      unset((driver.spec?.tokenRequests ?? []).map(({ audience }) => audience ?? '').join(',')),
      driver.spec?.requiresRepublish ?? false,
      (driver.spec?.volumeLifecycleModes ?? []).join(',') || '<none>',
      age(driver, now),
    ],
  ),
  'storage.k8s.io/CSINode': table<KubeObject<{ readonly drivers?: readonly unknown[] }>>(
    ['Name', 'Drivers#integer', 'Age'],
    (node, now) => [nameOf(node), node.spec?.drivers?.length ?? 0, age(node, now)],
  ),
  'storage.k8s.io/CSIStorageCapacity': table<KubeObject>(['Name', 'Created At#date'], (capacity) => [
    nameOf(capacity),
    capacity.metadata.creationTimestamp ?? '',
  ]),
  'storage.k8s.io/VolumeAttachment': table<Attachment>(
    ['Name', 'Attacher', 'PV', 'Node', 'Attached#boolean', 'Age'],
    (attachment, now) => [
      nameOf(attachment),
      attachment.spec?.attacher ?? '',
      attachment.spec?.source?.persistentVolumeName ?? '',
      attachment.spec?.nodeName ?? '',
      attachment.status?.attached ?? false,
      age(attachment, now),
    ],
  ),
};
