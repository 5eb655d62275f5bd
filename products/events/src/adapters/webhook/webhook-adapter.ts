/**
 * Webhook sources: a request becomes an event, and is answered when the event is durable. @spec EV-SRC-01 … EV-SRC-04
 */
import { timingSafeEqual } from 'node:crypto';

import { fail, messageOf, type Result } from '@argosy/base';

import type { WebhookSource } from '../../api/event-source.ts';
import type { KeySelector } from '../../api/shared-schema.ts';
import { readSecretKey } from '../read-secret.ts';
import type { AdapterDeps, Publish, RunningSource, SourceAdapter, SourcePlan } from '../source-adapter.ts';
import type { IncomingRequest, OutgoingResponse } from './http-port.ts';
import { webhookData } from './webhook-data.ts';
import type { WebhookServers } from './webhook-servers.ts';

/** Upstream's default for `maxPayloadSize`. @spec EV-NUM-06 */
const DEFAULT_LIMIT_BYTES = 1_048_576;

/** Creates the adapter over shared servers. */
export const createWebhookAdapter = (deps: AdapterDeps, servers: WebhookServers): SourceAdapter<WebhookSource> => ({
  start: (plan, publish) =>
    listenForRequests(deps, servers, {
      plan,
      webhook: plan.config,
      publish,
      toData: (request, bytes) => {
        const method = (plan.config.method ?? '').toUpperCase();
        if (method !== '' && method !== request.method)
          return Promise.resolve(fail(`method ${request.method} is not let in; use ${method}`));
        return Promise.resolve(webhookData(request, bytes, plan.config.metadata));
      },
    }),
});

/** Where to listen, and what a request becomes. */
export interface RequestListening {
  readonly plan: SourcePlan;
  readonly webhook: Pick<WebhookSource, 'endpoint' | 'port' | 'authSecret' | 'maxPayloadSize'>;
  readonly publish: Publish;
  /** The data of the event; an error is answered 400. */
  readonly toData: (request: IncomingRequest, bytes: Uint8Array) => Promise<Result<string>>;
}

/** Takes a place on a port, and publishes what its requests become. Answers when that is durable. */
export const listenForRequests = async (
  deps: AdapterDeps,
  servers: WebhookServers,
  of: RequestListening,
): Promise<RunningSource> => {
  const { plan, webhook } = of;
  const place = await servers.add({
    port: Number(webhook.port),
    path: toPath(webhook.endpoint ?? ''),
    owner: `EventSource ${plan.namespace}/${plan.sourceName}, event ${plan.eventName}`,
    handle: (request) => answer(deps, of, request),
  });
  return { stop: () => place.remove() };
};

const toPath = (endpoint: string): string => (endpoint.startsWith('/') ? endpoint : `/${endpoint}`);

const answer = async (
  deps: AdapterDeps,
  { plan, webhook, publish, toData }: RequestListening,
  request: IncomingRequest,
): Promise<OutgoingResponse> => {
  const refused = await refuse(deps, plan.namespace, webhook.authSecret, request);
  if (refused) return refused;
  const limit = webhook.maxPayloadSize ?? DEFAULT_LIMIT_BYTES;
  const bytes = await request.readBody(limit);
  // Deviates: upstream answers 400; 413 is what the code is for, and tells the sender what to do.
  if (!bytes) return { status: 413, text: `the body is larger than ${limit} bytes` };
  const data = await toData(request, bytes);
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
  namespace: string,
  authSecret: KeySelector | undefined,
  request: IncomingRequest,
): Promise<OutgoingResponse | undefined> => {
  if (!authSecret) return undefined;
  const secret = await readSecretKey(deps.client, namespace, authSecret);
  if (!secret.ok) return { status: 500, text: `authSecret: ${secret.error}` };
  const given = request.headers['Authorization']?.[0] ?? '';
  return isSame(given, `Bearer ${secret.value}`) ? undefined : { status: 401, text: 'unauthorized' };
};

/** Compares secrets in a time that does not tell where they differ. */
export const isSame = (left: string, right: string): boolean => {
  const [one, two] = [Buffer.from(left), Buffer.from(right)];
  return one.length === two.length && timingSafeEqual(one, two);
};

/** @spec https://www.w3.org/TR/trace-context/#traceparent-header */
const isTraceparent = (text: string | undefined): text is string =>
  text !== undefined && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(text);
