export {
  WORKFLOW_KINDS,
  WORKFLOW_TEMPLATES,
  WORKFLOWS,
  type NodePhase,
  type NodeStatus,
  type NodeType,
  type Workflow,
  type WorkflowPhase,
  type WorkflowStatus,
  type WorkflowTaskResult,
  type WorkflowTemplate,
} from './api/kinds.ts';
export type { WorkflowSpec } from './api/template-schema.ts';
export type { Finding } from './compile/rules/finding.ts';
export { openArtifactFolder, type ArtifactStore } from './artifacts/artifact-store.ts';
export {
  createWorkflowSupervisor,
  type WorkflowSupervisorDeps,
  type WorkflowSupervisorOptions,
} from './executor/supervisor.ts';
export type { WorkflowLoop, WorkflowLoopDeps, WorkflowLoopOptions } from './workflow/controller.ts';
export { createWorkflowLoops } from './workflow-loops.ts';
export type { HttpPort, HttpRequest, HttpResponse } from './http/http-port.ts';
export type { WorkflowDecision } from './workflow/decide.ts';
export {
  parametersOfMap,
  readParameters,
  type WorkflowCommandDeps,
  type WorkflowExitCode,
  type WorkflowFilter,
} from './commands/command-deps.ts';
export { waitForWorkflow, watchWorkflow } from './commands/await-workflow.ts';
export {
  changeWorkflows,
  deleteWorkflows,
  resubmitWorkflows,
  retryWorkflows,
  type AgainOptions,
  type Selection,
} from './commands/change-workflows.ts';
export { lintManifests, type LintOptions, type ManifestFile } from './commands/lint-manifests.ts';
export { getWorkflows, listWorkflows, type ListOptions } from './commands/list-workflows.ts';
export type { NodeFilter } from './commands/describe-workflow.ts';
export type { OutputFormat } from './commands/print-objects.ts';
export { showWorkflowLogs, type ShowLogsOptions } from './commands/show-logs.ts';
export { submitFrom, submitWorkflows, type SubmitOptions } from './commands/submit-workflows.ts';
export {
  deleteTemplates,
  getTemplates,
  listTemplates,
  putTemplates,
  type TemplateScope,
} from './commands/template-commands.ts';
export { readReferences } from './operations/on-cluster.ts';
export {
  deleteCronWorkflows,
  getCronWorkflows,
  holdCronWorkflows,
  listCronWorkflows,
  putCronWorkflows,
} from './commands/cron-commands.ts';
export { CRON_WORKFLOWS, type CronWorkflow } from './api/cron-workflow.ts';
export { createWorkflowRoutes, type WorkflowRouteDeps } from './routes.ts';
export { applyChange, type WorkflowChange } from './operations/operate.ts';
export type { RetryOptions, RetryPlan } from './operations/retry-workflow.ts';
