/**
 * The storage class of this cluster: folders of this machine.
 */
import { isApiError, LOCAL_PROVISIONER, type StorageClass } from '@argosy/kube';

import { kindOf, type ApiContext } from '../api-context.ts';
import { createObject } from '../writes/create-object.ts';

const STANDARD: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: LOCAL_PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

/** Makes the class when it is not there. */
export const ensureDefaultStorage = async (context: ApiContext): Promise<void> => {
  const kind = kindOf(context, { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses' });
  if (context.store.get(kind.storage, { name: STANDARD.metadata.name ?? '' })) return;
  await createObject(context, kind, { object: STANDARD }).catch((thrown: unknown) => {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  });
};
