/**
 * What an HTTP template asks for, and what an answer means. Pure. @spec WF-HTTP-01 … WF-HTTP-03, WF-VAR-21
 */
import { evaluateCondition, WORKFLOW_FUNCTIONS, type ExprMap, type ExprValue } from '@argosy/expressions';

import type { HttpTemplate, Outputs } from '../api/template-schema.ts';
import type { HttpRequest, HttpResponse } from './http-port.ts';

/** Upstream's default of `timeoutSeconds`. */
const DEFAULT_TIMEOUT_SECONDS = 30;

/** The end of an HTTP node. */
export interface HttpVerdict {
  readonly phase: 'Succeeded' | 'Failed' | 'Error';
  readonly message: string;
  readonly outputs: Outputs;
}

/** Values of headers that come from Secrets, in the order of the template's headers; absent for the others. */
export type SecretValues = readonly (string | undefined)[];

/** The request of a template. */
export const requestOf = (http: HttpTemplate, secrets: SecretValues): HttpRequest => ({
  method: http.method || 'GET',
  url: http.url,
  headers: (http.headers ?? []).map(({ name, value }, index) => ({ name, value: secrets[index] ?? value ?? '' })),
  body:
    http.body ??
    (http.bodyFrom?.bytes === undefined
      ? undefined
      : Uint8Array.from(atob(http.bodyFrom.bytes), (one) => one.charCodeAt(0))),
  timeoutMs: (http.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
  insecureSkipVerify: http.insecureSkipVerify === true,
});

/** Judges an answer: by the condition if there is one, else 2xx is success. The body is the result. */
export const judgeResponse = (
  http: HttpTemplate,
  { request, response, now }: { readonly request: HttpRequest; readonly response: HttpResponse; readonly now: number },
): HttpVerdict => {
  const outputs = { result: response.body };
  if (!http.successCondition) {
    const isGood = response.statusCode >= 200 && response.statusCode < 300;
    const message = isGood ? '' : `received non-2xx response code: ${response.statusCode}`;
    return { phase: isGood ? 'Succeeded' : 'Failed', message, outputs };
  }
  const verdict = evaluateCondition(http.successCondition, environmentOf(request, response), { now });
  if (!verdict.ok) return { phase: 'Error', message: `successCondition: ${verdict.error.message}`, outputs };
  return verdict.value
    ? { phase: 'Succeeded', message: '', outputs }
    : { phase: 'Failed', message: `successCondition '${http.successCondition}' evaluated false`, outputs };
};

const environmentOf = (request: HttpRequest, response: HttpResponse): ExprMap => {
  const sent: Record<string, string[]> = {};
  for (const { name, value } of request.headers) (sent[name] ??= []).push(value);
  return {
    ...WORKFLOW_FUNCTIONS,
    request: {
      method: request.method,
      url: request.url,
      body: typeof request.body === 'string' ? request.body : '',
      headers: sent as ExprValue,
    },
    response: {
      statusCode: response.statusCode,
      body: response.body,
      headers: response.headers as ExprValue,
    },
  };
};
