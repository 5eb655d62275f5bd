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

/** Creates an empty index. */
export const createObjectIndex = (): ObjectIndex => {
  const all = new Map<string, Bucket>();
  const byNamespace = new Map<string, Bucket>();
  const bucketsOf = (resource: string, key: ObjectKey): readonly Bucket[] => [
    ensureBucket(all, resource),
    ...(key.namespace ? [ensureBucket(byNamespace, scopeOf(resource, key.namespace))] : []),
  ];
  return {
    get: (resource, key) => all.get(resource)?.objects.get(formatKey(key)),
    list: (resource, namespace) =>
      sortedOf(namespace ? byNamespace.get(scopeOf(resource, namespace)) : all.get(resource)),
    put: (resource, key, object) => {
      for (const bucket of bucketsOf(resource, key)) {
        bucket.objects.set(formatKey(key), object);
        bucket.sorted = undefined;
      }
    },
    remove: (resource, key) => {
      for (const bucket of bucketsOf(resource, key)) {
        bucket.objects.delete(formatKey(key));
        bucket.sorted = undefined;
      }
      if (key.namespace && byNamespace.get(scopeOf(resource, key.namespace))?.objects.size === 0)
        byNamespace.delete(scopeOf(resource, key.namespace));
    },
    count: (resource) => all.get(resource)?.objects.size ?? 0,
    resources: () => [...all].filter(([, bucket]) => bucket.objects.size > 0).map(([resource]) => resource),
  };
};

/** Orders objects the way lists return them: by namespace, then by name, byte by byte. */
export const compareObjects = (left: KubeObject, right: KubeObject): number =>
  compareText(left.metadata.namespace ?? '', right.metadata.namespace ?? '') ||
  compareText(left.metadata.name ?? '', right.metadata.name ?? '');

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const scopeOf = (resource: string, namespace: string): string => `${resource} ${namespace}`;

const ensureBucket = (buckets: Map<string, Bucket>, name: string): Bucket => {
  const known = buckets.get(name);
  if (known) return known;
  const created: Bucket = { objects: new Map(), sorted: undefined };
  buckets.set(name, created);
  return created;
};

const sortedOf = (bucket: Bucket | undefined): readonly KubeObject[] => {
  if (!bucket) return [];
  bucket.sorted ??= [...bucket.objects.values()].sort(compareObjects);
  return bucket.sorted;
};
