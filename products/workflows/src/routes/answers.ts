/**
 * What the routes have in common: answers in upstream's shape, and what a request says.
 */
import { isObject, type Clock, type Result } from '@argosy/base';
import type { Client, ListOptions } from '@argosy/client';
import { readJsonBody, type RouteRequest, type RouteResponse } from '@argosy/server';

/** Ports of the routes. */
export interface WorkflowRouteDeps {
  readonly client: Client;
  readonly clock: Clock;
}

/** A JSON answer. */
export const json = (value: unknown, status = 200): RouteResponse => ({ kind: 'json', status, value });

/** A refusal; 3 is gRPC's InvalidArgument, as upstream's gateway says it. */
export const bad = (message: string): RouteResponse => json({ code: 3, message }, 400);

/** The value, or the refusal. */
export const answer = (result: Result<unknown>): RouteResponse => (result.ok ? json(result.value) : bad(result.error));

/** Namespace and name of the path. */
export const keyOf = (request: RouteRequest) => ({
  ...(request.params['namespace'] === undefined ? {} : { namespace: request.params['namespace'] }),
  name: request.params['name'] ?? '',
});

/** `listOptions.…` of the query. @spec WF-API-11 */
export const listOptionsOf = ({ params, query }: RouteRequest): ListOptions => ({
  ...(params['namespace'] === undefined ? {} : { namespace: params['namespace'] }),
  ...(query['listOptions.labelSelector'] ? { labelSelector: query['listOptions.labelSelector'] } : {}),
  ...(query['listOptions.fieldSelector'] ? { fieldSelector: query['listOptions.fieldSelector'] } : {}),
  ...(/^[1-9]\d{0,8}$/.test(query['listOptions.limit'] ?? '') ? { limit: Number(query['listOptions.limit']) } : {}),
  ...(query['listOptions.continue'] ? { continue: query['listOptions.continue'] } : {}),
});

/** The body, if it is an object. */
export const bodyOf = (request: RouteRequest): Readonly<Record<string, unknown>> => {
  const body = readJsonBody(request);
  return isObject(body) ? body : {};
};

/** A text of a body. */
export const textIn = (body: Readonly<Record<string, unknown>>, field: string): string =>
  typeof body[field] === 'string' ? body[field] : '';

/** Texts of a body's list. */
export const textsIn = (body: Readonly<Record<string, unknown>>, field: string): readonly string[] =>
  Array.isArray(body[field]) ? body[field].map(String) : [];
