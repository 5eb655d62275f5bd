export { joinPath, normalizePath, type Tree, type TreeEntry } from './tree/tree.ts';
export { createMemoryTree } from './tree/memory-tree.ts';
export { openFolderTree } from './tree/folder-tree.ts';
export { holdInTrees, holdsIn, traceTree, type Look, type TracedTree } from './tree/traced-tree.ts';
export { createGitRunner, withoutCredentials, type GitRunner, type GitRunnerOptions } from './git/command/run-git.ts';
export { withGitAuthor, type GitAuthor } from './git/command/git-author.ts';
export { isSshAddress } from './git/command/git-access.ts';
export { mayShareAccess } from './git/repository-host.ts';
export { openGitTree } from './git/objects/git-tree.ts';
export {
  createRepositories,
  type CommitInfo,
  type Repositories,
  type RepositoriesDeps,
  type RepositoriesOptions,
  type RepositoryOptions,
} from './git/repositories.ts';
export { parseManifests, parseYamlDocuments } from './yaml/parse-manifests.ts';
export { renderDirectory, type DirectoryOptions } from './directory/render-directory.ts';
export { renderJsonnetFile, type JsonnetArgument, type JsonnetSourceOptions } from './directory/render-jsonnet-file.ts';
export { renderHelmChart, renderHelmText, type HelmRender } from './helm/render-helm-chart.ts';
export type { HelmOptions, HelmSet, HelmValues } from './helm/helm-options.ts';
export { createHelmCache, type HelmCache } from './helm/helm-cache.ts';
export type { ChartResolver } from './helm/chart/resolve-dependencies.ts';
export type { LockedDependency } from './helm/chart/chart-lock.ts';
export type { Lookup } from './helm/engine/helm-functions.ts';
export type { SetKind } from './helm/values/parse-set.ts';
export { renderKustomization, type KustomizeOptions, type KustomizeResult } from './kustomize/render-kustomization.ts';
export type { RemoteBase } from './kustomize/build/remote-base.ts';
export type { KustomizeOverrides } from './kustomize/override/override-kustomization.ts';
export { isSameKustomizeImage, mergeKustomizeImage } from './kustomize/override/images.ts';
export {
  mergeKustomizeReplica,
  parseKustomizeReplica,
  toReplicaCount,
  type KustomizeReplica,
} from './kustomize/override/replicas.ts';
export { KUSTOMIZATION_FILES } from './kustomize/build/target.ts';
export type { ResolveRemote } from './kustomize/build/loader.ts';
export type { HelmInflation } from './kustomize/generate/inflate-chart.ts';
export type { HttpPort, HttpRequest, HttpResponse, TlsOptions } from './network/http-port.ts';
export { createHttpPort } from './network/node-http.ts';
export { createFolderBlobStore, createMemoryBlobStore, type BlobStore } from './network/blob-store.ts';
export { ANONYMOUS, withoutSecrets, type GitHubApp, type RepositoryAccess } from './network/repository-access.ts';
export { chooseVersion, isVersionConstraint, satisfiesConstraint } from './chart-repository/choose-version.ts';
export type { ChartRepositories, FoundChart } from './chart-repository/chart-repositories.ts';
export type { ChartRequest } from './chart-repository/chart-request.ts';
export { createNetworkSources, type NetworkSources } from './oci/network-sources.ts';
export type { ArtifactRequest, OciArtifacts } from './oci/oci-artifacts.ts';
export { isOciAddress } from './oci/oci-reference.ts';
export {
  evaluateJsonnet,
  type JsonnetOptions,
  type JsonnetResult,
  type JsonnetVariable,
} from './jsonnet/evaluate-jsonnet.ts';
export type { JsonnetBudget } from './jsonnet/runtime/machine.ts';
export { createRenderPool, type RenderPool, type RenderPoolOptions } from './workers/render-pool.ts';
export { serveJobs, type JobHandler, type WorkerSetup } from './workers/serve-jobs.ts';
export { answeredAtOnce } from './workers/references.ts';
export {
  createRenderCache,
  type CachedRender,
  type RenderAsk,
  type RenderCache,
  type RenderCacheInfo,
  type RenderCacheOptions,
} from './cache/render-cache.ts';
export { createLookIndex, type HeldRender, type LookIndex } from './cache/look-index.ts';
export { createGitLineage, type Lineage, type TreeChange } from './cache/tree-changes.ts';
export { createBlobMemory, rememberBlobs, type BlobMemory } from './cache/remembered-blobs.ts';
export { parsePluginConfig, type PluginConfig, type PluginParameter } from './plugin/plugin-config.ts';
export {
  announcePluginParameters,
  discoversPlugin,
  renderPlugin,
  type PluginCall,
  type PluginDeps,
} from './plugin/render-plugin.ts';
export { runMachineProgram, type RunProgram } from './plugin/run-program.ts';
export type { GivenParameter, PluginInput } from './plugin/plugin-environment.ts';
