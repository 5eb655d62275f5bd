/**
 * Keeps what a controller owns and what its selector selects the same: matching orphans are adopted, objects that match no
 * longer are released. @upstream kubernetes pkg/controller/controller_ref_manager.go
 */
import type { Informer } from '@argosy/client';
import { watchMapped, type Next, type Source } from '@argosy/controller';
import {
  controllerOf,
  controllerReferenceTo,
  formatKey,
  isApiError,
  keyOf,
  matchesLabelSelector,
  type KubeObject,
  type LabelSelector,
  type ObjectKey,
  type OwnerReference,
  type ResourceType,
} from '@argosy/kube';

import { BY_CONTROLLER, byController, type LoopDeps } from '../loop-deps.ts';
import type { WrittenVersions } from '../written-versions.ts';
import { decideClaims } from './decide-claims.ts';

/** Claims of the objects of one resource, by owners of one kind. */
export interface Claims {
  /** The same reconciling, after adopting and releasing, once the cache has seen that. Throws when the API refuses. */
  settledBefore(reconcile: Reconcile): Reconcile;
  /** Wakes owners that may adopt what just lost its controller, or never had one. */
  readonly source: Source;
}

type Reconcile = (key: ObjectKey, signal: AbortSignal) => Promise<Next>;

/** Who claims what. */
export interface ClaimOptions<O extends KubeObject, C extends KubeObject> {
  readonly owner: ResourceType<O>;
  readonly owners: Informer<O>;
  readonly child: ResourceType<C>;
  readonly children: Informer<C>;
  readonly written: WrittenVersions;
  readonly selectorOf: (owner: O) => LabelSelector | undefined;
  /** Objects that are neither adopted nor released although the selector says so. */
  readonly ignores?: (child: C, owner: O) => boolean;
}

/** Index of objects without a controller, by namespace. */
const ORPHANS = 'orphans';

/** Creates the claims of one loop. */
export const createClaims = <O extends KubeObject, C extends KubeObject>(
  deps: Pick<LoopDeps, 'client'>,
  options: ClaimOptions<O, C>,
): Claims => {
  const { owners, children, written, selectorOf, ignores = () => false } = options;
  children.addIndex(BY_CONTROLLER, byController);
  children.addIndex(ORPHANS, (child) => (controllerOf(child) ? [] : [child.metadata.namespace ?? '']));
  const settle = createSettle(deps, options);
  return {
    settledBefore: (reconcile) => async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const owner = owners.get(key);
      if (owner) await settle(owner, signal);
      return reconcile(key, signal);
    },
    source: watchMapped(children, ({ kind, object }) => {
      if (kind === 'deleted' || controllerOf(object)) return [];
      return owners
        .list(object.metadata.namespace)
        .filter((owner) => isSelected(selectorOf(owner), object) && !ignores(object, owner))
        .map(keyOf);
    }),
  };
};

/** Adopts and releases, then waits to see it. */
const createSettle = <O extends KubeObject, C extends KubeObject>(
  deps: Pick<LoopDeps, 'client'>,
  options: ClaimOptions<O, C>,
): ((owner: O, signal: AbortSignal) => Promise<void>) => {
  const { children, written, selectorOf, ignores = () => false } = options;
  return async (owner, signal) => {
    const counted = (child: C): boolean => !ignores(child, owner);
    const { adopt, release } = decideClaims(owner, {
      selector: selectorOf(owner),
      owned: children.byIndex(BY_CONTROLLER, owner.metadata.uid ?? '').filter(counted),
      orphans: children.byIndex(ORPHANS, owner.metadata.namespace ?? '').filter(counted),
    });
    if (adopt.length + release.length === 0) return;
    const key = formatKey(keyOf(owner));
    const write = async (child: C, owners: readonly OwnerReference[]): Promise<void> =>
      written.note(key, await reown(deps, options.child, child, owners));
    const isCurrent = adopt.length > 0 && (await isStillThere(deps, options.owner, owner));
    for (const child of isCurrent ? adopt : [])
      await write(child, [...referencesOf(child), controllerReferenceTo(owner)]);
    for (const child of release)
      await write(
        child,
        referencesOf(child).filter(({ uid }) => uid !== owner.metadata.uid),
      );
    await written.caughtUp(key, signal);
  };
};

const referencesOf = ({ metadata }: KubeObject): readonly OwnerReference[] => metadata.ownerReferences ?? [];

const isSelected = (selector: LabelSelector | undefined, object: KubeObject): boolean =>
  selector !== undefined && matchesLabelSelector(selector, object.metadata.labels);

/** Asked of the API itself: an owner that is gone must not take anything along. */
const isStillThere = async <O extends KubeObject>(
  { client }: Pick<LoopDeps, 'client'>,
  resource: ResourceType<O>,
  owner: O,
): Promise<boolean> => {
  try {
    const { metadata } = await client.get(resource, keyOf(owner));
    return metadata.uid === owner.metadata.uid && !metadata.deletionTimestamp;
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return false;
    throw thrown;
  }
};

/** The version makes sure that nobody else took the object meanwhile. What is gone needs no owner. */
const reown = async <C extends KubeObject>(
  { client }: Pick<LoopDeps, 'client'>,
  resource: ResourceType<C>,
  child: C,
  ownerReferences: readonly OwnerReference[],
): Promise<C> => {
  const { uid = '', resourceVersion = '' } = child.metadata;
  const patch = { metadata: { uid, resourceVersion, ownerReferences: ownerReferences.map((one) => ({ ...one })) } };
  try {
    return await client.patch(resource, keyOf(child), { kind: 'merge', patch });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    return { ...child, metadata: { ...child.metadata, resourceVersion: undefined } };
  }
};
