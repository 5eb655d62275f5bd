/** Volumes of pods. @spec https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/ */
import { fieldRef, resourceFieldRef } from './container.ts';
import { flag, int32, int64, listOf, object, open, quantity, text } from './fragments.ts';
import { fieldsOfMessage } from './message-schemas.ts';
import { labelSelector, objectMeta } from './metadata.ts';

const keyToPath = listOf(object({ key: text, path: text, mode: int32 }, ['key', 'path']));
const downwardItems = listOf(object({ path: text, fieldRef, resourceFieldRef, mode: int32 }, ['path']));
const named = { name: text, items: keyToPath, optional: flag };

const projectedSource = object({
  secret: object(named),
  downwardAPI: object({ items: downwardItems }),
  configMap: object(named),
  serviceAccountToken: object({ audience: text, expirationSeconds: int64, path: text }, ['path']),
  clusterTrustBundle: object({ name: text, signerName: text, labelSelector, optional: flag, path: text }, ['path']),
  podCertificate: open,
});

const claimSpec = object(fieldsOfMessage('core/v1.PersistentVolumeClaimSpec'));

export const volume = object(
  {
    ...fieldsOfMessage('core/v1.VolumeSource'),
    name: text,
    hostPath: object({ path: text, type: text }, ['path']),
    emptyDir: object({ medium: text, sizeLimit: quantity }),
    secret: object({ secretName: text, items: keyToPath, defaultMode: int32, optional: flag }),
    nfs: object({ server: text, path: text, readOnly: flag }, ['server', 'path']),
    persistentVolumeClaim: object({ claimName: text, readOnly: flag }, ['claimName']),
    downwardAPI: object({ items: downwardItems, defaultMode: int32 }),
    configMap: object({ ...named, defaultMode: int32 }),
    projected: object({ sources: listOf(projectedSource), defaultMode: int32 }),
    ephemeral: object({ volumeClaimTemplate: object({ metadata: objectMeta, spec: claimSpec }, ['spec']) }),
    image: object({ reference: text, pullPolicy: text }),
  },
  ['name'],
);
