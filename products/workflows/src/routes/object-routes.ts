/**
 * Templates and cron workflows: list, get, create, update, delete, lint. @spec WF-API-02 … WF-API-04
 */
import { isObject, ok, fail, type Result } from '@argosy/base';
import type { KubeObject, ResourceType } from '@argosy/kube';
import type { Route, RouteRequest, RouteResponse } from '@argosy/server';

import { CRON_WORKFLOWS } from '../api/cron-workflow.ts';
import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES } from '../api/kinds.ts';
import { lintObject } from '../operations/lint.ts';
import { readReferences } from '../operations/on-cluster.ts';
import { answer, bad, bodyOf, json, keyOf, listOptionsOf, type WorkflowRouteDeps } from './answers.ts';

/** A kind as the routes name it. */
interface Served {
  readonly resource: ResourceType;
  readonly base: string;
  /** Field of a body that holds the object. */
  readonly field: string;
  readonly words: string;
}

const SERVED: readonly Served[] = [
  {
    resource: WORKFLOW_TEMPLATES as ResourceType,
    base: '/api/v1/workflow-templates/:namespace',
    field: 'template',
    words: 'workflow template',
  },
  {
    resource: CLUSTER_WORKFLOW_TEMPLATES as ResourceType,
    base: '/api/v1/cluster-workflow-templates',
    field: 'template',
    words: 'cluster workflow template',
  },
  {
    resource: CRON_WORKFLOWS as ResourceType,
    base: '/api/v1/cron-workflows/:namespace',
    field: 'cronWorkflow',
    words: 'cron workflow',
  },
];

/** The routes. */
export const createObjectRoutes = (deps: WorkflowRouteDeps): readonly Route[] => [
  ...SERVED.flatMap((served) => routesOf(deps, served)),
  hold(deps, 'suspend'),
  hold(deps, 'resume'),
];

const routesOf = (deps: WorkflowRouteDeps, served: Served): readonly Route[] => {
  const { resource, base, words } = served;
  const { client } = deps;
  return [
    {
      method: 'GET',
      path: base,
      summary: `Lists ${words}s.`,
      handle: async (request) => json(await client.list(resource, listOptionsOf(request))),
    },
    {
      method: 'GET',
      path: `${base}/:name`,
      summary: `Gets a ${words}.`,
      handle: async (request) => json(await client.get(resource, keyOf(request))),
    },
    {
      method: 'POST',
      path: base,
      summary: `Creates the ${words} of the body.`,
      handle: (request) => withObject(deps, served, request, (object) => client.create(resource, object)),
    },
    {
      method: 'POST',
      path: `${base}/lint`,
      summary: `Judges the ${words} of the body without storing it.`,
      handle: (request) => withObject(deps, served, request, (object) => Promise.resolve(object)),
    },
    {
      method: 'PUT',
      path: `${base}/:name`,
      summary: `Replaces a ${words}; its resourceVersion must be the newest.`,
      handle: (request) => withObject(deps, served, request, (object) => client.update(resource, object)),
    },
    {
      method: 'DELETE',
      path: `${base}/:name`,
      summary: `Deletes a ${words}.`,
      handle: async (request) => {
        await client.delete(resource, keyOf(request));
        return json({});
      },
    },
  ];
};

const hold = ({ client }: WorkflowRouteDeps, verb: 'suspend' | 'resume'): Route => ({
  method: 'PUT',
  path: `/api/v1/cron-workflows/:namespace/:name/${verb}`,
  summary: verb === 'suspend' ? 'Holds a cron workflow.' : 'Lets a cron workflow go on.',
  handle: async (request) =>
    json(
      await client.patch(CRON_WORKFLOWS, keyOf(request), {
        kind: 'merge',
        patch: { spec: { suspend: verb === 'suspend' } },
      }),
    ),
});

const withObject = async (
  deps: WorkflowRouteDeps,
  served: Served,
  request: RouteRequest,
  act: (object: KubeObject) => Promise<KubeObject>,
): Promise<RouteResponse> => {
  const read = readObject(served, request);
  if (!read.ok) return bad(read.error);
  const findings = lintObject(read.value, await readReferences(deps.client, read.value));
  return findings.length > 0 ? bad(findings.join('; ')) : answer(ok(await act(read.value)));
};

const readObject = ({ resource, field }: Served, request: RouteRequest): Result<KubeObject> => {
  const object = bodyOf(request)[field];
  if (!isObject(object) || !isObject(object['metadata'])) return fail(`the body needs a ${field}`);
  const { namespace, name } = request.params;
  return ok({
    ...object,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: resource.kind,
    metadata: {
      ...object['metadata'],
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    },
  });
};
