/**
 * `submit`: workflows of files, or of a template on the cluster. @spec WF-CLI-01, WF-OPS-01, WF-OPS-02
 */
import { Failure, toTimestamp } from '@argosy/base';
import { isApiError, type KubeObject } from '@argosy/kube';

import type { Workflow } from '../api/kinds.ts';
import { ANNOTATION_SCHEDULED_TIME } from '../api/labels.ts';
import type { Parameter } from '../api/template-schema.ts';
import { createWorkflow } from '../operations/on-cluster.ts';
import { fromObject, readTemplateReference, withSubmitOptions } from '../operations/submit-workflow.ts';
import { waitForWorkflow, watchWorkflow } from './await-workflow.ts';
import { findWorkflow, type WorkflowCommandDeps, type WorkflowExitCode } from './command-deps.ts';
import { printWorkflow } from './list-workflows.ts';
import type { OutputFormat } from './print-objects.ts';
import { showWorkflowLogs } from './show-logs.ts';

/** What happens after a workflow was created. */
export interface FollowOptions {
  readonly wait: boolean;
  readonly watch?: boolean;
  readonly log?: boolean;
  readonly output: OutputFormat;
  readonly timeoutSeconds: number;
  /** Written before each picture of a watch. */
  readonly clear?: string;
}

/** What the submitter adds. */
export interface SubmitOptions extends FollowOptions {
  readonly name?: string;
  readonly generateName?: string;
  readonly entrypoint?: string;
  readonly parameters: readonly Parameter[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly priority?: number;
  /** RFC 3339; what `workflow.scheduledTime` says. */
  readonly scheduledTime?: string;
  /** Prints what would be created. */
  readonly dryRun?: boolean;
  /** Lets the server judge and complete it, without storing. */
  readonly serverDryRun?: boolean;
}

/** Submits the workflows of a manifest; with `wait`, 1 if one does not succeed. Throws Failure for wrong input. */
export const submitWorkflows = async (
  deps: WorkflowCommandDeps,
  objects: readonly KubeObject[],
  options: SubmitOptions,
): Promise<WorkflowExitCode> => {
  const workflows = objects.filter((object): object is Workflow => object.kind === 'Workflow');
  if (workflows.length === 0)
    throw new Failure('the file has no object of kind Workflow; submit a template with --from', {
      code: 'NothingToSubmit',
    });
  let code: WorkflowExitCode = 0;
  for (const workflow of workflows) if ((await submitOne(deps, workflow, options)) !== 0) code = 1;
  return code;
};

/** Submits from `workflowtemplate/x`, `clusterworkflowtemplate/x` or `cronworkflow/x`, which must be there. */
export const submitFrom = async (
  deps: WorkflowCommandDeps,
  reference: string,
  options: SubmitOptions,
): Promise<WorkflowExitCode> => {
  const read = readTemplateReference(reference);
  if (!read.ok) throw new Failure(`--from ${read.error}`, { code: 'InvalidReference' });
  const { resource, name } = read.value;
  const key = resource.namespaced ? { namespace: deps.namespace, name } : { name };
  const object = await deps.client.get(resource, key).catch((thrown: unknown) => {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    throw new Failure(`${resource.resource} "${name}" not found`, { code: 'NotFound', cause: thrown });
  });
  return submitOne(deps, fromObject(object, toTimestamp(deps.clock.now())), options);
};

/** Waits, watches or prints the logs of a workflow that was just created, as asked. */
export const followCreated = async (
  deps: WorkflowCommandDeps,
  created: Workflow,
  options: FollowOptions,
): Promise<WorkflowExitCode> => {
  const name = created.metadata.name ?? '';
  const place = { ...deps, namespace: created.metadata.namespace ?? deps.namespace };
  if (options.watch === true) return watchWorkflow(place, name, { ...options, clear: options.clear ?? '' });
  printWorkflow(place, created, { output: options.output });
  if (options.log === true) {
    await showWorkflowLogs(place, name, { follow: true });
    return (await findWorkflow(place, name)).status?.phase === 'Succeeded' ? 0 : 1;
  }
  return options.wait ? waitForWorkflow(place, name, options.timeoutSeconds) : 0;
};

const submitOne = async (
  deps: WorkflowCommandDeps,
  workflow: Workflow,
  options: SubmitOptions,
): Promise<WorkflowExitCode> => {
  const prepared = prepare(workflow, deps.namespace, options);
  if (options.dryRun === true) {
    printWorkflow(deps, prepared, { output: options.output === '' ? 'yaml' : options.output });
    return 0;
  }
  const created = await createWorkflow(deps.client, prepared, { dryRun: options.serverDryRun === true });
  if (!created.ok)
    throw new Failure(`${prepared.metadata.name ?? prepared.metadata.generateName ?? 'workflow'}: ${created.error}`, {
      code: 'InvalidWorkflow',
    });
  if (options.serverDryRun === true) {
    printWorkflow(deps, created.value, { output: options.output === '' ? 'yaml' : options.output });
    return 0;
  }
  return followCreated(deps, created.value, options);
};

const prepare = (workflow: Workflow, namespace: string, options: SubmitOptions): Workflow =>
  withSubmitOptions(workflow, {
    namespace: workflow.metadata.namespace ?? namespace,
    ...(options.name ? { name: options.name } : {}),
    ...(options.generateName ? { generateName: options.generateName } : {}),
    ...(options.entrypoint ? { entrypoint: options.entrypoint } : {}),
    ...(options.labels ? { labels: options.labels } : {}),
    ...(options.serviceAccount ? { serviceAccount: options.serviceAccount } : {}),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.scheduledTime ? { annotations: { [ANNOTATION_SCHEDULED_TIME]: options.scheduledTime } } : {}),
    parameters: options.parameters,
  });
