/**
 * Keeps a copy of a resource up to date: list, then watch, and again whenever the watch is lost. Handlers see each
 * object's changes in order; after a relist they see the difference, so nothing is missed and nothing told twice.
 * @upstream kubernetes client-go tools/cache/reflector.go#Reflector.ListAndWatch
 */
import { delay, deepFreeze, messageOf, type Clock, type Logger, type Random } from '@argosy/base';
import { formatKey, keyOf, type KubeObject, type LabelSelector, type ResourceType } from '@argosy/kube';

import { keepFollowing, type Following } from './keep-following.ts';
import { createSeenVersions } from './seen-versions.ts';
import { createObjectCache, type Lister, type ObjectCache } from './object-cache.ts';
import type { IndexFunction } from './object-indexes.ts';
import type { Reader, WatchEvent } from '../client.ts';

/** A change as handlers see it. */
export type Change<T extends KubeObject = KubeObject> =
  | { readonly kind: 'added'; readonly object: T }
  | { readonly kind: 'updated'; readonly object: T; readonly previous: T }
  | { readonly kind: 'deleted'; readonly object: T };

/** What an informer watches. */
export interface InformerOptions<T extends KubeObject> {
  readonly resource: ResourceType<T>;
  readonly namespace?: string;
  readonly labelSelector?: string | LabelSelector;
  readonly fieldSelector?: string;
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /** Tells handlers about every cached object again, as updated to itself, this often in milliseconds; never by default. */
  readonly resyncMs?: number;
}

/** What an informer needs. */
export interface InformerDeps {
  readonly client: Reader;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A resource kept in memory. */
export interface Informer<T extends KubeObject = KubeObject> extends Lister<T> {
  readonly resource: ResourceType<T>;
  /** Calls back for each change from now on, first with `added` for what is already cached. Handlers must not throw. */
  onChange(handler: (change: Change<T>) => void): Disposable;
  /** Adds an index; the same name twice is one index. */
  addIndex(name: string, index: IndexFunction<T>): void;
  /** Lists and watches until the signal aborts; resolves then. Call once. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the first list is in the cache. */
  readonly synced: Promise<void>;
  /** Whether the cache has caught up with a version a write returned. Versions are compared as numbers, as Kubernetes permits since 1.35. */
  hasSeen(resourceVersion: string | undefined): boolean;
  /** Resolves when `hasSeen` holds for the version, or when the signal aborts. */
  whenSeen(resourceVersion: string | undefined, signal: AbortSignal): Promise<void>;
}

/** Creates an informer; nothing happens before `run`. */
export const createInformer = <T extends KubeObject>(deps: InformerDeps, options: InformerOptions<T>): Informer<T> => {
  const cache = createObjectCache<T>();
  for (const [name, index] of Object.entries(options.indexes ?? {})) cache.addIndex(name, index);
  const log = deps.log.with({ informer: options.resource.resource });
  const { handlers, tell } = createHandlers<T>(log);
  const versions = createSeenVersions();
  let markSynced: () => void = () => undefined;
  const synced = new Promise<void>((resolve) => (markSynced = resolve));
  const scope = selection(options);
  const following: Following = {
    relist: async () => {
      const list = await deps.client.list(options.resource, scope);
      replaceAll(cache, list.items, tell);
      versions.progress(list.metadata.resourceVersion);
      markSynced();
      return list.metadata.resourceVersion ?? '';
    },
    follow: async (from, signal, onProgress) => {
      for await (const event of deps.client.watch(options.resource, { ...scope, resourceVersion: from, signal })) {
        const version = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
        applyEvent(cache, event, tell);
        versions.progress(version);
        if (version) onProgress(version);
      }
    },
  };
  return {
    ...cache,
    resource: options.resource,
    synced,
    hasSeen: (resourceVersion) => versions.hasSeen(resourceVersion),
    whenSeen: (resourceVersion, signal) => versions.whenSeen(resourceVersion, signal),
    onChange: (handler) => {
      for (const object of cache.list()) handler({ kind: 'added', object });
      handlers.add(handler);
      return { [Symbol.dispose]: () => handlers.delete(handler) };
    },
    run: async (signal) => {
      const { resyncMs } = options;
      if (resyncMs !== undefined) void resyncEvery(deps.clock, { everyMs: resyncMs, synced, signal, cache, tell });
      await keepFollowing({ ...deps, log }, following, signal);
    },
  };
};

type Handler<T extends KubeObject> = (change: Change<T>) => void;

const createHandlers = <T extends KubeObject>(log: Logger) => {
  const handlers = new Set<Handler<T>>();
  const tell: Handler<T> = (change) => {
    for (const handler of handlers) {
      try {
        handler(change);
      } catch (thrown) {
        log.error('a change handler threw', { error: messageOf(thrown) });
      }
    }
  };
  return { handlers, tell };
};

const resyncEvery = async <T extends KubeObject>(
  clock: Clock,
  of: {
    readonly everyMs: number;
    readonly synced: Promise<void>;
    readonly signal: AbortSignal;
    readonly cache: ObjectCache<T>;
    readonly tell: Handler<T>;
  },
): Promise<void> => {
  await of.synced;
  while (!of.signal.aborted) {
    await delay(clock, of.everyMs, of.signal);
    if (of.signal.aborted) return;
    for (const object of of.cache.list()) of.tell({ kind: 'updated', object, previous: object });
  }
};

const selection = <T extends KubeObject>(options: InformerOptions<T>) => ({
  ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  ...(options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector }),
  ...(options.fieldSelector === undefined ? {} : { fieldSelector: options.fieldSelector }),
});

const replaceAll = <T extends KubeObject>(
  cache: ObjectCache<T>,
  items: readonly T[],
  tell: (change: Change<T>) => void,
): void => {
  const present = new Set(items.map(placeOf));
  for (const object of cache.list()) {
    if (!present.has(placeOf(object))) removeObject(cache, object, tell);
  }
  for (const object of items) putObject(cache, object, tell);
};

const applyEvent = <T extends KubeObject>(
  cache: ObjectCache<T>,
  event: WatchEvent<T>,
  tell: (change: Change<T>) => void,
): void => {
  if (event.type === 'BOOKMARK') return;
  if (event.type === 'DELETED') removeObject(cache, event.object, tell);
  else putObject(cache, event.object, tell);
};

const putObject = <T extends KubeObject>(
  cache: ObjectCache<T>,
  received: T,
  tell: (change: Change<T>) => void,
): void => {
  const object = deepFreeze(received);
  const place = placeOf(object);
  const previous = cache.at(place);
  if (previous && previous.metadata.resourceVersion === object.metadata.resourceVersion) return;
  // Deleted and created again between two lists: handlers that key by uid must see the end of the first.
  if (previous && previous.metadata.uid !== object.metadata.uid) removeObject(cache, previous, tell);
  const replaced = cache.put(place, object);
  tell(replaced ? { kind: 'updated', object, previous: replaced } : { kind: 'added', object });
};

const removeObject = <T extends KubeObject>(
  cache: ObjectCache<T>,
  last: T,
  tell: (change: Change<T>) => void,
): void => {
  const removed = cache.remove(placeOf(last));
  if (removed) tell({ kind: 'deleted', object: last });
};

const placeOf = (object: KubeObject): string => formatKey(keyOf(object));
