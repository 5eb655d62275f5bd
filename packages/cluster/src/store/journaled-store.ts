/**
 * The store itself: decisions on the newest state, group commit, then publication.
 *
 *   write ─ decide on head ─▶ group commit ─▶ durable: index, history, watchers ─▶ acknowledged
 */
import { Defect, deepFreeze, fail, Failure, ok, type Result } from '@argosy/base';
import { formatKey, type KubeObject, type ObjectKey } from '@argosy/kube';

import { createGroupCommit, type PendingWrite } from './group-commit.ts';
import { listAt } from './list-at.ts';
import { createObjectIndex, type ObjectIndex } from './object-index.ts';
import { checkStorable } from './storable.ts';
import type { DecideWrite, EarlierChanges, Journal, Store, StoreEvent, StoreWrite } from './store.ts';
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

/** What was decided, on what; `after` is the write it was decided on, when that is not durable yet. */
interface Decided {
  readonly current: KubeObject | undefined;
  readonly outcome: Result<StoreWrite, unknown>;
  readonly after: Promise<KubeObject> | undefined;
}

const createWriter = (of: {
  readonly journal: Journal | undefined;
  readonly index: ObjectIndex;
  readonly history: WatchHistory;
  readonly start: number;
}): Writer => {
  const { index, history } = of;
  const head = new Map<string, Undurable>();
  let durable = of.start;
  let next = of.start;
  let closed = false;
  const publish = (batch: readonly PendingWrite[]): void => {
    for (const { resource, key, object, event } of batch) {
      if (object) index.put(resource, key, object);
      else index.remove(resource, key);
      const id = idOf(resource, key);
      if (head.get(id)?.revision === event.revision) head.delete(id);
      durable = event.revision;
      history.record(resource, event);
    }
    history.announce();
    for (const write of batch) write.resolve(write.event.object);
  };
  const commits = createGroupCommit(of.journal, publish);
  const decideOn = (resource: string, key: ObjectKey, decide: DecideWrite): Decided => {
    const pending = head.get(idOf(resource, key));
    const current = pending ? pending.object : index.get(resource, key);
    try {
      return { current, outcome: ok(decide(current)), after: pending?.written };
    } catch (thrown) {
      return { current, outcome: fail(thrown), after: pending?.written };
    }
  };
  const put = (resource: string, key: ObjectKey, change: Omit<StoreEvent, 'revision'>): Promise<KubeObject> => {
    const revision = next + 1;
    const event: StoreEvent = { ...change, object: deepFreeze(withRevision(change.object, revision)), revision };
    if (event.type !== 'DELETED') checkStorable(resource, key, event.object);
    next = revision;
    const object = event.type === 'DELETED' ? undefined : event.object;
    let commit = (): void => undefined;
    const written = new Promise<KubeObject>((resolve, reject) => {
      commit = () =>
        commits.commit({ resource, key, revision, object, isNew: change.type === 'ADDED', event, resolve, reject });
    });
    if (of.journal) head.set(idOf(resource, key), { object, revision, written });
    commit();
    return written;
  };
  return {
    get durable() {
      return durable;
    },
    get failure() {
      return commits.failure;
    },
    // The decision is made at once; what is waited for is the disk.
    write: async (resource, key, decide) => {
      if (commits.failure) throw commits.failure;
      if (closed) throw new Failure('the store is closed', { code: 'StoreClosed' });
      const { current, outcome, after } = decideOn(resource, key, decide);
      // An answer about a write that is still on its way is given once readers see that write: what is told is durable,
      // and who reads again after a conflict finds what it conflicts with.
      if (!outcome.ok) {
        await after;
        throw outcome.error;
      }
      const decision = outcome.value;
      if (decision.kind === 'keep') {
        await after;
        return decision.object;
      }
      if (decision.kind === 'remove' && !current) throw new Defect(`removal of ${resource} ${formatKey(key)}: absent`);
      const type = decision.kind === 'remove' ? 'DELETED' : current ? 'MODIFIED' : 'ADDED';
      return put(resource, key, { type, object: decision.object, previous: current });
    },
    close: async () => {
      closed = true;
      await commits.settled();
    },
  };
};

const idOf = (resource: string, key: ObjectKey): string => `${resource} ${formatKey(key)}`;

const withRevision = (object: KubeObject, revision: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
});
