/**
 * Indexes of cached objects: by each index's values, the objects that have them.
 */
import type { KubeObject } from '@argosy/kube';

/** Computes the values under which an object is found in an index; none leaves it out. */
export type IndexFunction<T extends KubeObject> = (object: T) => readonly string[];

/** Indexes, by their names. */
export interface ObjectIndexes<T extends KubeObject> {
  /** Adds an index and fills it; one that is there already stays. */
  add(name: string, of: IndexFunction<T>, objects: Iterable<readonly [key: string, object: T]>): void;
  /** Enters an object into every index. */
  enter(key: string, object: T): void;
  /** Takes an object out of every index; it must be the one that was entered. */
  leave(key: string, object: T): void;
  /** Objects with a value, in no particular order. */
  find(name: string, value: string): readonly T[];
}

type Buckets<T> = Map<string, Map<string, T>>;

/** Creates none. */
export const createObjectIndexes = <T extends KubeObject>(): ObjectIndexes<T> => {
  const indexes = new Map<string, { readonly of: IndexFunction<T>; readonly buckets: Buckets<T> }>();
  return {
    add: (name, of, objects) => {
      if (indexes.has(name)) return;
      const buckets: Buckets<T> = new Map();
      indexes.set(name, { of, buckets });
      for (const [key, object] of objects) for (const value of of(object)) putInto(buckets, value, { key, object });
    },
    enter: (key, object) => {
      for (const { of, buckets } of indexes.values())
        for (const value of of(object)) putInto(buckets, value, { key, object });
    },
    leave: (key, object) => {
      for (const { of, buckets } of indexes.values()) for (const value of of(object)) removeFrom(buckets, value, key);
    },
    find: (name, value) => [...(indexes.get(name)?.buckets.get(value)?.values() ?? [])],
  };
};

const putInto = <T>(buckets: Buckets<T>, value: string, of: { readonly key: string; readonly object: T }): void => {
  const bucket = buckets.get(value);
  if (bucket) bucket.set(of.key, of.object);
  else buckets.set(value, new Map([[of.key, of.object]]));
};

const removeFrom = <T>(buckets: Buckets<T>, value: string, key: string): void => {
  const bucket = buckets.get(value);
  bucket?.delete(key);
  if (bucket?.size === 0) buckets.delete(value);
};
