/**
 * How Kustomize tells objects apart, and what it takes for a selection.
 * @upstream sigs.k8s.io/kustomize/kyaml/resid
 */
import { parseApiVersion } from '@argosy/kube';

import { isClusterScoped } from './cluster-kinds.ts';

/** Group, version and kind; empty parts select everything. */
export interface Gvk {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/** One object. `scope` is its namespace, `default` where it names none and CLUSTER_SCOPE where it has none. */
export interface ResourceId {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly scope: string;
}

/** The scope of objects of no namespace. */
export const CLUSTER_SCOPE = '_non_namespaceable_';

/** Names an object. */
export const createResourceId = (of: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}): ResourceId => ({
  ...parseApiVersion(of.apiVersion),
  kind: of.kind,
  name: of.name,
  namespace: of.namespace,
  scope: isClusterScoped(of.apiVersion, of.kind) ? CLUSTER_SCOPE : scopeOf(of.namespace),
});

/** The scope a namespace's name means. */
export const scopeOf = (namespace: string): string => (namespace === '' ? 'default' : namespace);

/** A text that is equal for equal objects. */
export const idKey = (id: ResourceId): string => `${id.group}/${id.version}/${id.kind}/${id.scope}/${id.name}`;

/** An object for people. */
export const describeId = (id: ResourceId): string =>
  `${id.kind}.${id.version}${id.group === '' ? '' : `.${id.group}`} ${id.namespace === '' ? '' : `${id.namespace}/`}${id.name}`;

/** Whether an object is of a selected group, version and kind. */
export const isSelectedGvk = (gvk: Gvk, selector: Gvk): boolean =>
  (!selector.group || selector.group === gvk.group) &&
  (!selector.version || selector.version === gvk.version) &&
  (!selector.kind || selector.kind === gvk.kind);

/** Whether two group-version-kinds are the same. */
export const isSameGvk = (left: Gvk, right: Gvk): boolean =>
  (left.group ?? '') === (right.group ?? '') &&
  (left.version ?? '') === (right.version ?? '') &&
  (left.kind ?? '') === (right.kind ?? '');

/** Whether an object is one of those a selector names exactly. */
export const isSelectedId = (
  id: ResourceId,
  selector: Gvk & { readonly name?: string; readonly namespace?: string },
): boolean =>
  (!selector.name || selector.name === id.name) &&
  (!selector.namespace || scopeOf(selector.namespace) === id.scope) &&
  isSelectedGvk(id, selector);
