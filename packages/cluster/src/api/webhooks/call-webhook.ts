/**
 * Asks a webhook, over HTTPS. @spec https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 */
import https from 'node:https';

import { isObject } from '@argosy/base';
import type { EndpointSlice, KubeObject, Service } from '@argosy/kube';

import type { Store } from '../../store/store.ts';
import type { Webhook } from './webhook-configuration.ts';

/** What a webhook answered. */
export interface WebhookAnswer {
  readonly allowed: boolean;
  /** A JSON patch in base64. */
  readonly patch?: string;
  readonly warnings: readonly string[];
  readonly code?: number;
  readonly message?: string;
  readonly reason?: string;
}

const DEFAULT_SECONDS = 10;
/** Longest answer taken, in bytes. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

/** Sends a review and reads the answer. Rejects with an Error that says what went wrong. */
export const callWebhook = async (
  store: Store,
  webhook: Webhook,
  request: Readonly<Record<string, unknown>>,
): Promise<WebhookAnswer> => {
  const { url, servername } = addressOf(store, webhook);
  const seconds = webhook.timeoutSeconds ?? DEFAULT_SECONDS;
  url.searchParams.set('timeout', `${seconds}s`);
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const answer = await post(url, JSON.stringify(review), { webhook, servername, timeoutMs: seconds * 1000 });
  const response = isObject(answer) && isObject(answer['response']) ? answer['response'] : undefined;
  if (!response || response['uid'] !== request['uid'])
    throw new Error('the answer is no AdmissionReview for this request');
  const status = isObject(response['status']) ? response['status'] : {};
  const warnings = Array.isArray(response['warnings']) ? (response['warnings'] as readonly unknown[]).map(String) : [];
  return {
    allowed: response['allowed'] === true,
    warnings,
    ...(typeof response['patch'] === 'string' ? { patch: response['patch'] } : {}),
    ...(typeof status['code'] === 'number' ? { code: status['code'] } : {}),
    ...(typeof status['message'] === 'string' ? { message: status['message'] } : {}),
    ...(typeof status['reason'] === 'string' ? { reason: status['reason'] } : {}),
  };
};

/** A service's webhook is reached at one of its ready pods; its certificate must still be the service's. */
const addressOf = (store: Store, { clientConfig }: Webhook): { readonly url: URL; readonly servername?: string } => {
  if (clientConfig.url) return { url: new URL(clientConfig.url) };
  const { service } = clientConfig;
  if (!service) throw new Error('clientConfig has neither url nor service');
  const { namespace, name, port = 443, path = '/' } = service;
  const found = store.get('/services', { namespace, name }) as Service | undefined;
  if (!found) throw new Error(`service ${JSON.stringify(name)} not found`);
  const index = (found.spec?.ports ?? []).findIndex((one) => one.port === port);
  const wanted = found.spec?.ports?.[index];
  if (!wanted) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
  const slices = store.list('discovery.k8s.io/endpointslices', { namespace }).items as readonly EndpointSlice[];
  for (const slice of slices.filter((one) => isOf(one, name))) {
    const address = slice.endpoints.find(({ conditions }) => conditions?.ready !== false)?.addresses[0];
    const target = slice.ports?.find((one) => (one.name ?? '') === (wanted.name ?? ''))?.port;
    if (address && target)
      return { url: new URL(path, `https://${address}:${target}`), servername: `${name}.${namespace}.svc` };
  }
  throw new Error(`no endpoints available for service ${JSON.stringify(name)}`);
};

const isOf = (slice: KubeObject, service: string): boolean =>
  slice.metadata.labels?.['kubernetes.io/service-name'] === service;

const post = (
  url: URL,
  body: string,
  of: { readonly webhook: Webhook; readonly servername: string | undefined; readonly timeoutMs: number },
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { caBundle } = of.webhook.clientConfig;
    const request = https.request(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(of.timeoutMs),
        agent: false,
        ...(caBundle ? { ca: Buffer.from(caBundle, 'base64') } : {}),
        ...(of.servername ? { servername: of.servername } : {}),
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > LONGEST_ANSWER) request.destroy(new Error('the answer is too long'));
          else parts.push(part);
        });
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          if (response.statusCode !== 200)
            return reject(new Error(`it answered ${response.statusCode}: ${text.slice(0, 200)}`));
          try {
            resolve(JSON.parse(text));
          } catch {
            reject(new Error('the answer is no JSON'));
          }
        });
      },
    );
    request.on('error', (error) =>
      reject(
        isTimeout(error) ? new Error(`context deadline exceeded: no answer within ${of.timeoutMs / 1000}s`) : error,
      ),
    );
    request.end(body);
  });

/** A request that its signal ends says that it was aborted, and only below that why. */
const isTimeout = (error: Error): boolean => error.name === 'TimeoutError' || error.name === 'AbortError';
