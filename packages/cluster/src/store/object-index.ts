/**
 * The durable objects in memory, by resource and namespace, listed in the order of their keys.
 */
import { formatKey, type KubeObject, type ObjectKey } from '@argosy/kube';

interface Bucket {
  readonly objects: Map<string, KubeObject>;
  /** Sorted values; dropped at each change and made again by the next list. */
  sorted: readonly KubeObject[] | undefined;
}

/** Objects of all resources. */
export interface ObjectIndex {
  get(resource: string, key: ObjectKey): KubeObject | undefined;
  /** Sorted by namespace and name. */
  list(resource: string, namespace?: string): readonly KubeObject[];
  put(resource: string, key: ObjectKey, object: KubeObject): void;
  remove(resource: string, key: ObjectKey): void;
  count(resource: string): number;
  resources(): readonly string[];
}

/** Objects of one resource. */
interface Shelf {
  readonly all: Bucket;
  readonly byNamespace: Map<string, Bucket>;
}

/** Creates an empty index. */
export const createObjectIndex = (): ObjectIndex => {
  const shelves = new Map<string, Shelf>();
  return {
    get: (resource, key) => shelves.get(resource)?.all.objects.get(formatKey(key)),
    list: (resource, namespace) => {
      const shelf = shelves.get(resource);
      return sortedOf(namespace ? shelf?.byNamespace.get(namespace) : shelf?.all);
    },
    put: (resource, key, object) => {
      const { all, byNamespace } = ensure(shelves, resource, createShelf);
      const place = formatKey(key);
      put(all, place, object);
      if (key.namespace) put(ensure(byNamespace, key.namespace, createBucket), place, object);
    },
    remove: (resource, key) => {
      const { all, byNamespace } = ensure(shelves, resource, createShelf);
      const place = formatKey(key);
      remove(all, place);
      const bucket = key.namespace ? byNamespace.get(key.namespace) : undefined;
      if (bucket) remove(bucket, place);
      if (key.namespace && bucket?.objects.size === 0) byNamespace.delete(key.namespace);
    },
    count: (resource) => shelves.get(resource)?.all.objects.size ?? 0,
    resources: () => [...shelves].filter(([, { all }]) => all.objects.size > 0).map(([resource]) => resource),
  };
};

const createBucket = (): Bucket => ({ objects: new Map(), sorted: undefined });

const createShelf = (): Shelf => ({ all: createBucket(), byNamespace: new Map() });

const put = (bucket: Bucket, place: string, object: KubeObject): void => {
  bucket.objects.set(place, object);
  bucket.sorted = undefined;
};

const remove = (bucket: Bucket, place: string): void => {
  bucket.objects.delete(place);
  bucket.sorted = undefined;
};

/** Orders objects the way lists return them: by namespace, then by name, byte by byte. */
export const compareObjects = (left: KubeObject, right: KubeObject): number =>
  compareText(left.metadata.namespace ?? '', right.metadata.namespace ?? '') ||
  compareText(left.metadata.name ?? '', right.metadata.name ?? '');

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const ensure = <T>(map: Map<string, T>, name: string, create: () => T): T => {
  const known = map.get(name);
  if (known !== undefined) return known;
  const created = create();
  map.set(name, created);
  return created;
};

const sortedOf = (bucket: Bucket | undefined): readonly KubeObject[] => {
  if (!bucket) return [];
  bucket.sorted ??= [...bucket.objects.values()].sort(compareObjects);
  return bucket.sorted;
};
