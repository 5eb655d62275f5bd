/**
 * Where the API server keeps objects. One global revision counts every write; readers and watchers see an object only
 * once its write is durable. Two implementations share everything but the journal: memory and LMDB.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/storage/interfaces.go#Interface
 */
import type { Failure } from '@argosy/base';
import type { KubeObject, ObjectKey } from '@argosy/kube';

/** What a write does, decided from the latest state of the object. */
export type StoreWrite =
  | { readonly kind: 'put'; readonly object: KubeObject }
  /** Removes; watchers receive `object` with the revision of the removal. */
  | { readonly kind: 'remove'; readonly object: KubeObject }
  /** Leaves everything as it is, without a new revision. */
  | { readonly kind: 'keep'; readonly object: KubeObject };

/** Decides a write. `current` includes writes that are not durable yet. Throwing refuses the write. */
export type DecideWrite = (current: KubeObject | undefined) => StoreWrite;

/** A durable change, in order of revision. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The object after the change; for DELETED its last state with the revision of the removal. */
  readonly object: KubeObject;
  /** The object before the change. */
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

/** Objects of one resource at one revision, sorted by namespace and name. */
export interface StoreList {
  readonly items: readonly KubeObject[];
  readonly revision: number;
}

/** Which changes to watch. */
export interface StoreWatchOptions {
  readonly namespace?: string;
  /** Deliver changes after this revision. */
  readonly from: number;
  readonly signal?: AbortSignal;
}

/** Who follows a resource. */
export interface StoreFollower {
  /** Durable changes in order, as many as became durable at once, before those who wrote them are told. */
  readonly onChanges: (changes: readonly StoreEvent[]) => void;
  /** The store closes. */
  readonly onEnd: () => void;
}

/** Keeps objects. A resource is named `group/plural`; all versions of a kind share it. Objects are frozen. */
export interface Store {
  /** The revision of the latest durable write; never goes back, not even over restarts. */
  readonly revision: number;
  /** Why it can write no more, once that is so; what is there is still read. */
  readonly failure: Failure | undefined;
  /** The durable object, if any. */
  get(resource: string, key: ObjectKey): KubeObject | undefined;
  /**
   * Lists durable objects. With `at`, as they were at that revision; throws Expired (410) when the history no longer
   * reaches that far.
   */
  list(resource: string, options?: { readonly namespace?: string; readonly at?: number }): StoreList;
  /**
   * Decides and writes; resolves with the object as written (its resourceVersion set) once it is durable. Writes of one
   * object are decided one after the other, each on the result of the one before.
   */
  write(resource: string, key: ObjectKey, decide: DecideWrite): Promise<KubeObject>;
  /**
   * Streams durable changes in order, as many at once as there are, until the signal aborts or the store closes. Throws
   * Expired (410).
   */
  watch(resource: string, options: StoreWatchOptions): AsyncIterable<readonly StoreEvent[]>;
  /** Durable changes after a revision, as far as they are remembered. Throws Expired (410). */
  changes(resource: string, from: number): readonly StoreEvent[];
  /** Calls back with every change of a resource from now on, until what it returns is called. */
  follow(resource: string, follower: StoreFollower): () => void;
  /** Number of durable objects of a resource. */
  count(resource: string): number;
  /** Names of the resources that hold objects. */
  resources(): readonly string[];
  /** Waits for pending writes, ends watches, frees the folder. */
  close(): Promise<void>;
}

/** One line of the journal. An absent object is a removal. */
export interface JournalEntry {
  readonly resource: string;
  readonly key: ObjectKey;
  readonly revision: number;
  readonly object: KubeObject | undefined;
  /** Nothing was there before. */
  readonly isNew: boolean;
}

/** Changes of one resource that were made before the store was opened. */
export interface EarlierChanges {
  /** In order of revision. */
  readonly changes: readonly StoreEvent[];
  /** All changes after this revision are there. */
  readonly after: number;
}

/** Makes batches of writes durable, all or nothing, in order. */
export interface Journal {
  /** Resolves when the batch is on disk. A rejection is final: the store then refuses every further write. */
  append(batch: readonly JournalEntry[]): Promise<void>;
  close(): Promise<void>;
}
