/**
 * Rendered manifests as they are compared and applied: placed in a namespace, tied to their application.
 * @spec CD-APP-03, CD-TRACK-02, CD-TRACK-08
 */
import { gvkOf, type KubeObject, type ResourceType } from '@argosy/kube';

import { formatTrackingId, TRACKING_ID } from './tracking.ts';

/** Where manifests go and whose they are. */
export interface Placement {
  /** Name of the application in tracking ids. */
  readonly app: string;
  /** Namespace for namespaced objects that name none. */
  readonly namespace: string;
  /** The resource that serves a kind. */
  readonly resourceFor: (apiVersion: string, kind: string) => ResourceType | undefined;
}

/** Places manifests; objects of kinds the cluster does not know yet (their CRD comes with them) count as namespaced. */
export const prepareManifests = (objects: readonly KubeObject[], placement: Placement): readonly KubeObject[] =>
  objects.map((object) => prepare(object, placement));

const prepare = (object: KubeObject, placement: Placement): KubeObject => {
  const { group, kind } = gvkOf(object);
  const isNamespaced = placement.resourceFor(object.apiVersion, kind)?.namespaced ?? true;
  const { namespace: given, ...metadata } = object.metadata;
  const namespace = isNamespaced ? (given ?? placement.namespace) : undefined;
  // Tracking ids of cluster-scoped objects carry the destination's namespace (CD-TRACK-02).
  const id = formatTrackingId({
    app: placement.app,
    group,
    kind,
    namespace: namespace ?? placement.namespace,
    name: metadata.name ?? metadata.generateName ?? '',
  });
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(namespace ? { namespace } : {}),
      annotations: { ...metadata.annotations, [TRACKING_ID]: id },
    },
  };
};
