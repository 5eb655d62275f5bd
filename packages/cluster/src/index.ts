export { createMemoryStore } from './store/memory-store.ts';
export { openLmdbStore, type LmdbStoreOptions } from './store/lmdb-store.ts';
export { createBuiltinLoops, type BuiltinLoopOptions } from './loops/builtin-loops.ts';
export type { LoopDeps } from './loops/loop-deps.ts';
export type {
  DecideWrite,
  Journal,
  JournalEntry,
  Store,
  StoreEvent,
  StoreList,
  StoreWatchOptions,
  StoreWrite,
} from './store/store.ts';
export { createApiServer, type ApiServer, type ApiServerOptions } from './api/api-server.ts';
export type { CompiledRules, ValidationRules } from './kinds/validation-rules.ts';
export type { ApiServerDeps } from './api/api-context.ts';
export type { PodAccess } from './kubelet/pod-runtime.ts';
export { KUBERNETES_VERSION } from './api/http/discovery.ts';
export { createPki, ensurePki, type CertificateAuthority, type Pki } from './pki/ensure-pki.ts';
export { createCertificateSigner, type SignCertificate } from './pki/sign-certificate.ts';
export { writeKubeconfig } from './pki/kubeconfig.ts';
export type { KubeServer, KubeServerOptions, KubeServerSecurity } from './api/http/kube-server.ts';
export {
  createProcessRuntime,
  type ProcessRuntimeDeps,
  type ProcessRuntimeOptions,
} from './kubelet/runtimes/process/process-runtime.ts';
export {
  createDockerRuntime,
  type DockerRuntimeDeps,
  type DockerRuntimeOptions,
} from './kubelet/runtimes/docker/docker-runtime.ts';
export { findDockerEngine, type FoundEngine } from './kubelet/runtimes/docker/find-engine.ts';
export { createKubelet, type Kubelet, type KubeletOptions } from './kubelet/kubelet.ts';
export type { KubeletDeps } from './kubelet/worker/kubelet-deps.ts';
export type {
  ContainerContext,
  ContainerLaunch,
  ContainerOutcome,
  ExecRequest,
  PodRuntime,
  PodSupervisor,
  ProcessStreams,
  RunningContainer,
} from './kubelet/pod-runtime.ts';
export {
  createSimulatedRuntime,
  type SimulatedRuntimeOptions,
} from './kubelet/runtimes/simulated/simulated-runtime.ts';
export { createGateway, type Gateway, type GatewayAddresses } from './gateway/gateway.ts';
export type { GatewayDeps, GatewayOptions } from './gateway/gateway-deps.ts';
export {
  createServiceNetwork,
  type ServiceNetwork,
  type ServiceNetworkDeps,
  type ServiceNetworkOptions,
} from './gateway/service-network/service-network.ts';
export type { ApiServerEntry, NetworkStatus, PodNetworkAccess } from './kubelet/pod-network-access.ts';
export { API_SERVER_NAMES } from './loops/api-service/decide.ts';
export type { ContainerMeasurement, PodMeasurement, PodMetrics } from './kubelet/metrics/pod-metrics.ts';
