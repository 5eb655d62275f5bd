/**
 * Upstream's REST routes for workflows, thin over the client. @spec WF-API-01, WF-API-02
 */
import { isObject, toTimestamp, type Clock, type Result } from '@argosy/base';
import type { Client } from '@argosy/client';
import type { KubeObject, ResourceType } from '@argosy/kube';
import { readJsonBody, type Route, type RouteRequest, type RouteResponse } from '@argosy/server';

import { WORKFLOW_TEMPLATES, WORKFLOWS, type Workflow } from './api/kinds.ts';
import { changeWorkflow, retryWorkflow } from './operations/on-cluster.ts';
import { applyChange, resubmitWorkflow, type WorkflowChange } from './operations/operate.ts';
import { fromObject, parseParameter, readTemplateReference, withSubmitOptions } from './operations/submit-workflow.ts';

/** Ports of the routes. */
export interface WorkflowRouteDeps {
  readonly client: Client;
  readonly clock: Clock;
}

const json = (value: unknown, status = 200): RouteResponse => ({ kind: 'json', status, value });
const bad = (message: string): RouteResponse => json({ code: 3, message }, 400);
const answer = (result: Result<unknown>): RouteResponse => (result.ok ? json(result.value) : bad(result.error));
const keyOf = (request: RouteRequest) => ({
  namespace: request.params['namespace'] ?? '',
  name: request.params['name'] ?? '',
});

/** The routes. */
export const createWorkflowRoutes = ({ client, clock }: WorkflowRouteDeps): readonly Route[] => {
  const base = '/api/v1/workflows/:namespace';
  const change = async (
    request: RouteRequest,
    edit: (workflow: Workflow) => Result<Workflow>,
  ): Promise<RouteResponse> => answer(await changeWorkflow(client, keyOf(request), edit));
  const verb = (name: WorkflowChange['kind'], summary: string): Route => ({
    method: 'PUT',
    path: `${base}/:name/${name}`,
    summary,
    handle: (request) =>
      change(request, (workflow) => applyChange(workflow, changeOf(name, readJsonBody(request)), clock.now())),
  });
  return [
    {
      method: 'GET',
      path: base,
      summary: 'Lists workflows of a namespace.',
      handle: async (request) => json(await client.list(WORKFLOWS, listOptions(request))),
    },
    {
      method: 'GET',
      path: `${base}/:name`,
      summary: 'Gets a workflow.',
      handle: async (request) => json(await client.get(WORKFLOWS, keyOf(request))),
    },
    {
      method: 'POST',
      path: base,
      summary: 'Creates the workflow of the body.',
      handle: (request) => create(client, request),
    },
    {
      method: 'POST',
      path: `${base}/submit`,
      summary: 'Creates a workflow from a template.',
      handle: (request) => submit({ client, clock }, request),
    },
    {
      method: 'DELETE',
      path: `${base}/:name`,
      summary: 'Deletes a workflow.',
      handle: async (request) => {
        await client.delete(WORKFLOWS, keyOf(request));
        return json({});
      },
    },
    verb('suspend', 'Holds a workflow.'),
    verb('resume', 'Lets a workflow go on.'),
    verb('stop', 'Ends a workflow; exit handlers run.'),
    verb('terminate', 'Ends a workflow at once.'),
    {
      method: 'PUT',
      path: `${base}/:name/retry`,
      summary: 'Runs the failed part of a workflow again.',
      handle: (request) => retry({ client, clock }, request),
    },
    {
      method: 'PUT',
      path: `${base}/:name/resubmit`,
      summary: 'Creates the workflow anew.',
      handle: async (request) =>
        json(await client.create(WORKFLOWS, resubmitWorkflow(await client.get(WORKFLOWS, keyOf(request))))),
    },
    {
      method: 'GET',
      path: '/api/v1/workflow-templates/:namespace',
      summary: 'Lists workflow templates.',
      handle: async (request) => json(await client.list(WORKFLOW_TEMPLATES, listOptions(request))),
    },
    {
      method: 'GET',
      path: '/api/v1/workflow-templates/:namespace/:name',
      summary: 'Gets a workflow template.',
      handle: async (request) => json(await client.get(WORKFLOW_TEMPLATES, keyOf(request))),
    },
  ];
};

const listOptions = (request: RouteRequest) => ({
  namespace: request.params['namespace'] ?? '',
  ...(request.query['listOptions.labelSelector'] ? { labelSelector: request.query['listOptions.labelSelector'] } : {}),
});

const text = (body: unknown, field: string): string =>
  isObject(body) && typeof body[field] === 'string' ? body[field] : '';

const changeOf = (kind: WorkflowChange['kind'], body: unknown): WorkflowChange => {
  const selector = text(body, 'nodeFieldSelector');
  if (kind === 'resume') return { kind, selector };
  return kind === 'stop' ? { kind, selector, message: text(body, 'message') } : { kind };
};

const create = async (client: Client, request: RouteRequest): Promise<RouteResponse> => {
  const body = readJsonBody(request);
  const workflow = isObject(body) ? body['workflow'] : undefined;
  if (!isObject(workflow) || !isObject(workflow['metadata'])) return bad('the body needs a workflow');
  const { namespace = '' } = request.params;
  return json(
    await client.create(WORKFLOWS, {
      ...(workflow as unknown as Workflow),
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { ...workflow['metadata'], namespace },
    }),
  );
};

const submit = async ({ client, clock }: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const body = readJsonBody(request);
  const from = readTemplateReference(`${text(body, 'resourceKind')}/${text(body, 'resourceName')}`);
  if (!from.ok) return bad(from.error);
  const { resource, name } = from.value;
  const { namespace } = request.params;
  const object = await client.get<KubeObject>(
    resource as ResourceType,
    resource.namespaced ? { namespace, name } : { name },
  );
  const options = isObject(body) && isObject(body['submitOptions']) ? body['submitOptions'] : {};
  const given = Array.isArray(options['parameters'])
    ? options['parameters'].map((one) => parseParameter(String(one)))
    : [];
  const wrong = given.find((one) => !one.ok);
  if (wrong && !wrong.ok) return bad(wrong.error);
  const parameters = given.flatMap((one) => (one.ok ? [one.value] : []));
  return json(
    await client.create(
      WORKFLOWS,
      withSubmitOptions(fromObject(object, toTimestamp(clock.now())), {
        namespace: request.params['namespace'],
        name: text(options, 'name') || undefined,
        generateName: text(options, 'generateName') || undefined,
        entrypoint: text(options, 'entryPoint') || undefined,
        parameters,
      }),
    ),
  );
};

const retry = async (deps: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const body = readJsonBody(request);
  return answer(
    await retryWorkflow(deps, keyOf(request), {
      restartSuccessful: isObject(body) && body['restartSuccessful'] === true,
      selector: text(body, 'nodeFieldSelector'),
    }),
  );
};
