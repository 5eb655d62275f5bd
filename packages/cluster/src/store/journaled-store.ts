/**
 * The store itself: decisions on the newest state, group commit, then publication. While one batch is being made
 * durable the next one gathers, so that a disk flush is shared by all writes that arrived during the flush before.
 *
 *   write ─ decide on head ─▶ gathering ─ flush ─▶ durable: index, history, watchers ─▶ acknowledged
 */
import { Defect, deepFreeze, fail, Failure, messageOf, ok, type Result } from '@argosy/base';
import { formatKey, keyOf, type KubeObject, type ObjectKey } from '@argosy/kube';

import { compareObjects, createObjectIndex, type ObjectIndex } from './object-index.ts';
import type { DecideWrite, Journal, JournalEntry, Store, StoreEvent, StoreList, StoreWrite } from './store.ts';
import { createWatchHistory } from './watch-history.ts';

/** What a store starts with. */
export interface JournaledStoreOptions {
  readonly objects?: Iterable<{ readonly resource: string; readonly key: ObjectKey; readonly object: KubeObject }>;
  readonly revision?: number;
  /** Changes kept per resource for resuming watches; default 20,000: minutes of a busy cluster at some MB. */
  readonly historyCapacity?: number;
}

interface PendingWrite extends JournalEntry {
  readonly event: StoreEvent;
  readonly resolve: (object: KubeObject) => void;
  readonly reject: (thrown: unknown) => void;
}

/** An object decided but not durable. */
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

interface Put {
  readonly resource: string;
  readonly key: ObjectKey;
  readonly current: KubeObject | undefined;
  readonly decision: Exclude<StoreWrite, { readonly kind: 'keep' }>;
}

const settleAfter = async (
  after: Promise<KubeObject> | undefined,
  settle: () => Promise<KubeObject>,
): Promise<KubeObject> => {
  await after;
  return settle();
};

/** Creates a store over a journal; without one, writes are published at once. */
export const createJournaledStore = (journal: Journal | undefined, options: JournaledStoreOptions = {}): Store => {
  const index = createObjectIndex();
  let durable = options.revision ?? 0;
  for (const { resource, key, object } of options.objects ?? []) index.put(resource, key, deepFreeze(object));
  const history = createWatchHistory({ capacity: options.historyCapacity ?? 20_000, start: durable });
  /** Objects decided but not durable; `undefined` is a removal. */
  const head = new Map<string, Undurable>();
  let next = durable;
  let gathering: PendingWrite[] = [];
  let flushing: Promise<void> | undefined;
  let broken: Failure | undefined;
  let closed = false;

  const publish = (write: PendingWrite): void => {
    if (write.object) index.put(write.resource, write.key, write.object);
    else index.remove(write.resource, write.key);
    const id = idOf(write.resource, write.key);
    if (head.get(id)?.revision === write.revision) head.delete(id);
    durable = write.revision;
    history.record(write.resource, write.event);
    write.resolve(write.event.object);
  };
  const flush = async (to: Journal): Promise<void> => {
    // Everything that arrives in this turn of the event loop joins the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (gathering.length > 0) {
      const batch = gathering;
      gathering = [];
      try {
        await to.append(batch);
      } catch (thrown) {
        broken = new Failure(`the store cannot write: ${messageOf(thrown)}`, { code: 'StoreFailed', cause: thrown });
        for (const write of [...batch, ...gathering]) write.reject(broken);
        gathering = [];
        return;
      }
      for (const write of batch) publish(write);
    }
    // At once and not in a later turn: a write that arrives in between must start the next flush.
    flushing = undefined;
  };
  const commit = (write: PendingWrite): void => {
    if (!journal) return publish(write);
    gathering.push(write);
    flushing ??= flush(journal);
  };
  const decideOn = (resource: string, key: ObjectKey, decide: DecideWrite): Decided => {
    const pending = head.get(idOf(resource, key));
    const current = pending ? pending.object : index.get(resource, key);
    try {
      return { current, outcome: ok(decide(current)), after: pending?.written };
    } catch (thrown) {
      return { current, outcome: fail(thrown), after: pending?.written };
    }
  };
  /** Decides, and hands what is to be written to `put`; it alone waits for the disk. */
  const begin = (resource: string, key: ObjectKey, decide: DecideWrite): Promise<KubeObject> => {
    if (broken) throw broken;
    if (closed) throw new Failure('the store is closed', { code: 'StoreClosed' });
    const { current, outcome, after } = decideOn(resource, key, decide);
    // An answer about a write that is still on its way is given once readers see that write: what is told is durable,
    // and who reads again after a conflict finds what it conflicts with.
    if (!outcome.ok) return settleAfter(after, () => Promise.reject(outcome.error as Error));
    const decision = outcome.value;
    if (decision.kind === 'keep') return settleAfter(after, () => Promise.resolve(decision.object));
    if (decision.kind === 'remove' && !current) throw new Defect(`removal of ${resource} ${formatKey(key)}: absent`);
    return put({ resource, key, current, decision });
  };
  const put = ({ resource, key, current, decision }: Put): Promise<KubeObject> => {
    const revision = ++next;
    const object = deepFreeze(withRevision(decision.object, revision));
    const stored = decision.kind === 'put' ? object : undefined;
    const type = decision.kind === 'remove' ? 'DELETED' : current ? 'MODIFIED' : 'ADDED';
    const event: StoreEvent = { type, object, previous: current, revision };
    let commitIt = (): void => undefined;
    const written = new Promise<KubeObject>((resolve, reject) => {
      commitIt = () => commit({ resource, key, revision, object: stored, event, resolve, reject });
    });
    if (journal) head.set(idOf(resource, key), { object: stored, revision, written });
    commitIt();
    return written;
  };
  const write = async (resource: string, key: ObjectKey, decide: DecideWrite): Promise<KubeObject> =>
    begin(resource, key, decide);

  return {
    get revision() {
      return durable;
    },
    get: (resource, key) => index.get(resource, key),
    list: (resource, { namespace, at } = {}) =>
      at === undefined || at >= durable
        ? { items: index.list(resource, namespace), revision: durable }
        : listAt(index, { resource, namespace, at }, history.since(resource, at)),
    write,
    watch: (resource, watch) => history.follow(resource, watch),
    count: (resource) => index.count(resource),
    resources: () => index.resources(),
    close: async () => {
      closed = true;
      await flushing;
      history.close();
      await journal?.close();
    },
  };
};

const idOf = (resource: string, key: ObjectKey): string => `${resource} ${formatKey(key)}`;

const withRevision = (object: KubeObject, revision: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
});

/** Takes back the changes since a revision, newest first. */
const listAt = (
  index: ObjectIndex,
  of: { readonly resource: string; readonly namespace: string | undefined; readonly at: number },
  changes: readonly StoreEvent[],
): StoreList => {
  const objects = new Map(index.list(of.resource, of.namespace).map((object) => [formatKey(keyOf(object)), object]));
  for (const change of changes.toReversed()) {
    if (of.namespace !== undefined && change.object.metadata.namespace !== of.namespace) continue;
    const key = formatKey(keyOf(change.object));
    if (change.previous) objects.set(key, change.previous);
    else objects.delete(key);
  }
  return { items: [...objects.values()].sort(compareObjects), revision: of.at };
};
