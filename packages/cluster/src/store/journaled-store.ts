/**
 * The store itself: decisions on the newest state, group commit, then publication.
 *
 *   write ─ decide on head ─▶ group commit ─▶ durable: index, history, watchers ─▶ acknowledged
 */
import { Defect, deepFreeze, Failure } from '@argosy/base';
import { formatKey, type KubeObject, type ObjectKey } from '@argosy/kube';

import { createGroupCommit, type PendingWrite } from './group-commit.ts';
import { listAt } from './list-at.ts';
import { createObjectIndex, type ObjectIndex } from './object-index.ts';
import { checkStorable } from './storable.ts';
import type { EarlierChanges, Journal, Store, StoreEvent, StoreWrite } from './store.ts';
import { createWatchHistory, type WatchHistory } from './watch-history.ts';
import { watchHistory } from './watch-stream.ts';

/** What a store starts with. */
export interface JournaledStoreOptions {
  readonly objects?: Iterable<{ readonly resource: string; readonly key: ObjectKey; readonly object: KubeObject }>;
  readonly revision?: number;
  /** Changes kept per resource for resuming watches; default 20,000: minutes of a busy cluster at some MB. */
  readonly historyCapacity?: number;
  /** What is remembered of before; asked at most once for each resource, when somebody wants it. */
  readonly earlier?: (resource: string) => EarlierChanges;
}

/** Creates a store over a journal; without one, writes are published at once. */
export const createJournaledStore = (journal: Journal | undefined, options: JournaledStoreOptions = {}): Store => {
  const index = createObjectIndex();
  for (const { resource, key, object } of options.objects ?? []) index.put(resource, key, deepFreeze(object));
  const start = options.revision ?? 0;
  const capacity = options.historyCapacity ?? 20_000;
  const history = createWatchHistory({ capacity, start, earlier: options.earlier });
  const writer = createWriter({ journal, index, history, start });
  return {
    get revision() {
      return writer.durable;
    },
    get failure() {
      return writer.failure;
    },
    get: (resource, key) => index.get(resource, key),
    list: (resource, { namespace, at } = {}) =>
      at === undefined || at >= writer.durable
        ? { items: index.list(resource, namespace), revision: writer.durable }
        : listAt(index, { resource, namespace, at }, history.since(resource, at)),
    write: writer.write,
    watch: (resource, watch) => watchHistory(history, resource, watch),
    changes: (resource, from) => history.since(resource, from),
    follow: (resource, follower) => history.follow(resource, follower),
    count: (resource) => index.count(resource),
    resources: () => index.resources(),
    close: async () => {
      await writer.close();
      history.close();
      await journal?.close();
    },
  };
};

interface Writer {
  /** Revision of the latest durable write. */
  readonly durable: number;
  readonly failure: Failure | undefined;
  readonly write: Store['write'];
  /** Refuses further writes and waits for those on their way. */
  close(): Promise<void>;
}

/** An object decided but not durable; absent for a removal. */
interface Undurable {
  readonly object: KubeObject | undefined;
  readonly revision: number;
  /** Settles when it is durable, or never will be. */
  readonly written: Promise<KubeObject>;
}

/** Where an object lies. */
interface Address {
  readonly id: string;
  readonly resource: string;
  readonly key: ObjectKey;
}

interface WriterParts {
  readonly journal: Journal | undefined;
  readonly index: ObjectIndex;
  readonly history: WatchHistory;
  readonly start: number;
}

const createWriter = (of: WriterParts): Writer => {
  const head = new Map<string, Undurable>();
  const publication = createPublication(of, head);
  const commits = createGroupCommit(of.journal, publication.publish);
  let next = of.start;
  let closed = false;
  const put = (at: Address, change: Omit<StoreEvent, 'revision'>): Promise<KubeObject> => {
    const { id, resource, key } = at;
    const revision = next + 1;
    const { type, previous } = change;
    const event: StoreEvent = { type, object: deepFreeze(withRevision(change.object, revision)), previous, revision };
    if (type !== 'DELETED') checkStorable(resource, key, event.object);
    next = revision;
    const object = type === 'DELETED' ? undefined : event.object;
    let commit = (): void => undefined;
    const written = new Promise<KubeObject>((resolve, reject) => {
      commit = () =>
        commits.commit({ id, resource, key, revision, object, isNew: type === 'ADDED', event, resolve, reject });
    });
    if (of.journal) head.set(id, { object, revision, written });
    commit();
    return written;
  };
  return {
    get durable() {
      return publication.durable;
    },
    get failure() {
      return commits.failure;
    },
    // The decision is made at once; what is waited for is the disk.
    write: (resource, key, decide) => {
      if (commits.failure) return Promise.reject(commits.failure);
      if (closed) return Promise.reject(new Failure('the store is closed', { code: 'StoreClosed' }));
      const id = idOf(resource, key);
      const pending = head.get(id);
      const current = pending ? pending.object : of.index.get(resource, key);
      try {
        const decided = decide(current);
        if (decided.kind === 'keep') return afterwards(pending, () => decided.object);
        if (decided.kind === 'remove' && !current) throw new Defect(`removal of ${resource} ${formatKey(key)}: absent`);
        return put({ id, resource, key }, changeOf(current, decided));
      } catch (thrown) {
        return afterwards(pending, () => {
          throw thrown;
        });
      }
    },
    close: async () => {
      closed = true;
      await commits.settled();
    },
  };
};

interface Publication {
  /** Revision of the latest write that readers see. */
  readonly durable: number;
  /** Shows writes that are durable: to readers, then to watchers, then to whoever wrote. */
  readonly publish: (batch: readonly PendingWrite[]) => void;
}

const createPublication = ({ index, history, start }: WriterParts, head: Map<string, Undurable>): Publication => {
  let durable = start;
  return {
    get durable() {
      return durable;
    },
    publish: (batch) => {
      for (const { id, resource, key, object, event } of batch) {
        if (object) index.put(resource, key, object);
        else index.remove(resource, key);
        if (head.get(id)?.revision === event.revision) head.delete(id);
        durable = event.revision;
        history.record(resource, event);
      }
      history.announce();
      for (const write of batch) write.resolve(write.event.object);
    },
  };
};

/**
 * An answer about a write that is still on its way is given once readers see that write: what is told is durable, and who
 * reads again after a conflict finds what it conflicts with.
 */
const afterwards = async (pending: Undurable | undefined, answer: () => KubeObject): Promise<KubeObject> => {
  await pending?.written;
  return answer();
};

const changeOf = (previous: KubeObject | undefined, { kind, object }: StoreWrite): Omit<StoreEvent, 'revision'> => {
  const type = kind === 'remove' ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED';
  return { type, object, previous };
};

const idOf = (resource: string, key: ObjectKey): string => `${resource} ${formatKey(key)}`;

const withRevision = (object: KubeObject, revision: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
});
