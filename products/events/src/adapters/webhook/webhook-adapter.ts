/**
 * Webhook sources: a request becomes an event, and is answered when the event is durable. @spec EV-SRC-01 … EV-SRC-04
 */
import { timingSafeEqual } from 'node:crypto';

import { messageOf } from '@argosy/base';

import type { WebhookSource } from '../../api/event-source.ts';
import { readSecretKey } from '../read-secret.ts';
import type { AdapterDeps, Publish, SourceAdapter, SourcePlan } from '../source-adapter.ts';
import type { IncomingRequest, OutgoingResponse } from './http-port.ts';
import { webhookData } from './webhook-data.ts';
import type { WebhookServers } from './webhook-servers.ts';

/** Upstream's default for `maxPayloadSize`. @spec EV-NUM-06 */
const DEFAULT_LIMIT_BYTES = 1_048_576;

/** Creates the adapter over shared servers. */
export const createWebhookAdapter = (deps: AdapterDeps, servers: WebhookServers): SourceAdapter<WebhookSource> => ({
  start: async (plan, publish) => {
    const { config } = plan;
    const place = await servers.add({
      port: Number(config.port),
      path: toPath(config.endpoint ?? ''),
      owner: `EventSource ${plan.namespace}/${plan.sourceName}, event ${plan.eventName}`,
      handle: (request) => answer(deps, plan, publish, request),
    });
    return { stop: () => place.remove() };
  },
});

const toPath = (endpoint: string): string => (endpoint.startsWith('/') ? endpoint : `/${endpoint}`);

const answer = async (
  deps: AdapterDeps,
  plan: SourcePlan<WebhookSource>,
  publish: Publish,
  request: IncomingRequest,
): Promise<OutgoingResponse> => {
  const { config } = plan;
  const refused = await refuse(deps, plan, request);
  if (refused) return refused;
  const limit = config.maxPayloadSize ?? DEFAULT_LIMIT_BYTES;
  const bytes = await request.readBody(limit);
  // Deviates: upstream answers 400; 413 is what the code is for, and tells the sender what to do.
  if (!bytes) return { status: 413, text: `the body is larger than ${limit} bytes` };
  const data = webhookData(request, bytes, config.metadata);
  if (!data.ok) return { status: 400, text: data.error };
  const traceparent = request.headers['Traceparent']?.[0];
  try {
    await publish({ data: data.value, ...(isTraceparent(traceparent) ? { traceparent } : {}) });
    return { status: 200, text: 'success' };
  } catch (thrown) {
    deps.log.error('an event could not be kept', { source: plan.sourceName, error: messageOf(thrown) });
    return { status: 500, text: 'the event could not be kept; send it again' };
  }
};

const refuse = async (
  deps: AdapterDeps,
  { namespace, config }: SourcePlan<WebhookSource>,
  request: IncomingRequest,
): Promise<OutgoingResponse | undefined> => {
  if (config.authSecret) {
    const secret = await readSecretKey(deps.client, namespace, config.authSecret);
    if (!secret.ok) return { status: 500, text: `authSecret: ${secret.error}` };
    const given = request.headers['Authorization']?.[0] ?? '';
    if (!isSame(given, `Bearer ${secret.value}`)) return { status: 401, text: 'unauthorized' };
  }
  const method = config.method ?? '';
  if (method !== '' && method.toUpperCase() !== request.method)
    return { status: 400, text: `method ${request.method} is not let in; use ${method.toUpperCase()}` };
  return undefined;
};

const isSame = (left: string, right: string): boolean => {
  const [one, two] = [Buffer.from(left), Buffer.from(right)];
  return one.length === two.length && timingSafeEqual(one, two);
};

/** @spec https://www.w3.org/TR/trace-context/#traceparent-header */
const isTraceparent = (text: string | undefined): text is string =>
  text !== undefined && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(text);
