/**
 * Streams: changes of workflows, and their logs. A line of JSON each, or server-sent events when they are asked for, as
 * upstream's gateway does. @spec WF-API-01, WF-API-12
 */
import type { Route, RouteRequest, RouteResponse } from '@argosy/server';

import { CRON_WORKFLOWS } from '../api/cron-workflow.ts';
import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import { readWorkflowLogs, type LogsOptions } from '../operations/read-logs.ts';
import { watchAgain } from '../operations/watch-again.ts';
import { keyOf, listOptionsOf, type WorkflowRouteDeps } from './answers.ts';

/** The routes. */
export const createStreamRoutes = (deps: WorkflowRouteDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/v1/workflow-events/:namespace',
    summary: 'Streams changes of workflows; each existing one comes first, unless a resourceVersion is given.',
    handle: async (request) => stream(request, watchWorkflows(deps, request)),
  },
  {
    method: 'GET',
    path: '/api/v1/workflows/:namespace/:name/log',
    summary: 'Streams what the containers of a workflow printed.',
    handle: (request) => logs(deps, request),
  },
  {
    method: 'GET',
    path: '/api/v1/workflows/:namespace/:name/:pod/log',
    summary: 'Streams what one pod of a workflow printed.',
    handle: (request) => logs(deps, request),
  },
  {
    method: 'GET',
    path: '/api/v1/cron-workflow-events/:namespace',
    summary: 'Streams changes of cron workflows.',
    handle: async (request) =>
      stream(request, watchAgain(deps, CRON_WORKFLOWS, { ...watchOptionsOf(request), signal: request.signal })),
  },
];

const watchOptionsOf = (request: RouteRequest) => {
  const { limit: _limit, continue: _continue, ...options } = listOptionsOf(request);
  const version = request.query['listOptions.resourceVersion'];
  return { ...options, ...(version ? { resourceVersion: version } : {}) };
};

const watchWorkflows = (deps: WorkflowRouteDeps, request: RouteRequest) =>
  watchAgain(deps, WORKFLOWS, { ...watchOptionsOf(request), signal: request.signal });

const logs = async (deps: WorkflowRouteDeps, request: RouteRequest): Promise<RouteResponse> => {
  const workflow = await deps.client.get(WORKFLOWS, keyOf(request));
  return stream(request, readLines(deps, workflow, request));
};

async function* readLines(
  deps: WorkflowRouteDeps,
  workflow: Workflow,
  request: RouteRequest,
): AsyncGenerator<{ readonly content: string; readonly podName: string }> {
  const lines: { readonly content: string; readonly podName: string }[] = [];
  const state: { wake: () => void; isDone: boolean; failure?: { readonly thrown: unknown } } = {
    wake: () => undefined,
    isDone: false,
  };
  const onLine = (podName: string, content: string): void => {
    lines.push({ content, podName });
    state.wake();
  };
  const reading = readWorkflowLogs({ ...deps, onLine, signal: request.signal }, workflow, logsOptionsOf(request))
    .catch((thrown: unknown) => {
      state.failure = { thrown };
    })
    .finally(() => {
      state.isDone = true;
      state.wake();
    });
  for (;;) {
    const next = lines.shift();
    if (next) yield next;
    else if (state.isDone) break;
    else await new Promise<void>((resolve) => (state.wake = resolve));
  }
  await reading;
  if (state.failure) throw state.failure.thrown;
}

const logsOptionsOf = ({ params, query }: RouteRequest): LogsOptions => {
  const pod = params['pod'] ?? query['podName'];
  const count = (name: string): number | undefined =>
    /^\d{1,9}$/.test(query[name] ?? '') ? Number(query[name]) : undefined;
  const [tail, sinceSeconds] = [count('logOptions.tailLines'), count('logOptions.sinceSeconds')];
  return {
    container: query['logOptions.container'] || 'main',
    follow: query['logOptions.follow'] === 'true',
    previous: query['logOptions.previous'] === 'true',
    timestamps: query['logOptions.timestamps'] === 'true',
    ...(pod ? { pod } : {}),
    ...(query['grep'] ? { grep: query['grep'] } : {}),
    ...(query['selector'] ? { labelSelector: query['selector'] } : {}),
    ...(tail === undefined ? {} : { tail }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
  };
};

const stream = (request: RouteRequest, results: AsyncIterable<unknown>): RouteResponse => {
  const isSse = (request.headers.accept ?? '').includes('text/event-stream');
  return {
    kind: 'stream',
    contentType: isSse ? 'text/event-stream' : 'application/json',
    headers: { 'cache-control': 'no-cache' },
    chunks: isSse ? toEvents(results) : toLines(results),
  };
};

/** The comment in front lets the client see that it is connected before anything has happened. */
async function* toEvents(results: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield ': connected\n\n';
  for await (const result of results) yield `data: ${JSON.stringify({ result })}\n\n`;
}

async function* toLines(results: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const result of results) yield `${JSON.stringify({ result })}\n`;
}
