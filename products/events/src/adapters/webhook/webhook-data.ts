/**
 * What a webhook request becomes as the data of an event. @spec EV-SRC-04
 * @upstream argoproj/argo-events pkg/eventsources/common/webhook/webhook.go#GetBody
 */
import { fail, ok, type Result } from '@argosy/base';

import type { IncomingRequest } from './http-port.ts';

/** Stands in the event where a secret stood in the request. */
const MASKED = ['*** Masked Auth Secret ***'];

/** The data as JSON text: `{header, body, metadata}`. A body keeps its numbers and order; only space between tokens goes. */
export const webhookData = (
  request: IncomingRequest,
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>> | undefined,
): Result<string> => {
  const body = bodyOf(request, bytes);
  if (!body.ok) return body;
  const parts = [`"header":${JSON.stringify(maskedHeaders(request))}`, `"body":${body.value}`];
  if (metadata) parts.push(`"metadata":${JSON.stringify(metadata)}`);
  return ok(`{${parts.join(',')}}`);
};

/** The headers of a request, without what proves who sent it. */
export const maskedHeaders = ({ headers }: IncomingRequest): IncomingRequest['headers'] =>
  headers['Authorization'] ? { ...headers, Authorization: MASKED } : headers;

const bodyOf = (request: IncomingRequest, bytes: Uint8Array): Result<string> => {
  if (request.method === 'GET') return ok(JSON.stringify(request.query));
  if (request.method !== 'POST') return fail(`method ${request.method} carries no body this source understands`);
  const text = decode(bytes);
  if (text === undefined) return fail('the body is not UTF-8');
  if (request.headers['Content-Type']?.[0] === 'application/x-www-form-urlencoded') return ok(formOf(text));
  try {
    JSON.parse(text);
    return ok(withoutSpace(text));
  } catch {
    return fail('the body is not JSON');
  }
};

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const formOf = (text: string): string => {
  const form = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) form.set(name, [...(form.get(name) ?? []), value]);
  return JSON.stringify(Object.fromEntries(form));
};

const withoutSpace = (json: string): string => json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
