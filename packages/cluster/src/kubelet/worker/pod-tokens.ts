/**
 * Tokens of a pod's service account: bound to the pod, so that they end with it, and renewed before they expire.
 * @upstream kubernetes pkg/kubelet/token/token_manager.go
 */
import { Failure, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, keyOf, SERVICE_ACCOUNTS, type Pod, type ServiceAccount } from '@argosy/kube';

import { TOKEN_ISSUER, type ServiceAccountTokens } from '../../access/service-account-tokens.ts';
import type { TokenRequest } from '../volumes/volume-files.ts';

/** Ports of a pod's tokens. */
export interface PodTokensDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly tokens: Pick<ServiceAccountTokens, 'issue'>;
}

/** A token is renewed when this share of its life is over, or after a day. */
const USED_SHARE = 0.8;
const LONGEST_USE_MS = 86_400_000;
/** @upstream kubernetes pkg/apis/authentication/validation: shorter ones are refused. */
const SHORTEST_SECONDS = 600;

/** Creates what gives tokens: the same for the same request until it is due. Throws a Failure FailedMount without the account. */
export const createPodTokens = (deps: PodTokensDeps, pod: Pod): ((request: TokenRequest) => Promise<string>) => {
  const issued = new Map<string, { readonly token: string; readonly renewAt: number }>();
  return async ({ audience, expirationSeconds }) => {
    const key = `${audience ?? ''} ${expirationSeconds}`;
    const known = issued.get(key);
    const now = deps.clock.now();
    if (known && now < known.renewAt) return known.token;
    const account = await findAccount(deps, pod);
    const lifeMs = Math.max(expirationSeconds, SHORTEST_SECONDS) * 1000;
    const token = deps.tokens.issue({
      account,
      audiences: [audience ?? TOKEN_ISSUER],
      expiresAt: now + lifeMs,
      pod: { name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' },
    });
    issued.set(key, { token, renewAt: now + Math.min(lifeMs * USED_SHARE, LONGEST_USE_MS) });
    return token;
  };
};

const findAccount = async (deps: PodTokensDeps, pod: Pod): Promise<ServiceAccount> => {
  const { namespace = 'default' } = keyOf(pod);
  const name = pod.spec?.serviceAccountName || 'default';
  try {
    return await deps.client.get(SERVICE_ACCOUNTS, { namespace, name });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    const message = `failed to fetch token: serviceaccounts ${JSON.stringify(name)} not found`;
    throw new Failure(message, { code: 'FailedMount', retryable: true });
  }
};
