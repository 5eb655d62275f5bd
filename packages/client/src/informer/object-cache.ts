/**
 * The objects of one resource in memory, with indexes. The informer writes, everybody else reads.
 */
import { formatKey, keyOf, type KubeObject, type ObjectKey } from '@argosy/kube';

/** Computes the values under which an object is found in an index; none leaves it out. */
export type IndexFunction<T extends KubeObject> = (object: T) => readonly string[];

/** Reads cached objects. They are frozen and may be older than the cluster's by the delay of a watch. */
export interface Lister<T extends KubeObject> {
  /** One object, or `undefined`. */
  get(key: ObjectKey): T | undefined;
  /** All objects, or those of one namespace, in no particular order. */
  list(namespace?: string): readonly T[];
  /** Objects with this value in an index declared for the informer. */
  byIndex(index: string, value: string): readonly T[];
}

/** Name of the index every cache has. */
const NAMESPACE_INDEX = 'namespace';

/** A lister that can be written to. */
export interface ObjectCache<T extends KubeObject> extends Lister<T> {
  /** Puts an object and returns the one it replaces. */
  put(object: T): T | undefined;
  /** Removes an object and returns it. */
  remove(key: ObjectKey): T | undefined;
  /** Adds an index and fills it from what is cached. */
  addIndex(name: string, index: IndexFunction<T>): void;
  readonly size: number;
}

/** Creates an empty cache. */
export const createObjectCache = <T extends KubeObject>(): ObjectCache<T> => {
  const objects = new Map<string, T>();
  const indexes = new Map<string, { readonly of: IndexFunction<T>; readonly buckets: Map<string, Map<string, T>> }>();

  const enter = (key: string, object: T): void => {
    for (const { of, buckets } of indexes.values()) {
      for (const value of of(object)) {
        const bucket = buckets.get(value) ?? new Map<string, T>();
        bucket.set(key, object);
        buckets.set(value, bucket);
      }
    }
  };
  const leave = (key: string, object: T): void => {
    for (const { of, buckets } of indexes.values()) {
      for (const value of of(object)) {
        const bucket = buckets.get(value);
        bucket?.delete(key);
        if (bucket?.size === 0) buckets.delete(value);
      }
    }
  };
  const byIndex = (index: string, value: string): readonly T[] => [
    ...(indexes.get(index)?.buckets.get(value)?.values() ?? []),
  ];

  const cache: ObjectCache<T> = {
    get: (key) => objects.get(formatKey(key)),
    list: (namespace) => (namespace === undefined ? [...objects.values()] : byIndex(NAMESPACE_INDEX, namespace)),
    byIndex,
    put: (object) => {
      const key = formatKey(keyOf(object));
      const previous = objects.get(key);
      if (previous) leave(key, previous);
      objects.set(key, object);
      enter(key, object);
      return previous;
    },
    remove: (objectKey) => {
      const key = formatKey(objectKey);
      const previous = objects.get(key);
      if (!previous) return undefined;
      leave(key, previous);
      objects.delete(key);
      return previous;
    },
    addIndex: (name, of) => {
      if (indexes.has(name)) return;
      const added = { of, buckets: new Map<string, Map<string, T>>() };
      indexes.set(name, added);
      for (const [key, object] of objects) {
        for (const value of of(object))
          added.buckets.set(value, (added.buckets.get(value) ?? new Map<string, T>()).set(key, object));
      }
    },
    get size() {
      return objects.size;
    },
  };
  cache.addIndex(NAMESPACE_INDEX, (object) => (object.metadata.namespace ? [object.metadata.namespace] : []));
  return cache;
};
