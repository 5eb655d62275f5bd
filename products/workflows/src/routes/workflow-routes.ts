/**
 * Workflows: list, get, create, submit, lint, delete, and the verbs that change one. @spec WF-API-01, WF-OPS-01
 */
import { fail, isObject, ok, toTimestamp, type Result } from '@argosy/base';
import type { KubeObject, ResourceType } from '@argosy/kube';
import type { Route, RouteRequest, RouteResponse } from '@argosy/server';

import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import type { Parameter } from '../api/template-schema.ts';
import { lintObject } from '../operations/lint.ts';
import { changeWorkflow, createWorkflow, readReferences, retryWorkflow } from '../operations/on-cluster.ts';
import { applyChange, resubmitWorkflow, type WorkflowChange } from '../operations/operate.ts';
import { fromObject, parseParameter, readTemplateReference, withSubmitOptions } from '../operations/submit-workflow.ts';
import { answer, bad, bodyOf, json, keyOf, listOptionsOf, textIn, textsIn, type WorkflowRouteDeps } from './answers.ts';

const BASE = '/api/v1/workflows/:namespace';

/** The routes. */
export const createWorkflowObjectRoutes = (deps: WorkflowRouteDeps): readonly Route[] => [
  ...objectRoutes(deps),
  verb(deps, 'suspend', 'Holds a workflow.'),
  verb(deps, 'resume', 'Lets a workflow go on.'),
  verb(deps, 'stop', 'Ends a workflow; exit handlers run.'),
  verb(deps, 'terminate', 'Ends a workflow at once.'),
  {
    method: 'PUT',
    path: `${BASE}/:name/retry`,
    summary: 'Runs the failed part of a workflow again.',
    handle: (request) => retry(deps, request),
  },
  {
    method: 'PUT',
    path: `${BASE}/:name/resubmit`,
    summary: 'Creates the workflow anew.',
    handle: (request) => resubmit(deps, request),
  },
];

const objectRoutes = (deps: WorkflowRouteDeps): readonly Route[] => [
  {
    method: 'GET',
    path: BASE,
    summary: 'Lists workflows of a namespace.',
    handle: async (request) => json(await deps.client.list(WORKFLOWS, listOptionsOf(request))),
  },
  {
    method: 'GET',
    path: `${BASE}/:name`,
    summary: 'Gets a workflow.',
    handle: async (request) => json(await deps.client.get(WORKFLOWS, keyOf(request))),
  },
  {
    method: 'POST',
    path: BASE,
    summary: 'Creates the workflow of the body.',
    handle: (request) => create(deps, request),
  },
  {
    method: 'POST',
    path: `${BASE}/submit`,
    summary: 'Creates a workflow from a template or a cron workflow.',
    handle: (request) => submit(deps, request),
  },
  {
    method: 'POST',
    path: `${BASE}/lint`,
    summary: 'Judges the workflow of the body without creating it.',
    handle: (request) => lint(deps, request),
  },
  {
    method: 'DELETE',
    path: `${BASE}/:name`,
    summary: 'Deletes a workflow; with force=true its finalizers go first.',
    handle: (request) => remove(deps, request),
  },
];

const verb = ({ client, clock }: WorkflowRouteDeps, name: WorkflowChange['kind'], summary: string): Route => ({
  method: 'PUT',
  path: `${BASE}/:name/${name}`,
  summary,
  handle: async (request) =>
    answer(
      await changeWorkflow(client, keyOf(request), (workflow) =>
        applyChange(workflow, changeOf(name, bodyOf(request)), clock.now()),
      ),
    ),
});

const changeOf = (kind: WorkflowChange['kind'], body: Readonly<Record<string, unknown>>): WorkflowChange => {
  const selector = textIn(body, 'nodeFieldSelector');
  if (kind === 'resume') return { kind, selector };
  return kind === 'stop' ? { kind, selector, message: textIn(body, 'message') } : { kind };
};

const readWorkflow = (request: RouteRequest): Result<Workflow> => {
  const workflow = bodyOf(request)['workflow'];
  if (!isObject(workflow) || !isObject(workflow['metadata'])) return fail('the body needs a workflow');
  return ok({
    ...(workflow as unknown as Workflow),
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { ...workflow['metadata'], namespace: request.params['namespace'] ?? '' },
  });
};

const create = async ({ client }: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const workflow = readWorkflow(request);
  if (!workflow.ok) return bad(workflow.error);
  return answer(await createWorkflow(client, workflow.value, { dryRun: bodyOf(request)['serverDryRun'] === true }));
};

const lint = async ({ client }: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const workflow = readWorkflow(request);
  if (!workflow.ok) return bad(workflow.error);
  const findings = lintObject(workflow.value, await readReferences(client, workflow.value));
  return findings.length > 0 ? bad(findings.join('; ')) : json(workflow.value);
};

const submit = async ({ client, clock }: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const body = bodyOf(request);
  const from = readTemplateReference(`${textIn(body, 'resourceKind')}/${textIn(body, 'resourceName')}`);
  if (!from.ok) return bad(from.error);
  const { resource, name } = from.value;
  const { namespace } = request.params;
  const options = isObject(body['submitOptions']) ? body['submitOptions'] : {};
  const parameters = parametersIn(options);
  if (!parameters.ok) return bad(parameters.error);
  const labels = labelsIn(textIn(options, 'labels'));
  if (!labels.ok) return bad(labels.error);
  const object = await client.get<KubeObject>(
    resource as ResourceType,
    resource.namespaced ? { namespace, name } : { name },
  );
  const workflow = withSubmitOptions(fromObject(object, toTimestamp(clock.now())), {
    namespace,
    name: textIn(options, 'name') || undefined,
    generateName: textIn(options, 'generateName') || undefined,
    entrypoint: textIn(options, 'entryPoint') || undefined,
    serviceAccount: textIn(options, 'serviceAccount') || undefined,
    ...(typeof options['priority'] === 'number' ? { priority: options['priority'] } : {}),
    ...(Object.keys(labels.value).length > 0 ? { labels: labels.value } : {}),
    parameters: parameters.value,
  });
  return answer(await createWorkflow(client, workflow, { dryRun: options['serverDryRun'] === true }));
};

const parametersIn = (body: Readonly<Record<string, unknown>>): Result<readonly Parameter[]> => {
  const parameters: Parameter[] = [];
  for (const text of textsIn(body, 'parameters')) {
    const read = parseParameter(text);
    if (!read.ok) return read;
    parameters.push(read.value);
  }
  return ok(parameters);
};

const labelsIn = (text: string): Result<Readonly<Record<string, string>>> => {
  const labels: Record<string, string> = {};
  for (const pair of text.split(',').filter((one) => one !== '')) {
    const [key = '', value, ...more] = pair.split('=');
    if (key === '' || value === undefined || more.length > 0)
      return fail(`label ${JSON.stringify(pair)}: write key=value`);
    labels[key] = value;
  }
  return ok(labels);
};

const remove = async ({ client }: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const key = keyOf(request);
  if (request.query['force'] === 'true')
    await client.patch(WORKFLOWS, key, { kind: 'merge', patch: { metadata: { finalizers: null } } });
  await client.delete(WORKFLOWS, key, { propagationPolicy: 'Background' });
  return json({});
};

const retry = async (deps: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const body = bodyOf(request);
  const parameters = parametersIn(body);
  if (!parameters.ok) return bad(parameters.error);
  return answer(
    await retryWorkflow(deps, keyOf(request), {
      restartSuccessful: body['restartSuccessful'] === true,
      selector: textIn(body, 'nodeFieldSelector'),
      parameters: parameters.value,
    }),
  );
};

const resubmit = async ({ client }: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const body = bodyOf(request);
  if (body['memoized'] === true) return bad('not supported yet: memoized; remove it');
  const parameters = parametersIn(body);
  if (!parameters.ok) return bad(parameters.error);
  const workflow = await client.get(WORKFLOWS, keyOf(request));
  return answer(await createWorkflow(client, resubmitWorkflow(workflow, parameters.value)));
};
