/**
 * What makes a pod of a StatefulSet the one it is: its ordinal, and from that its name, host name, labels and claims.
 * @upstream kubernetes pkg/controller/statefulset/stateful_set_utils.go
 */
import {
  controllerReferenceTo,
  type PersistentVolumeClaim,
  type Pod,
  type PodTemplateSpec,
  type StatefulSet,
  type Volume,
} from '@argosy/kube';

import { REVISION_HASH } from '../history/revisions.ts';
import { podFromTemplate } from '../pod-from-template.ts';

/** Labels of the pods. */
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** A pod's ordinal, from its name; `undefined` when the name is not one of this set's. */
export const ordinalOf = (set: StatefulSet, pod: Pod): number | undefined => {
  const prefix = `${set.metadata.name ?? ''}-`;
  const text = pod.metadata.name?.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : '';
  return /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined;
};

/** Pods that are made in one go, at most: whoever asks for a billion gets them bit by bit, like everybody else. */
const MOST_AT_ONCE = 500;

/** The ordinals to look at now, in order: of those the set wants as many as it has pods, and some more. Pure. */
export const nextOrdinals = (set: StatefulSet, podCount: number): readonly number[] => {
  const start = set.spec?.ordinals?.start ?? 0;
  return Array.from({ length: Math.min(replicasOf(set), podCount + MOST_AT_ONCE) }, (_, at) => start + at);
};

/** Whether the set wants a pod of this ordinal. Pure. */
export const isWanted = (set: StatefulSet, ordinal: number): boolean => {
  const start = set.spec?.ordinals?.start ?? 0;
  return ordinal >= start && ordinal < start + replicasOf(set);
};

/** How many pods a set wants. Pure. */
export const replicasOf = ({ spec }: StatefulSet): number => spec?.replicas ?? 1;

/** The pod of an ordinal, made from a template of this revision. Pure. */
export const podOfOrdinal = (
  set: StatefulSet,
  of: { readonly ordinal: number; readonly template: PodTemplateSpec; readonly revision: string },
): Pod => {
  const name = `${set.metadata.name ?? ''}-${of.ordinal}`;
  const labels = { [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(of.ordinal), [REVISION_HASH]: of.revision };
  const pod = podFromTemplate(set, of.template, { name, labels });
  const spec = pod.spec ?? { containers: [] };
  const claimed: readonly Volume[] = claimsOf(set, of.ordinal).map(({ template, claim }) => ({
    name: template,
    persistentVolumeClaim: { claimName: claim.metadata.name ?? '' },
  }));
  const names = new Set(claimed.map((volume) => volume.name));
  const volumes = [...claimed, ...(spec.volumes ?? []).filter((volume) => !names.has(volume.name))];
  return {
    ...pod,
    spec: {
      ...spec,
      hostname: name,
      ...(set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  };
};

/** The claims of an ordinal, each with the name of its template. Pure. */
export const claimsOf = (
  set: StatefulSet,
  ordinal: number,
): readonly { readonly template: string; readonly claim: PersistentVolumeClaim }[] =>
  (set.spec?.volumeClaimTemplates ?? []).map((template) => {
    const templateName = template.metadata.name ?? '';
    const isOwned = set.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
    return {
      template: templateName,
      claim: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: `${templateName}-${set.metadata.name ?? ''}-${ordinal}`,
          namespace: set.metadata.namespace,
          labels: { ...template.metadata.labels, ...set.spec?.selector.matchLabels },
          ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
          ...(isOwned ? { ownerReferences: [controllerReferenceTo(set)] } : {}),
        },
        spec: template.spec,
      } as PersistentVolumeClaim,
    };
  });
