/**
 * Keeps a copy of a resource up to date: list, then watch, and again whenever the watch is lost. Handlers see each
 * object's changes in order; after a relist they see the difference, so nothing is missed and nothing told twice.
 * @upstream kubernetes client-go tools/cache/reflector.go#Reflector.ListAndWatch
 */
import { delay, deepFreeze, messageOf, onAbort, type Clock, type Logger, type Random } from '@argosy/base';
import { formatKey, isApiError, keyOf, type KubeObject, type LabelSelector, type ResourceType } from '@argosy/kube';

import { createObjectCache, type IndexFunction, type Lister, type ObjectCache } from './object-cache.ts';
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

/** Waits between attempts after failures: 0.2 s doubling to 30 s, so that a restarting server is met soon and not hammered. */
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 30_000;

/** Creates an informer; nothing happens before `run`. */
export const createInformer = <T extends KubeObject>(deps: InformerDeps, options: InformerOptions<T>): Informer<T> => {
  const cache = createObjectCache<T>();
  for (const [name, index] of Object.entries(options.indexes ?? {})) cache.addIndex(name, index);
  const handlers = new Set<(change: Change<T>) => void>();
  const log = deps.log.with({ informer: options.resource.resource });
  let seen = 0n;
  const waiters = new Set<{ readonly version: bigint; readonly resolve: () => void }>();
  let markSynced: () => void = () => undefined;
  const synced = new Promise<void>((resolve) => (markSynced = resolve));

  const tell = (change: Change<T>): void => {
    for (const handler of handlers) {
      try {
        handler(change);
      } catch (thrown) {
        log.error('a change handler threw', { error: messageOf(thrown) });
      }
    }
  };
  const progress = (resourceVersion: string | undefined): void => {
    const version = toVersion(resourceVersion);
    if (version === undefined || version <= seen) return;
    seen = version;
    for (const waiter of waiters) {
      if (waiter.version <= seen) waiter.resolve();
    }
  };
  const hasSeen = (resourceVersion: string | undefined): boolean => (toVersion(resourceVersion) ?? 0n) <= seen;
  const whenSeen = (resourceVersion: string | undefined, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted || hasSeen(resourceVersion)) return resolve();
      const finish = (): void => {
        waiters.delete(waiter);
        stopListening();
        resolve();
      };
      const waiter = { version: toVersion(resourceVersion) ?? 0n, resolve: finish };
      waiters.add(waiter);
      const stopListening = onAbort(signal, finish);
    });
  const scope = selection(options);

  const relist = async (): Promise<string> => {
    const list = await deps.client.list(options.resource, scope);
    replaceAll(cache, list.items, tell);
    progress(list.metadata.resourceVersion);
    markSynced();
    return list.metadata.resourceVersion ?? '';
  };
  const follow = async (from: string, signal: AbortSignal, onProgress: (version: string) => void): Promise<void> => {
    for await (const event of deps.client.watch(options.resource, { ...scope, resourceVersion: from, signal })) {
      const version = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
      applyEvent(cache, event, tell);
      progress(version);
      if (version) onProgress(version);
    }
  };

  const resync = async (everyMs: number, signal: AbortSignal): Promise<void> => {
    await synced;
    while (!signal.aborted) {
      await delay(deps.clock, everyMs, signal);
      if (signal.aborted) return;
      for (const object of cache.list()) tell({ kind: 'updated', object, previous: object });
    }
  };

  return {
    ...cache,
    resource: options.resource,
    synced,
    hasSeen,
    whenSeen,
    onChange: (handler) => {
      for (const object of cache.list()) handler({ kind: 'added', object });
      handlers.add(handler);
      return { [Symbol.dispose]: () => handlers.delete(handler) };
    },
    run: async (signal) => {
      if (options.resyncMs !== undefined) void resync(options.resyncMs, signal);
      let version: string | undefined;
      let failures = 0;
      while (!signal.aborted) {
        try {
          version ??= await relist();
          await follow(version, signal, (next) => {
            version = next;
            failures = 0;
          });
        } catch (thrown) {
          if (signal.aborted) return;
          if (isApiError(thrown, 'Expired', 'Gone')) {
            version = undefined;
            continue;
          }
          failures += 1;
          log.warn('watch interrupted', { error: messageOf(thrown), failures });
          await delay(deps.clock, retryDelay(failures, deps.random), signal);
          continue;
        }
        // A server may end a watch politely; a short pause keeps a broken one from spinning us.
        if (!signal.aborted) await delay(deps.clock, FIRST_RETRY_MS * deps.random.next(), signal);
      }
    },
  };
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
  const present = new Set(items.map((object) => formatKey(keyOf(object))));
  for (const object of cache.list()) {
    if (!present.has(formatKey(keyOf(object)))) removeObject(cache, object, tell);
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
  const previous = cache.get(keyOf(object));
  if (previous && previous.metadata.resourceVersion === object.metadata.resourceVersion) return;
  // Deleted and created again between two lists: handlers that key by uid must see the end of the first.
  if (previous && previous.metadata.uid !== object.metadata.uid) removeObject(cache, previous, tell);
  const replaced = cache.put(object);
  tell(replaced ? { kind: 'updated', object, previous: replaced } : { kind: 'added', object });
};

const removeObject = <T extends KubeObject>(
  cache: ObjectCache<T>,
  last: T,
  tell: (change: Change<T>) => void,
): void => {
  const removed = cache.remove(keyOf(last));
  if (removed) tell({ kind: 'deleted', object: last });
};

const toVersion = (resourceVersion: string | undefined): bigint | undefined =>
  resourceVersion !== undefined && /^\d{1,30}$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;

const retryDelay = (failures: number, random: Random): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10)) * (0.75 + random.next() / 2);
