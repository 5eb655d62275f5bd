export type {
  Client,
  DeleteOptions,
  Discovery,
  ListOptions,
  LogOptions,
  Patch,
  Reader,
  ServedResource,
  WatchEvent,
  WatchOptions,
  WriteOptions,
  Writer,
} from './client.ts';
export {
  createInformer,
  type Change,
  type Informer,
  type InformerDeps,
  type InformerOptions,
} from './informer/informer.ts';
export { createInformerSet, type InformerSet } from './informer/informer-set.ts';
export { createObjectCache, type IndexFunction, type Lister, type ObjectCache } from './informer/object-cache.ts';
export { createHttpClient, type HttpClient } from './http/http-client.ts';
export { readKubeconfig, type ClusterAccess } from './http/kubeconfig.ts';
