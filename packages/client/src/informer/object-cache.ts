/**
 * The objects of one resource in memory, with indexes. The informer writes, everybody else reads.
 */
import { formatKey, type KubeObject, type ObjectKey } from '@argosy/kube';

import { createObjectIndexes, type IndexFunction } from './object-indexes.ts';

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

/** A lister that can be written to; places are keys as `formatKey` writes them. */
export interface ObjectCache<T extends KubeObject> extends Lister<T> {
  /** The object in a place, or `undefined`. */
  at(place: string): T | undefined;
  /** Puts an object in its place and returns the one it replaces. */
  put(place: string, object: T): T | undefined;
  /** Removes an object and returns it. */
  remove(place: string): T | undefined;
  /** Adds an index and fills it from what is cached. */
  addIndex(name: string, index: IndexFunction<T>): void;
  readonly size: number;
}

/** Creates an empty cache. */
export const createObjectCache = <T extends KubeObject>(): ObjectCache<T> => {
  const objects = new Map<string, T>();
  const indexes = createObjectIndexes<T>();
  const cache: ObjectCache<T> = {
    get: (key) => objects.get(formatKey(key)),
    list: (namespace) => (namespace === undefined ? [...objects.values()] : indexes.find(NAMESPACE_INDEX, namespace)),
    byIndex: (index, value) => indexes.find(index, value),
    at: (place) => objects.get(place),
    put: (place, object) => {
      const previous = objects.get(place);
      if (previous) indexes.leave(place, previous);
      objects.set(place, object);
      indexes.enter(place, object);
      return previous;
    },
    remove: (place) => {
      const previous = objects.get(place);
      if (!previous) return undefined;
      indexes.leave(place, previous);
      objects.delete(place);
      return previous;
    },
    addIndex: (name, of) => indexes.add(name, of, objects),
    get size() {
      return objects.size;
    },
  };
  cache.addIndex(NAMESPACE_INDEX, (object) => (object.metadata.namespace ? [object.metadata.namespace] : []));
  return cache;
};
