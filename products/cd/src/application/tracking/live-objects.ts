/**
 * The cluster as applications see it: objects by identity and by the application that tracks them, from shared informers.
 */
import type { Client, Informer, InformerSet, ServedResource } from '@argosy/client';
import { CUSTOM_RESOURCE_DEFINITIONS, parseApiVersion, type KubeObject, type ResourceType } from '@argosy/kube';
import { messageOf, type Logger } from '@argosy/base';

import { objectId } from '../../compare/compare-application.ts';
import { trackedApp } from './tracking.ts';

/** Live objects. */
export interface LiveObjects {
  /** The resource that serves a kind; `undefined` when the cluster does not know it. */
  resourceFor(apiVersion: string, kind: string): ResourceType | undefined;
  /** What the cluster serves, as `group/version` and `group/version/Kind`, sorted. */
  apiVersions(): readonly string[];
  /** Everything tracked by an application, and the live objects of these manifests, by identity. */
  of(app: string, desired: readonly KubeObject[]): ReadonlyMap<string, KubeObject>;
  /** Calls back with the application whose object changed. */
  onChange(concerned: (app: string) => void): Disposable;
  /** Resolves when everything has been listed. */
  readonly synced: Promise<void>;
  /** Learns of kinds defined since. */
  refresh(): Promise<void>;
  /** Whether the cache has caught up with an object just written. */
  caughtUp(resource: ResourceType, written: KubeObject, signal: AbortSignal): Promise<void>;
}

/** Kinds that are many and belong to nobody. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'endpoints', 'endpointslices', 'leases']);
const BY_APP = 'argocd-app';

interface LiveDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly log: Logger;
}

/** Creates the view; follows every kind the cluster serves. */
export const createLiveObjects = async (deps: LiveDeps): Promise<LiveObjects> => {
  const followed = createFollowedKinds(deps.informers);
  let served: readonly ServedResource[] = [];
  let apiVersions: readonly string[] = [];
  const refresh = async (): Promise<void> => {
    served = await deps.client.servedResources();
    apiVersions = [...new Set(served.flatMap(apiVersionsOf))].sort();
    for (const resource of served.filter(isFollowed)) followed.follow(resource);
  };
  await refresh();
  const first = [...followed.informers.values()];
  const definitions = deps.informers.of({ resource: CUSTOM_RESOURCE_DEFINITIONS });
  definitions.onChange(
    () =>
      void refresh().catch((thrown: unknown) => deps.log.warn('new kinds not followed', { error: messageOf(thrown) })),
  );
  return {
    synced: Promise.all(first.map((informer) => informer.synced)).then(() => undefined),
    refresh,
    resourceFor: (apiVersion, kind) => resourceIn(served, apiVersion, kind),
    apiVersions: () => apiVersions,
    of: (app, desired) => liveOf(followed.informers, app, desired),
    onChange: followed.onChange,
    caughtUp: async ({ group, kind }, written, signal) => {
      await followed.informers.get(identityOf(group, kind))?.whenSeen(written.metadata.resourceVersion, signal);
    },
  };
};

/** One version of a kind is followed. */
const identityOf = (group: string, kind: string): string => `${group}/${kind}`;

interface FollowedKinds {
  readonly informers: ReadonlyMap<string, Informer>;
  readonly follow: (resource: ServedResource) => void;
  readonly onChange: LiveObjects['onChange'];
}

const createFollowedKinds = (set: InformerSet): FollowedKinds => {
  const informers = new Map<string, Informer>();
  const listeners = new Set<(app: string) => void>();
  return {
    informers,
    follow: ({ group, version, resource, kind, namespaced }) => {
      const identity = identityOf(group, kind);
      if (informers.has(identity)) return;
      const informer = set.of({
        resource: { group, version, resource, kind, namespaced },
        indexes: { [BY_APP]: (object: KubeObject) => appsOf(object) },
      });
      informers.set(identity, informer);
      informer.onChange((change) => {
        const apps = new Set([...appsOf(change.object), ...(change.kind === 'updated' ? appsOf(change.previous) : [])]);
        for (const app of apps) for (const listener of listeners) listener(app);
      });
    },
    onChange: (concerned) => {
      listeners.add(concerned);
      return { [Symbol.dispose]: () => listeners.delete(concerned) };
    },
  };
};

const resourceIn = (served: readonly ServedResource[], apiVersion: string, kind: string): ResourceType | undefined => {
  const { group, version } = parseApiVersion(apiVersion);
  const found = served.find((one) => one.group === group && one.version === version && one.kind === kind);
  return found && { group, version, resource: found.resource, kind, namespaced: found.namespaced };
};

const liveOf = (
  informers: ReadonlyMap<string, Informer>,
  app: string,
  desired: readonly KubeObject[],
): ReadonlyMap<string, KubeObject> => {
  const found = new Map<string, KubeObject>();
  for (const informer of informers.values())
    for (const object of informer.byIndex(BY_APP, app)) found.set(objectId(object), object);
  for (const { apiVersion, kind, metadata } of desired) {
    const live = informers.get(identityOf(parseApiVersion(apiVersion).group, kind))?.get({
      ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
      name: metadata.name ?? '',
    });
    if (live) found.set(objectId(live), live);
  }
  return found;
};

const apiVersionsOf = ({ group, version, kind }: ServedResource): readonly string[] => {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return [apiVersion, `${apiVersion}/${kind}`];
};

const appsOf = (object: KubeObject): readonly string[] => {
  const app = trackedApp(object);
  return app === undefined ? [] : [app];
};

const isFollowed = (resource: ServedResource): boolean =>
  resource.preferred && resource.verbs.includes('watch') && !IGNORED.has(resource.resource);
