/** Volumes of pods. @spec https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/ */
import { fieldRef, resourceFieldRef } from './container.ts';
import { flag, int32, int64, listOf, object, open, quantity, text } from './fragments.ts';
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

export const volume = object(
  {
    name: text,
    hostPath: object({ path: text, type: text }, ['path']),
    emptyDir: object({ medium: text, sizeLimit: quantity }),
    gcePersistentDisk: open,
    awsElasticBlockStore: open,
    gitRepo: open,
    secret: object({ secretName: text, items: keyToPath, defaultMode: int32, optional: flag }),
    nfs: object({ server: text, path: text, readOnly: flag }, ['server', 'path']),
    iscsi: open,
    glusterfs: open,
    persistentVolumeClaim: object({ claimName: text, readOnly: flag }, ['claimName']),
    rbd: open,
    flexVolume: open,
    cinder: open,
    cephfs: open,
    flocker: open,
    downwardAPI: object({ items: downwardItems, defaultMode: int32 }),
    fc: open,
    azureFile: open,
    configMap: object({ ...named, defaultMode: int32 }),
    vsphereVolume: open,
    quobyte: open,
    azureDisk: open,
    photonPersistentDisk: open,
    projected: object({ sources: listOf(projectedSource), defaultMode: int32 }),
    portworxVolume: open,
    scaleIO: open,
    storageos: open,
    csi: open,
    ephemeral: object({ volumeClaimTemplate: object({ metadata: objectMeta, spec: open }, ['spec']) }),
    image: object({ reference: text, pullPolicy: text }),
  },
  ['name'],
);
