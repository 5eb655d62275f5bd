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
export { createObjectCache, type Lister, type ObjectCache } from './informer/object-cache.ts';
export type { IndexFunction } from './informer/object-indexes.ts';
export { createHttpClient, type HttpClient } from './http/http-client.ts';
export {
  fixedCredentials,
  type ClusterAccess,
  type Credentials,
  type CredentialSource,
  type Impersonation,
} from './http/cluster-access.ts';
export { isInCluster, readInCluster, type InClusterDeps } from './http/in-cluster.ts';
export { readKubeconfig, type KubeconfigDeps } from './http/kubeconfig.ts';
export type { ExecPorts } from './http/exec-credentials.ts';
export { runSystemCommand, type CommandCall, type CommandOutcome, type RunCommand } from './http/run-command.ts';
