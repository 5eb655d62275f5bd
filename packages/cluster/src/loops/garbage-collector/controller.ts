/**
 * Collects what its owners leave behind. Work is proportional to what changed: a deletion looks at its dependents only.
 * @upstream kubernetes pkg/controller/garbagecollector
 */
import type { Informer, ServedResource } from '@argosy/client';
import { createController, watchMapped, type Controller, type Next, type Source } from '@argosy/controller';
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  isApiError,
  parseApiVersion,
  type KubeObject,
  type ObjectKey,
  type OwnerReference,
  type ResourceType,
} from '@argosy/kube';

import { asStored } from '../as-stored.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideOwnership, FOREGROUND, type CollectorAction, type OwnerState } from './decide.ts';
import { createOwnershipGraph, type GraphNode, type OwnershipGraph } from './graph.ts';

/** Events own nothing, are owned by nothing and are many. */
const IGNORED: ReadonlySet<string> = new Set(['events']);

/** Creates the loop; it follows every kind the cluster serves, also those defined later. */
export const createGarbageCollector = async (deps: LoopDeps): Promise<Controller> => {
  const graph = createOwnershipGraph();
  const followed = new Set<string>();
  const definitions = deps.informers.of({ resource: CUSTOM_RESOURCE_DEFINITIONS });
  const resources = await deps.client.servedResources();
  const first = resources.filter(isFollowed);
  for (const resource of first) followed.add(identityOf(resource));

  const controller = createController(deps, {
    name: 'garbage-collector',
    sources: first.map((resource) =>
      graphSource(graph, asStored(resource), deps.informers.of({ resource: asStored(resource) })),
    ),
    reconcile: async ({ name }) => reconcile(deps, graph, name),
  });
  const followNew = async (): Promise<void> => {
    for (const resource of (await deps.client.servedResources()).filter(isFollowed)) {
      if (followed.has(identityOf(resource))) continue;
      followed.add(identityOf(resource));
      graphSource(graph, asStored(resource), deps.informers.of({ resource: asStored(resource) })).subscribe((key) =>
        controller.enqueue(key),
      );
    }
  };
  return {
    ...controller,
    run: async (signal) => {
      const subscription = definitions.onChange(
        () =>
          void followNew().catch((thrown: unknown) =>
            deps.log.warn('new kinds not followed', { error: String(thrown) }),
          ),
      );
      await controller.run(signal);
      subscription[Symbol.dispose]();
    },
  };
};

const isFollowed = (resource: ServedResource): boolean =>
  resource.preferred &&
  resource.verbs.includes('watch') &&
  resource.verbs.includes('delete') &&
  !IGNORED.has(resource.resource);

const identityOf = (resource: ResourceType): string => `${resource.group}/${resource.resource}`;

const graphSource = (graph: OwnershipGraph, resource: ResourceType, informer: Informer): Source =>
  watchMapped(informer, (change) => {
    const uid = change.object.metadata.uid ?? '';
    if (change.kind !== 'deleted') {
      const disowned = (graph.node(uid)?.owners ?? []).filter(
        (owner) =>
          !change.object.metadata.ownerReferences?.some(
            (kept) => kept.uid === owner.uid && kept.blockOwnerDeletion === owner.blockOwnerDeletion,
          ),
      );
      graph.put(resource, change.object);
      const isOfConcern = concerns(graph, change.object);
      if (!isOfConcern && disowned.length === 0) return [];
      const own = isOfConcern ? [{ name: uid }, ...dependentsToWake(graph, change.object)] : [];
      // An owner that orphans waits for its dependents to forget it, one of a circle for one that blocks it no longer.
      return [...own, ...disowned.map((owner) => ({ name: owner.uid }))];
    }
    const owners = graph.node(uid)?.owners ?? [];
    const dependents = graph.dependentsOf(uid);
    graph.remove(uid);
    // Owners that wait for this object, and dependents that lose it.
    return [
      ...owners.filter((owner) => waitsForDependents(graph.node(owner.uid))).map((owner) => ({ name: owner.uid })),
      ...dependents.map((node) => ({ name: node.uid })),
    ];
  });

/** Most changes concern nobody: objects with owners are looked at once they appear, others when they go. */
const concerns = (graph: OwnershipGraph, object: KubeObject): boolean =>
  (object.metadata.ownerReferences?.length ?? 0) > 0 ||
  object.metadata.deletionTimestamp !== undefined ||
  graph.dependentsOf(object.metadata.uid ?? '').length > 0;

const dependentsToWake = (graph: OwnershipGraph, object: KubeObject): readonly ObjectKey[] =>
  object.metadata.deletionTimestamp && object.metadata.finalizers?.includes(FOREGROUND)
    ? graph.dependentsOf(object.metadata.uid ?? '').map((node) => ({ name: node.uid }))
    : [];

const waitsForDependents = (node: GraphNode | undefined): boolean =>
  node?.isDeleting === true && node.finalizers.length > 0;

const reconcile = async (deps: LoopDeps, graph: OwnershipGraph, uid: string): Promise<Next> => {
  const node = graph.node(uid);
  if (!node) return { kind: 'settled' };
  const owners = await Promise.all(
    node.owners.map(async (reference) => ({ reference, state: await ownerState(deps, graph, { node, reference }) })),
  );
  for (const action of decideOwnership({ node, owners, dependents: graph.dependentsOf(uid) })) await act(deps, action);
  return { kind: 'settled' };
};

/** An owner the graph does not know is asked for: its informer may lag, or nobody may serve its kind. */
const ownerState = async (
  deps: LoopDeps,
  graph: OwnershipGraph,
  { node, reference }: { readonly node: GraphNode; readonly reference: OwnerReference },
): Promise<OwnerState> => {
  const known = graph.node(reference.uid);
  if (known)
    return known.isDeleting && known.finalizers.includes(FOREGROUND) && reference.blockOwnerDeletion === true
      ? 'waiting'
      : 'solid';
  const { group, version } = parseApiVersion(reference.apiVersion);
  const resource = (await deps.client.servedResources()).find(
    (served) => served.group === group && served.version === version && served.kind === reference.kind,
  );
  // A kind nobody serves may be served again tomorrow: its objects' dependents are left alone, as upstream does.
  if (!resource) return 'solid';
  try {
    const live = await deps.client.get(
      asStored(resource),
      resource.namespaced ? { namespace: node.key.namespace ?? '', name: reference.name } : { name: reference.name },
    );
    return live.metadata.uid === reference.uid ? 'solid' : 'absent';
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return 'absent';
    throw thrown;
  }
};

const act = async (deps: LoopDeps, action: CollectorAction): Promise<void> => {
  const { target } = action;
  try {
    switch (action.kind) {
      case 'delete':
        return await deps.client.delete(target.resource, target.key, {
          propagationPolicy: action.propagation,
          preconditions: { uid: target.uid },
        });
      case 'disown': {
        const current = await deps.client.get(target.resource, target.key);
        if (current.metadata.uid !== target.uid) return;
        const ownerReferences = (current.metadata.ownerReferences ?? []).filter(
          (reference) => !action.ownerUids.includes(reference.uid),
        );
        await deps.client.update(target.resource, { ...current, metadata: { ...current.metadata, ownerReferences } });
        return;
      }
      case 'unblock': {
        const current = await deps.client.get(target.resource, target.key);
        if (current.metadata.uid !== target.uid) return;
        const ownerReferences = (current.metadata.ownerReferences ?? []).map((reference) => ({
          ...reference,
          blockOwnerDeletion: false,
        }));
        await deps.client.update(target.resource, { ...current, metadata: { ...current.metadata, ownerReferences } });
        return;
      }
      case 'drop-finalizer': {
        const current = await deps.client.get(target.resource, target.key);
        if (current.metadata.uid !== target.uid) return;
        const finalizers = (current.metadata.finalizers ?? []).filter((name) => name !== action.finalizer);
        await deps.client.update(target.resource, { ...current, metadata: { ...current.metadata, finalizers } });
        return;
      }
    }
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};
