/**
 * The port through which everything talks to a cluster. Two transports implement it: in-process (the embedded API
 * server, frozen objects straight from memory) and HTTP (any conformant cluster).
 */
import type { Json } from '@argosy/base';
import type { KubeList, KubeObject, LabelSelector, ObjectKey, ResourceType, ScalePaths } from '@argosy/kube';

/** Which objects of a resource. An absent namespace means all namespaces. */
export interface ListOptions {
  readonly namespace?: string;
  /** Selector text (`app=web,tier!=db`) or its object form. */
  readonly labelSelector?: string | LabelSelector;
  /** Selector text, e.g. `metadata.name=web`. */
  readonly fieldSelector?: string;
  /** Page size; without it everything comes at once. */
  readonly limit?: number;
  readonly continue?: string;
}

/** A change to an object, or news of the watch itself. */
export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Everything up to this version has been delivered. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** Where a watch starts and when it ends. */
export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  /** Deliver changes after this version. Without it the watch begins with an ADDED for each existing object. */
  readonly resourceVersion?: string;
  /** Ends the watch; the iterator then returns. */
  readonly signal?: AbortSignal;
}

/** Options of a write. */
export interface WriteOptions {
  readonly fieldManager?: string;
  /** The client of the API that writes, which owns what it writes when it names no manager; may be empty. Absent for programs of the server's own. */
  readonly program?: string;
  /** Validate and admit, but store nothing. */
  readonly dryRun?: boolean;
  readonly subresource?: 'status' | 'scale' | 'ephemeralcontainers' | 'approval' | 'binding' | 'finalize';
  /** How unknown and duplicate fields are treated; default Ignore, as for programs. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** Fields the object's text had twice; refused under Strict. */
  readonly duplicateFields?: readonly string[];
  /** Hears sentences of the server that refuse nothing. */
  readonly onWarning?: (text: string) => void;
  /** Called when what was written was not there before: an apply makes what it does not find. */
  readonly onCreated?: () => void;
}

/** A change to an object, in one of the four forms of the API. */
export type Patch =
  | { readonly kind: 'json'; readonly operations: readonly Readonly<Record<string, unknown>>[] }
  | { readonly kind: 'merge'; readonly patch: Json | object }
  | { readonly kind: 'strategic'; readonly patch: Json | object }
  /** Server-side apply: the object as this manager wants it. `force` takes fields other managers own. */
  | { readonly kind: 'apply'; readonly object: object; readonly force?: boolean };

/** How to delete. */
export interface DeleteOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
  /** Hears sentences of the server that refuse nothing. */
  readonly onWarning?: (text: string) => void;
}

/** Reads objects. What it returns is frozen. Every method throws `ApiStatusError` for answers of the API. */
export interface Reader {
  /** Gets one object; throws NotFound. */
  get<T extends KubeObject>(resource: ResourceType<T>, key: ObjectKey): Promise<T>;
  /** Lists objects at one version. */
  list<T extends KubeObject>(resource: ResourceType<T>, options?: ListOptions): Promise<KubeList<T>>;
  /**
   * Streams changes in order until the signal aborts. Throws Expired (410) when the version is too old: list again.
   * A transport failure is thrown as a retryable Failure.
   */
  watch<T extends KubeObject>(resource: ResourceType<T>, options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
}

/** Changes objects. */
export interface Writer {
  /** Creates; throws AlreadyExists, Invalid, Forbidden. `metadata.generateName` is completed by the server. */
  create<T extends KubeObject>(resource: ResourceType<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Replaces; with `metadata.resourceVersion` set, throws Conflict if the object has changed since. */
  update<T extends KubeObject>(resource: ResourceType<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Patches one object. */
  patch<T extends KubeObject>(
    resource: ResourceType<T>,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<T>;
  /** Deletes; throws NotFound, and Conflict when a precondition does not hold. Finalizers may delay the end. */
  delete(resource: ResourceType, key: ObjectKey, options?: DeleteOptions): Promise<void>;
}

/** How much of a log to read. */
export interface LogOptions {
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly tailLines?: number;
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
}

/** A resource the cluster serves, as discovery tells. */
export interface ServedResource extends ResourceType {
  readonly singular: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Whether this is the version its group prefers. */
  readonly preferred: boolean;
  /** Where its objects keep what their scale says; clusters elsewhere do not tell. */
  readonly scale?: ScalePaths;
  /**
   * A version under which objects are shown as they are stored, whatever that is: for programs that care for metadata
   * alone, and must not depend on who converts. Clusters elsewhere have none.
   */
  readonly unconverted?: string;
}

/** Asks a cluster what it serves. */
export interface Discovery {
  /** Every resource in every served version, without subresources. */
  servedResources(): Promise<readonly ServedResource[]>;
}

/** A client for one cluster. */
export interface Client extends Reader, Writer, Discovery {
  /** Streams a container's log as chunks of bytes. Throws NotFound, BadRequest. */
  logs(pod: ObjectKey, options?: LogOptions): AsyncIterable<Uint8Array>;
}
