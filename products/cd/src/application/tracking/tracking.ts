/**
 * Which application an object belongs to. @spec CD-TRACK-02
 */
import { gvkOf, type KubeObject } from '@argosy/kube';

/** Annotation that ties an object to its application and to itself. */
export const TRACKING_ID = 'argocd.argoproj.io/tracking-id';

/** Parts of a tracking id. */
export interface TrackingId {
  readonly app: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Writes an id as `app:group/kind:namespace/name`. */
export const formatTrackingId = (id: TrackingId): string =>
  `${id.app}:${id.group}/${id.kind}:${id.namespace}/${id.name}`;

/** Reads an id; `undefined` when the text is not one. Names may contain colons. */
export const parseTrackingId = (text: string): TrackingId | undefined => {
  const [app, kind, ...rest] = text.split(':');
  const [group, kindName, ...moreKind] = (kind ?? '').split('/');
  const place = rest.join(':');
  const slash = place.indexOf('/');
  if (!app || group === undefined || kindName === undefined || moreKind.length > 0 || rest.length === 0 || slash < 0)
    return undefined;
  return { app, group, kind: kindName, namespace: place.slice(0, slash), name: place.slice(slash + 1) };
};

/** The application (as `name`, or `namespace_name` outside of the control plane's namespace) an object claims to belong to. */
export const trackedApp = (object: KubeObject): string | undefined => trackingOf(object)?.app;

/**
 * Whether an object's id names the object itself. A copied annotation does not make a second object ours (CD-DIFF-22);
 * the namespace counts only for namespaced objects.
 */
export const isSelfTracked = (object: KubeObject): boolean => {
  const id = trackingOf(object);
  const { group, kind } = gvkOf(object);
  if (!id) return false;
  const isSamePlace = !object.metadata.namespace || id.namespace === object.metadata.namespace;
  return id.group === group && id.kind === kind && id.name === object.metadata.name && isSamePlace;
};

const trackingOf = (object: KubeObject): TrackingId | undefined => {
  const text = object.metadata.annotations?.[TRACKING_ID];
  return text === undefined ? undefined : parseTrackingId(text);
};
