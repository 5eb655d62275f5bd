/**
 * The shape every Kubernetes object shares, deeply readonly: nothing in this program changes an object in place.
 * @spec https://kubernetes.io/docs/concepts/overview/working-with-objects/
 */
import type { JsonObject } from '@argosy/base';

/** String pairs such as labels and annotations. */
export type StringMap = Readonly<Record<string, string>>;

/** Says which object owns this one. @spec https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/ */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** At most one reference of an object may be its controller. */
  readonly controller?: boolean;
  /** Foreground deletion of the owner waits for this object. */
  readonly blockOwnerDeletion?: boolean;
}

/** Which fields a manager has set. @spec https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: JsonObject;
  readonly subresource?: string;
}

/** Metadata of an object. Times are RFC 3339 texts. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Opaque to clients; equal texts mean equal states. */
  readonly resourceVersion?: string;
  /** Grows with each change of the desired state. */
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** Any Kubernetes object. */
export interface KubeObject<Spec = unknown, Status = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: Spec;
  readonly status?: Status;
}

/** An object of a kind nobody declared: every other field is JSON. */
export interface UnstructuredObject extends KubeObject {
  readonly [field: string]: unknown;
}

/** A list as the API returns it. */
export interface KubeList<T extends KubeObject = KubeObject> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly T[];
}

/** Identifies an object within its resource; `namespace` is absent for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

/** Names a kind. The core group is the empty text. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Names a resource, the plural under which the API serves a kind. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** A resource with what a client needs to address it, and the type of its objects. */
export interface ResourceType<T extends KubeObject = KubeObject> extends GroupVersionResource {
  readonly kind: string;
  readonly namespaced: boolean;
  /** Carries the type; never present at run time. */
  readonly objectType?: T;
}

/** Something observed to hold or not. @spec https://github.com/kubernetes/community api-conventions, typical status properties */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
  readonly observedGeneration?: number;
}

/** Declares a resource. */
export const resourceType = <T extends KubeObject>(declared: Omit<ResourceType<T>, 'objectType'>): ResourceType<T> =>
  declared;

/** Joins group and version as `apiVersion` has them. */
export const toApiVersion = (of: { readonly group: string; readonly version: string }): string =>
  of.group === '' ? of.version : `${of.group}/${of.version}`;

/** Splits an `apiVersion`; the core group is the empty text. */
export const parseApiVersion = (apiVersion: string): { readonly group: string; readonly version: string } => {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
};

/** The kind of an object with its group and version. */
export const gvkOf = (object: Pick<KubeObject, 'apiVersion' | 'kind'>): GroupVersionKind => ({
  ...parseApiVersion(object.apiVersion),
  kind: object.kind,
});

/** The key of an object. An object without a name (not yet created) has the empty name. */
export const keyOf = (object: Pick<KubeObject, 'metadata'>): ObjectKey => ({
  ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
  name: object.metadata.name ?? '',
});

/** Writes a key as `namespace/name`, or `name` alone for cluster-scoped objects. */
export const formatKey = (key: ObjectKey): string => (key.namespace ? `${key.namespace}/${key.name}` : key.name);

/** Reads what `formatKey` writes. */
export const parseKey = (text: string): ObjectKey => {
  const slash = text.indexOf('/');
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
};
