/**
 * Rendered manifests as they are compared and applied: placed in a namespace, tied to their application.
 * @spec CD-APP-03, CD-TRACK-02, CD-TRACK-08
 */
import { gvkOf, type KubeObject, type ResourceType } from '@argosy/kube';

import { formatTrackingId, TRACKING_ID } from '../tracking/tracking.ts';

/** Where manifests go and whose they are. */
export interface Placement {
  /** Name of the application in tracking ids. */
  readonly app: string;
  /** Namespace for namespaced objects that name none. */
  readonly namespace: string;
  /** The resource that serves a kind. */
  readonly resourceFor: (apiVersion: string, kind: string) => ResourceType | undefined;
}

/** Manifests ready to compare, and which of them were named more than once. */
export interface Prepared {
  readonly objects: readonly KubeObject[];
  /** For `RepeatedResourceWarning`; `undefined` when each is named once. */
  readonly repeated: string | undefined;
}

/** Places manifests and keeps the last of those that name one object (CD-APP-11). */
export const prepareDistinct = (objects: readonly KubeObject[], placement: Placement): Prepared => {
  const prepared = prepareManifests(objects, placement);
  const last = new Map<string, KubeObject>();
  const counts = new Map<string, number>();
  for (const object of prepared) {
    // Objects that get their names when they are created are never the same.
    const name = object.metadata.name ?? `${object.metadata.generateName ?? ''} ${last.size}`;
    const key = `${gvkOf(object).group}/${object.kind}/${object.metadata.namespace ?? ''}/${name}`;
    last.set(key, object);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const several = [...counts].filter(([, count]) => count > 1);
  return {
    objects: several.length === 0 ? prepared : [...last.values()],
    repeated:
      several.length === 0
        ? undefined
        : several
            .map(([key, count]) => `Resource ${key} appeared ${count} times among application resources.`)
            .join(' '),
  };
};

/** Places manifests; objects of kinds the cluster does not know yet (their CRD comes with them) count as namespaced. */
const prepareManifests = (objects: readonly KubeObject[], placement: Placement): readonly KubeObject[] =>
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
