/**
 * `suspend`, `resume`, `stop`, `terminate`, `retry`, `resubmit`, `delete`. @spec WF-CLI-05 … WF-CLI-07, WF-OPS
 */
import { Failure } from '@argosy/base';
import { isApiError } from '@argosy/kube';

import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import type { Parameter } from '../api/template-schema.ts';
import { changeWorkflow, createWorkflow, retryWorkflow } from '../operations/on-cluster.ts';
import { applyChange, resubmitWorkflow, type WorkflowChange } from '../operations/operate.ts';
import {
  selectWorkflows,
  workflowsFor,
  type WorkflowCommandDeps,
  type WorkflowExitCode,
  type WorkflowFilter,
} from './command-deps.ts';
import { followCreated, type FollowOptions } from './submit-workflows.ts';

/** Which workflows, and whether to only say what would be done. */
export interface Selection extends WorkflowFilter {
  readonly dryRun?: boolean;
}

const DONE: Readonly<Record<WorkflowChange['kind'], string>> = {
  suspend: 'suspended',
  resume: 'resumed',
  stop: 'stopped',
  terminate: 'terminated',
};

/** Makes one change to each workflow; 1 if one refused it, the others are changed all the same. */
export const changeWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: Selection & { readonly change: WorkflowChange },
): Promise<WorkflowExitCode> => {
  const { change, dryRun, ...filter } = options;
  let code: WorkflowExitCode = 0;
  for (const workflow of await workflowsFor(deps, names, filter)) {
    const { namespace, name = '' } = workflow.metadata;
    const edit = (current: Workflow) => applyChange(current, change, deps.clock.now());
    const changed = dryRun === true ? edit(workflow) : await changeWorkflow(deps.client, { namespace, name }, edit);
    if (changed.ok) deps.print(`workflow ${name} ${DONE[change.kind]}${dryRun === true ? ' (dry-run)' : ''}`);
    else {
      code = 1;
      deps.print(`workflow ${name}: ${changed.error}`);
    }
  }
  return code;
};

/** How workflows are run again. */
export interface AgainOptions extends WorkflowFilter, FollowOptions {
  readonly parameters: readonly Parameter[];
}

/** `retry`: runs what failed again. */
export const retryWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: AgainOptions & { readonly restartSuccessful: boolean; readonly nodeFieldSelector: string },
): Promise<WorkflowExitCode> => {
  const { parameters, restartSuccessful, nodeFieldSelector, ...rest } = options;
  return again(deps, names, rest, (workflow) =>
    retryWorkflow(
      deps,
      { namespace: workflow.metadata.namespace, name: workflow.metadata.name ?? '' },
      { restartSuccessful, selector: nodeFieldSelector, parameters },
    ),
  );
};

/** `resubmit`: creates a workflow of the same spec. */
export const resubmitWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: AgainOptions & { readonly priority?: number },
): Promise<WorkflowExitCode> => {
  const { parameters, priority, ...rest } = options;
  return again(deps, names, rest, (workflow) => {
    const anew = resubmitWorkflow(workflow, parameters);
    return createWorkflow(deps.client, priority === undefined ? anew : { ...anew, spec: { ...anew.spec, priority } });
  });
};

const again = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: WorkflowFilter & FollowOptions,
  start: (workflow: Workflow) => ReturnType<typeof createWorkflow>,
): Promise<WorkflowExitCode> => {
  const { wait, watch, log, output, timeoutSeconds, clear, ...filter } = options;
  let code: WorkflowExitCode = 0;
  for (const workflow of await workflowsFor(deps, names, filter)) {
    const started = await start(workflow);
    if (!started.ok) throw new Failure(`${workflow.metadata.name ?? ''}: ${started.error}`, { code: 'Refused' });
    const followed = await followCreated(deps, started.value, { wait, watch, log, output, timeoutSeconds, clear });
    if (followed !== 0) code = 1;
  }
  return code;
};

/** `delete`: `all` needs no other filter; `force` takes finalizers away first. */
export const deleteWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: Selection & { readonly all: boolean; readonly force: boolean },
): Promise<WorkflowExitCode> => {
  const { all, force, dryRun, ...filter } = options;
  const chosen = all ? await selectWorkflows(deps, filter) : await workflowsFor(deps, names, filter);
  for (const { metadata } of chosen) {
    const key = { namespace: metadata.namespace, name: metadata.name ?? '' };
    if (dryRun !== true) await remove(deps, key, force && (metadata.finalizers ?? []).length > 0);
    deps.print(`Workflow '${key.name}' deleted${dryRun === true ? ' (dry-run)' : ''}`);
  }
  if (chosen.length === 0) deps.print('No workflows found');
  return 0;
};

const remove = async (
  { client }: WorkflowCommandDeps,
  key: { readonly namespace: string | undefined; readonly name: string },
  hasFinalizers: boolean,
): Promise<void> => {
  try {
    if (hasFinalizers) await client.patch(WORKFLOWS, key, { kind: 'merge', patch: { metadata: { finalizers: null } } });
    await client.delete(WORKFLOWS, key, { propagationPolicy: 'Background' });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};
