/**
 * Which kinds count how often what is wanted of an object has changed, and what counts as such a change. Pure.
 * @upstream kubernetes pkg/registry (PrepareForCreate, PrepareForUpdate)
 */
import { isEqual } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** Whether objects of a kind have a generation. @upstream kubernetes pkg/registry (PrepareForCreate) */
export const hasGeneration = ({ custom, group, storage }: ServedKind): boolean =>
  custom || COUNTED_KINDS.has(storage) || (COUNTED_GROUPS.has(group) && storage !== 'apps/controllerrevisions');

const COUNTED_GROUPS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apps',
  'batch',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'gateway.networking.k8s.io',
  'networking.k8s.io',
  'policy',
]);

const COUNTED_KINDS: ReadonlySet<string> = new Set([
  '/podtemplates',
  '/replicationcontrollers',
  'scheduling.k8s.io/priorityclasses',
]);

/** Its first change is counted, its creation is not. @upstream kubernetes pkg/registry/storage/csidriver/strategy.go */
const COUNTED_LATE = 'storage.k8s.io/csidrivers';

/** Of which the creation alone is counted. @upstream kubernetes pkg/registry/scheduling/priorityclass/strategy.go */
const COUNTED_ONCE = 'scheduling.k8s.io/priorityclasses';

/** The generation of an object as it is written over `current`. */
export const nextGeneration = (kind: ServedKind, object: KubeObject, current: KubeObject): number | undefined => {
  const { generation } = current.metadata;
  const counted = generation ?? (kind.storage === COUNTED_LATE ? 0 : undefined);
  if (counted === undefined || kind.storage === COUNTED_ONCE) return generation;
  return changesDesired(kind, object, current) ? counted + 1 : generation;
};

/**
 * Whether an update counts. Built-in kinds count changes of what is wanted. Custom ones count every change outside of metadata; with a status
 * subresource the status cannot change here, without one it counts as well.
 * @upstream kubernetes apiextensions-apiserver/pkg/registry/customresource/strategy.go#PrepareForUpdate
 */
const changesDesired = (kind: ServedKind, object: KubeObject, current: KubeObject): boolean => {
  const [after, before] = [wantedOf(kind, object), wantedOf(kind, current)];
  return !isEqual(after, before);
};

const wantedOf = ({ custom, group }: ServedKind, object: KubeObject): object => {
  const { metadata, ...others } = object;
  if (custom) return others;
  const { status: _status, ...wanted } = others;
  // Whose endpoints a slice holds its labels say.
  return group === 'discovery.k8s.io' ? { ...wanted, labels: metadata.labels } : wanted;
};
