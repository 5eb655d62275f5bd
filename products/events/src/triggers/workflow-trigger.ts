/**
 * argoWorkflow triggers: what upstream does with the `argo` command, done by writing objects. @spec EV-KND-04
 */
import { assertNever, isObject } from '@argosy/base';
import { keyOf, type KubeObject, type UnstructuredObject } from '@argosy/kube';

import type { WorkflowTriggerSpec } from '../api/trigger-schema.ts';
import type { WorkflowOperation } from '../sensor/validate-trigger.ts';
import { create, describe, placeObject } from './kubernetes-trigger.ts';
import { invalid, readTriggerObject, withParametersApplied } from './resource-source.ts';
import type { Executed, TriggerContext, TriggerDeps } from './trigger-context.ts';

const API_VERSION = 'argoproj.io/v1alpha1';
const PREFIX = 'workflows.argoproj.io/';
/** What the controller of workflows wrote about the old one. */
const NOT_RESUBMITTED = new Set([`${PREFIX}completed`, `${PREFIX}phase`, `${PREFIX}resubmitted-from-workflow`]);

/** Executes. Throws what the API answers, and Failure `InvalidTrigger`. */
export const executeWorkflow = async (
  deps: TriggerDeps,
  context: TriggerContext,
  spec: WorkflowTriggerSpec,
): Promise<Executed> => {
  const template = await readTriggerObject(deps, context, spec.source ?? {});
  const object = withParametersApplied(template, spec.parameters, context);
  // The sensor was compiled: the operation is one of these.
  const operation = spec.operation as WorkflowOperation;
  switch (operation) {
    case 'submit':
      return createWorkflow(deps, context, object);
    case 'submit-from':
      return createWorkflow(deps, context, await workflowFrom(deps, context, object));
    case 'resubmit':
      return createWorkflow(deps, context, await copyOf(deps, context, object));
    case 'suspend':
      return change(deps, context, object, { suspend: true });
    case 'stop':
      return change(deps, context, object, { shutdown: 'Stop' });
    case 'terminate':
      return change(deps, context, object, { shutdown: 'Terminate' });
    default:
      return assertNever(operation);
  }
};

const createWorkflow = async (
  deps: TriggerDeps,
  context: TriggerContext,
  workflow: UnstructuredObject,
): Promise<Executed> => {
  if (workflow.kind !== 'Workflow') throw invalid(`source: a Workflow must be given, not ${workflow.kind}`);
  const { resource, placed } = await placeObject(deps, context, workflow);
  return create(deps, context, resource, placed);
};

/** A workflow that runs a template, or what a CronWorkflow would run now. */
const workflowFrom = async (
  deps: TriggerDeps,
  context: TriggerContext,
  source: UnstructuredObject,
): Promise<UnstructuredObject> => {
  const { namespace, name = '' } = source.metadata;
  const metadata = { namespace, generateName: `${name}-` };
  if (source.kind === 'WorkflowTemplate')
    return {
      apiVersion: API_VERSION,
      kind: 'Workflow',
      metadata: { ...metadata, labels: { [`${PREFIX}workflow-template`]: name } },
      spec: { workflowTemplateRef: { name } },
    };
  if (source.kind !== 'CronWorkflow')
    throw invalid(`source: submit-from takes a WorkflowTemplate or a CronWorkflow, not ${source.kind}`);
  const { resource, placed } = await placeObject(deps, context, source);
  const cron = await deps.client.get(resource, keyOf(placed));
  const spec: { readonly workflowSpec?: unknown } = isObject(cron.spec) ? cron.spec : {};
  return {
    apiVersion: API_VERSION,
    kind: 'Workflow',
    metadata: { ...metadata, labels: { [`${PREFIX}cron-workflow`]: name } },
    spec: spec.workflowSpec,
  };
};

const copyOf = async (
  deps: TriggerDeps,
  context: TriggerContext,
  source: UnstructuredObject,
): Promise<UnstructuredObject> => {
  const { resource, placed } = await placeObject(deps, context, source);
  const { metadata, spec } = await deps.client.get(resource, keyOf(placed));
  const labels = Object.entries(metadata.labels ?? {}).filter(([label]) => !NOT_RESUBMITTED.has(label));
  const { shutdown: _shutdown, suspend: _suspend, ...rest } = isObject(spec) ? spec : {};
  return {
    apiVersion: API_VERSION,
    kind: 'Workflow',
    metadata: {
      namespace: metadata.namespace,
      generateName: metadata.generateName ?? `${metadata.name ?? 'workflow'}-`,
      labels: { ...Object.fromEntries(labels), [`${PREFIX}resubmitted-from-workflow`]: metadata.name ?? '' },
      annotations: metadata.annotations,
    },
    spec: rest,
  };
};

/** Writing the same once more changes nothing, so this may be repeated. */
const change = async (
  deps: TriggerDeps,
  context: TriggerContext,
  source: UnstructuredObject,
  spec: Readonly<Record<string, unknown>>,
): Promise<Executed> => {
  const { resource, placed } = await placeObject(deps, context, source);
  const changed: KubeObject = await deps.client.patch(resource, keyOf(placed), { kind: 'merge', patch: { spec } });
  return { done: `changed ${describe(changed)}`, object: { resource, live: changed } };
};
