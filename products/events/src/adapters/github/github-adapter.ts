/**
 * GitHub sources: deliveries of hooks somebody has set up. Setting hooks up needs GitHub's API and is refused by the
 * names of its fields. @spec EV-SRC-05, EV-SRC-06
 */
import { createHmac } from 'node:crypto';

import { fail, isObject, ok, type Result } from '@argosy/base';

import type { GithubSource } from '../../api/event-source.ts';
import { readSecretKey } from '../read-secret.ts';
import type { AdapterDeps, SourceAdapter, SourcePlan } from '../source-adapter.ts';
import type { IncomingRequest } from '../webhook/http-port.ts';
import { isSame, listenForRequests } from '../webhook/webhook-adapter.ts';
import { maskedHeaders } from '../webhook/webhook-data.ts';
import type { WebhookServers } from '../webhook/webhook-servers.ts';

/** Creates the adapter over shared servers. */
export const createGithubAdapter = (deps: AdapterDeps, servers: WebhookServers): SourceAdapter<GithubSource> => ({
  start: (plan, publish) =>
    listenForRequests(deps, servers, {
      plan,
      webhook: plan.config.webhook ?? {},
      publish,
      toData: (request, bytes) => githubData(deps, plan, request, bytes),
    }),
});

const githubData = async (
  deps: AdapterDeps,
  { namespace, config }: SourcePlan<GithubSource>,
  request: IncomingRequest,
  bytes: Uint8Array,
): Promise<Result<string>> => {
  if (config.webhookSecret) {
    const secret = await readSecretKey(deps.client, namespace, config.webhookSecret);
    if (!secret.ok) return fail(`webhookSecret: ${secret.error}`);
    if (!isSigned(request, bytes, secret.value)) return fail('the signature does not match webhookSecret');
  }
  const payload = parsePayload(request, bytes);
  if (!payload) return fail('the payload is not a JSON object');
  const body = {
    ...payload,
    'X-GitHub-Event': request.headers['X-Github-Event']?.[0] ?? '',
    'X-GitHub-Delivery': request.headers['X-Github-Delivery']?.[0] ?? '',
  };
  const { metadata } = config;
  return ok(JSON.stringify({ headers: maskedHeaders(request), body, ...(metadata ? { metadata } : {}) }));
};

/** @spec https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
const isSigned = (request: IncomingRequest, bytes: Uint8Array, secret: string): boolean => {
  const sign = (algorithm: string): string =>
    `${algorithm}=${createHmac(algorithm, secret).update(bytes).digest('hex')}`;
  const strong = request.headers['X-Hub-Signature-256']?.[0];
  if (strong !== undefined) return isSame(strong, sign('sha256'));
  return isSame(request.headers['X-Hub-Signature']?.[0] ?? '', sign('sha1'));
};

const parsePayload = (request: IncomingRequest, bytes: Uint8Array): Record<string, unknown> | undefined => {
  const text = new TextDecoder().decode(bytes);
  const isForm = request.headers['Content-Type']?.[0]?.startsWith('application/x-www-form-urlencoded') ?? false;
  try {
    const parsed = JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text) as unknown;
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Answered as what it is: no JSON object.
    return undefined;
  }
};
