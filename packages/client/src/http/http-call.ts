/**
 * One request of the API, and its answer or error.
 */
import type { Dispatcher } from 'undici';

import { isObject } from '@argosy/base';
import { ApiStatusError, STATUS_CODES, type StatusObject, type StatusReason } from '@argosy/kube';

import type { Connections } from './connections.ts';

/** A request of the API. */
export interface HttpCall {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Called when the answer says so. */
  readonly onCreated?: (() => void) | undefined;
}

/** Sends a request and reads its answer as JSON. */
export type ReadJson = <T>(call: HttpCall) => Promise<T>;

/** Sends it. Throws ApiStatusError for every answer that is none of success, and what the connection says. */
export const sendCall = async (connections: Connections, call: HttpCall): Promise<Dispatcher.ResponseData> => {
  const query = new URLSearchParams(call.query).toString();
  const response = await connections.send({
    method: call.method,
    path: `${call.path}${query ? `?${query}` : ''}`,
    headers: {
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal ? { signal: call.signal } : {}),
  });
  if (call.onWarning) for (const text of warningsOf(response)) call.onWarning(text);
  if (response.statusCode >= 400) throw toStatusError(response.statusCode, await response.body.text());
  if (response.statusCode === STATUS_CREATED) call.onCreated?.();
  return response;
};

const STATUS_CREATED = 201;

/** @spec https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
const warningsOf = ({ headers }: Dispatcher.ResponseData): readonly string[] =>
  [headers['warning'] ?? []].flat().flatMap((header) => {
    const quoted = [...header.matchAll(/\b299 \S+ ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => text ?? '""');
    return quoted.map((text) => text.slice(1, -1).replaceAll(/\\(.)/g, '$1'));
  });

const toStatusError = (code: number, body: string): ApiStatusError => {
  const status = parseStatus(body);
  const reason =
    status?.reason ??
    (Object.entries(STATUS_CODES).find(([, known]) => known === code)?.[0] as StatusReason | undefined) ??
    'Unknown';
  return new ApiStatusError(
    reason,
    status?.message ?? `the server answered ${code}: ${body.slice(0, 200)}`,
    status?.details,
    code,
  );
};

const parseStatus = (body: string): StatusObject | undefined => {
  try {
    const parsed = JSON.parse(body) as unknown;
    return isObject(parsed) && parsed['kind'] === 'Status' ? (parsed as unknown as StatusObject) : undefined;
  } catch {
    // A proxy in between answers in its own words.
    return undefined;
  }
};
