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
  const header = request.headers['Authorization'] ? { ...request.headers, Authorization: MASKED } : request.headers;
  const parts = [`"header":${JSON.stringify(header)}`, `"body":${body.value}`];
  if (metadata) parts.push(`"metadata":${JSON.stringify(metadata)}`);
  return ok(`{${parts.join(',')}}`);
};

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
