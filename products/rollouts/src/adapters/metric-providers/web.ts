/**
 * Measures an HTTP endpoint. @spec RO-MP-04
 */
import { messageOf, toTimestamp, type Clock } from '@argosy/base';

import type { Measurement, WebProvider } from '../../api/analysis.ts';
import type { SendRequest } from './http-request.ts';
import { atOnce, type MetricProvider } from './metric-provider.ts';
import { readWebAnswer } from './read-web-answer.ts';

/** Long enough for a busy service, short enough not to hold a run. */
const TIMEOUT_SECONDS = 10;

/** Creates the provider. */
export const createWebProvider = (deps: { readonly clock: Clock; readonly send: SendRequest }): MetricProvider =>
  atOnce(async ({ metric }, signal) => {
    const startedAt = toTimestamp(deps.clock.now());
    const ended = (of: Pick<Measurement, 'phase' | 'message' | 'value'>): Measurement => ({
      ...of,
      startedAt,
      finishedAt: toTimestamp(deps.clock.now()),
    });
    const web = metric.provider.web;
    if (!web) return ended({ phase: 'Error', message: 'provider.web is missing' });
    const fault = faultOf(web);
    if (fault) return ended({ phase: 'Error', message: fault });
    try {
      const answer = await deps.send(
        {
          url: web.url,
          method: web.method ?? 'GET',
          headers: headersOf(web),
          ...bodyOf(web),
          timeoutMs: (web.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000,
          insecure: web.insecure === true,
        },
        signal,
      );
      return ended(readWebAnswer(answer, metric, web.jsonPath));
    } catch (thrown) {
      return ended({ phase: 'Error', message: `${web.method ?? 'GET'} ${hostOf(web.url)}: ${messageOf(thrown)}` });
    }
  });

const faultOf = (web: WebProvider): string | undefined => {
  const method = web.method ?? 'GET';
  if (!['GET', 'POST', 'PUT'].includes(method)) return `web.method ${JSON.stringify(method)}: use GET, POST or PUT`;
  if (web.body !== undefined && web.jsonBody !== undefined) return 'use either web.body or web.jsonBody; both are set';
  if (method === 'GET' && (web.body !== undefined || web.jsonBody !== undefined))
    return 'web.body and web.jsonBody cannot be used with GET; use POST or PUT';
  if (!/^https?:\/\//.test(web.url)) return `web.url ${JSON.stringify(web.url)}: write an http or https address`;
  return undefined;
};

const headersOf = (web: WebProvider): Readonly<Record<string, string>> => ({
  ...(web.jsonBody === undefined ? {} : { 'content-type': 'application/json' }),
  ...Object.fromEntries((web.headers ?? []).map(({ key, value }) => [key, value])),
});

const bodyOf = (web: WebProvider): { readonly body?: string } => {
  if (web.jsonBody !== undefined) return { body: JSON.stringify(web.jsonBody) };
  return web.body === undefined ? {} : { body: web.body };
};

/** An address may carry a secret in its path or query: messages name the host. */
const hostOf = (url: string): string => {
  try {
    return new URL(url).origin;
  } catch {
    return 'the address';
  }
};
