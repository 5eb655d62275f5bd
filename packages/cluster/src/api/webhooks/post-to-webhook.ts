/**
 * One question to somebody who is configured by address or by service, over HTTPS. Admission and conversion ask alike.
 * @spec https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook
 */
import https from 'node:https';

import { messageOf } from '@argosy/base';
import type { EndpointSlice, KubeObject, Service } from '@argosy/kube';

import type { Store } from '../../store/store.ts';

/** Where a webhook is reached. */
export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number;
  };
  /** PEM in base64. */
  readonly caBundle?: string;
}

/** What is sent, and how much patience and memory the answer gets. */
export interface WebhookQuestion {
  readonly body: string;
  readonly timeoutSeconds: number;
  /** Longest answer taken. */
  readonly largestAnswerBytes: number;
}

/** Sends JSON and reads JSON. Rejects with an Error that says what went wrong, and where, as clients written in Go do. */
export const postToWebhook = async (
  store: Store,
  clientConfig: WebhookClientConfig,
  question: WebhookQuestion,
): Promise<unknown> => {
  const query = `timeout=${question.timeoutSeconds}s`;
  try {
    const { url, servername } = addressOf(store, clientConfig);
    url.search = url.search === '' ? query : `${url.search}&${query}`;
    return await post(url, { ...question, servername, caBundle: clientConfig.caBundle });
  } catch (thrown) {
    const said = toldAddress(clientConfig);
    const at = said.includes('?') ? `${said}&${query}` : `${said}?${query}`;
    throw new Error(`Post ${JSON.stringify(at)}: ${messageOf(thrown)}`, { cause: thrown });
  }
};

/** The address by the names its author knows, not by the pod that was asked. */
const toldAddress = ({ url, service }: WebhookClientConfig): string => {
  if (url !== undefined || !service) return url ?? '';
  const { namespace, name, port = 443, path = '/' } = service;
  return `https://${name}.${namespace}.svc:${port}${path.startsWith('/') ? path : `/${path}`}`;
};

/** A service's webhook is reached at one of its ready pods; its certificate must still be the service's. */
const addressOf = (
  store: Store,
  clientConfig: WebhookClientConfig,
): { readonly url: URL; readonly servername?: string } => {
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
  of: WebhookQuestion & { readonly servername: string | undefined; readonly caBundle: string | undefined },
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { body, caBundle, servername, timeoutSeconds } = of;
    const request = https.request(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
        agent: false,
        ...(caBundle ? { ca: Buffer.from(caBundle, 'base64') } : {}),
        ...(servername ? { servername } : {}),
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > of.largestAnswerBytes) request.destroy(new Error('the answer is too long'));
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
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(isTimeout(error) ? new Error('context deadline exceeded') : asTold(error)),
    );
    request.end(body);
  });

/** What keeps a connection from being made, as clients written in Go tell it. */
const CONNECT_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
};

const asTold = (error: NodeJS.ErrnoException): Error => {
  const place = /^connect \w+ (\S+)/.exec(error.message)?.[1];
  const problem = CONNECT_PROBLEMS[error.code ?? ''];
  return place && problem ? new Error(`dial tcp ${place}: connect: ${problem}`, { cause: error }) : error;
};

/** A request that its signal ends says that it was aborted, and only below that why. */
const isTimeout = (error: Error): boolean => error.name === 'TimeoutError' || error.name === 'AbortError';
