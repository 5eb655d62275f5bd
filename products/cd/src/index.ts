export { APP_PROJECT, APP_PROJECTS, type AppProject, type AppProjectSpec } from './api/app-project.ts';
export {
  APPLICATION,
  APPLICATIONS,
  IN_CLUSTER_SERVER,
  type Application,
  type ApplicationOperation,
  type ApplicationOperationState,
  type ApplicationResourceResult,
  type ApplicationResourceStatus,
  type ApplicationSource,
  type ApplicationSpec,
  type ApplicationStatus,
} from './api/application.ts';
export {
  createApplicationLoop,
  type ApplicationDeps,
  type ApplicationLoop,
  type ApplicationOptions,
} from './application/controller.ts';
export { decideApplication, type ApplicationDecision, type ApplicationWorld } from './application/decide.ts';
export type { SourceState } from './application/sources/source-state.ts';
export type { SourcePlugins } from './source/tools/plugin-source.ts';
export { renderCached } from './source/render-cached.ts';
export { createSourceJob, renderOnWorker, SOURCE_JOB, type RenderSource } from './source/render-on-worker.ts';
export { assessHealth } from './health/assess-health.ts';
export type { Health, HealthStatus } from './health/health.ts';
export {
  compareApplication,
  type ApplicationComparison,
  type ComparedResource,
} from './compare/compare-application.ts';
export { compareObject, differingFields, type ObjectComparison } from './compare/compare-object.ts';
export { toManagedResources, type ManagedResource } from './compare/managed-resources.ts';
export { diffApplication, type DiffDeps } from './commands/diff-application.ts';
export { createApplicationRoutes, isSameRepository } from './routes.ts';
export {
  getApplication,
  listApplications,
  rollBackApplication,
  showHistory,
  syncApplication,
  waitForApplication,
  type AppCommandDeps,
  type ExitCode,
} from './commands/app-commands.ts';
export {
  flattenValues,
  parseHelmParameter,
  withFileParameter,
  type HelmFileParameter,
  type HelmParameter,
} from './source/tools/helm-parameters.ts';
