/**
 * What people do to workflows, carried out on a cluster: the door and the command share these. A change that meets
 * another writer is made again on the newest state.
 * @spec WF-OPS-01 … WF-OPS-11
 */
import { fail, ok, type Clock, type Result } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, PODS, type KubeObject, type ObjectKey } from '@argosy/kube';

import type { CronWorkflow } from '../api/cron-workflow.ts';
import {
  CLUSTER_WORKFLOW_TEMPLATES,
  WORKFLOW_TEMPLATES,
  WORKFLOWS,
  type Workflow,
  type WorkflowTemplate,
} from '../api/kinds.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';
import { compileTemplate, compileWorkflow, referencesOf } from '../compile/compile-workflow.ts';
import { formatFinding } from '../compile/rules/finding.ts';
import type { ReferencedSpecs } from '../compile/workflow-graph.ts';
import { planRetry, type RetryOptions } from './retry-workflow.ts';

/** Ports. */
export interface OperationDeps {
  readonly client: Client;
  readonly clock: Clock;
}

const MOST_CONFLICTS = 10;

/** Changes a workflow; the error is the sentence of `edit`. Throws what the API says, and Conflict after ten tries. */
export const changeWorkflow = async (
  client: Client,
  key: ObjectKey,
  edit: (workflow: Workflow) => Result<Workflow>,
): Promise<Result<Workflow>> => {
  for (let attempt = 1; ; attempt += 1) {
    const edited = edit(await client.get(WORKFLOWS, key));
    if (!edited.ok) return edited;
    try {
      return ok(await client.update(WORKFLOWS, edited.value));
    } catch (thrown) {
      if (!isApiError(thrown, 'Conflict') || attempt >= MOST_CONFLICTS) throw thrown;
    }
  }
};

/** Runs the failed part of a workflow again: deletes its pods first, so that the new ones may have their names. */
export const retryWorkflow = async (
  { client, clock }: OperationDeps,
  key: ObjectKey,
  options: RetryOptions,
): Promise<Result<Workflow>> => {
  const plan = planRetry(await client.get(WORKFLOWS, key), options, clock.now());
  if (!plan.ok) return plan;
  for (const name of plan.value.pods)
    await client
      .delete(PODS, { namespace: key.namespace, name }, { gracePeriodSeconds: 0 })
      .catch((thrown: unknown) => {
        if (!isApiError(thrown, 'NotFound')) throw thrown;
      });
  return changeWorkflow(client, key, (workflow) => {
    const again = planRetry(workflow, options, clock.now());
    return again.ok ? ok(again.value.workflow) : again;
  });
};

/** Creates a workflow after judging it the way the controller will; the error lists what is wrong. */
export const createWorkflow = async (
  client: Client,
  workflow: Workflow,
  options: { readonly dryRun?: boolean } = {},
): Promise<Result<Workflow>> => {
  const compiled = compileWorkflow(workflow, await readReferences(client, workflow));
  if (!compiled.ok) return fail(compiled.error.map(formatFinding).join('; '));
  return ok(await client.create(WORKFLOWS, workflow, options.dryRun === true ? { dryRun: true } : {}));
};

/** Judges a template with the arguments it would be submitted with; for what is created under its own name. */
export const judgeTemplateObject = async (client: Client, template: WorkflowTemplate): Promise<Result<void>> => {
  const compiled = compileTemplate(template, await readReferences(client, template));
  return compiled.ok ? ok(undefined) : fail(compiled.error.map(formatFinding).join('; '));
};

/** The specs an object refers to, directly or through others, as the cluster has them. */
export const readReferences = async (client: Client, object: KubeObject): Promise<ReferencedSpecs> => {
  const found = new Map<string, WorkflowSpec>();
  // Workflows and templates carry the same spec; a cron workflow has it one level down.
  const spec = object.kind === 'CronWorkflow' ? (object as CronWorkflow).spec?.workflowSpec : (object as Workflow).spec;
  const queue = [...referencesOf(spec ?? {})];
  for (let at = 0; at < queue.length; at += 1) {
    const scope = queue[at] ?? '';
    if (found.has(scope)) continue;
    const spec = await readSpec(client, object.metadata.namespace, scope);
    if (!spec) continue;
    found.set(scope, spec);
    queue.push(...referencesOf(spec));
  }
  return found;
};

const readSpec = async (
  client: Client,
  namespace: string | undefined,
  scope: string,
): Promise<WorkflowSpec | undefined> => {
  const name = scope.slice(scope.indexOf('/') + 1);
  try {
    const template = scope.startsWith('cluster/')
      ? await client.get(CLUSTER_WORKFLOW_TEMPLATES, { name })
      : await client.get(WORKFLOW_TEMPLATES, { namespace, name });
    return template.spec;
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};
