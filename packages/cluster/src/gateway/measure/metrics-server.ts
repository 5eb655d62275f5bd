/**
 * The second port: the text exposition for a Prometheus to scrape, and its query API over the last minutes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import { messageOf, type Clock, type Logger } from '@argosy/base';

import { answerInstantQuery, answerRangeQuery, type QueryAnswer } from '../promql/query-api.ts';
import type { Measurements } from './measurements.ts';

/** What answering needs. */
export interface MetricsContext {
  readonly measurements: Measurements;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Largest body of a query. */
const MOST_BODY_BYTES = 64 * 1024;

const QUERIES: Readonly<Record<string, typeof answerInstantQuery>> = {
  '/api/v1/query': answerInstantQuery,
  '/api/v1/query_range': answerRangeQuery,
};

/** Answers one request; never throws. */
export const answerMetrics = async (
  context: MetricsContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  response.on('error', () => undefined);
  try {
    await answer(context, request, response);
  } catch (thrown) {
    context.log.error('a query could not be answered', { error: messageOf(thrown) });
    if (response.headersSent) response.destroy();
    else sendJson(response, refusal(500, 'internal', 'internal error'));
  }
};

const answer = async (context: MetricsContext, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://gateway');
  const { method } = request;
  if (url.pathname === '/-/healthy') return sendText(response, 'Prometheus Server is Healthy.\n');
  if (url.pathname === '/-/ready') return sendText(response, 'Prometheus Server is Ready.\n');
  if (url.pathname === '/metrics') {
    const { text, contentType } = await context.measurements.exposition();
    return sendText(response, text, contentType);
  }
  const query = QUERIES[url.pathname];
  if (!query) return sendJson(response, refusal(404, 'not_found', `not supported: ${url.pathname}`));
  if (method !== 'GET' && method !== 'POST') return sendJson(response, refusal(405, 'bad_data', 'use GET or POST'));
  const body = method === 'POST' ? await readText(request) : '';
  if (body === undefined) return sendJson(response, refusal(413, 'bad_data', `body beyond ${MOST_BODY_BYTES} bytes`));
  const parameters = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)]);
  sendJson(response, query(parameters, { source: context.measurements.samples, now: context.clock.now() }));
};

const refusal = (code: number, errorType: string, error: string): QueryAnswer => ({
  code,
  body: { status: 'error', errorType, error },
});

/** The body, or `undefined` when it is too large. */
const readText = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const sendText = (response: ServerResponse, text: string, contentType = 'text/plain; charset=utf-8'): void => {
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
};

const sendJson = (response: ServerResponse, { code, body }: QueryAnswer): void => {
  const text = JSON.stringify(body);
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
};
