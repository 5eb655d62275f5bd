/**
 * Fills Secrets of type kubernetes.io/service-account-token, and removes them with their account.
 */
import { createController, watchMapped, watchObjects, type Controller, type Next } from '@argosy/controller';
import { keyOf, SECRETS, SERVICE_ACCOUNTS, type ObjectKey, type Secret, type ServiceAccount } from '@argosy/kube';

import { TOKEN_ISSUER, type ServiceAccountTokens } from '../../access/service-account-tokens.ts';
import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { accountNameOf, decideTokenSecret, TOKEN_SECRET } from './decide.ts';

/** What the loop fills secrets with. */
export interface AccountTokenOptions {
  readonly tokens: Pick<ServiceAccountTokens, 'issue'>;
  /** The cluster's certificate authority in PEM. */
  readonly rootCertificate?: string;
}

/** Creates the loop. */
export const createAccountTokenLoop = (deps: LoopDeps, options: AccountTokenOptions): Controller => {
  const secrets = deps.informers.of({ resource: SECRETS, fieldSelector: `type=${TOKEN_SECRET}` });
  const accounts = deps.informers.of({ resource: SERVICE_ACCOUNTS });
  const fill = async (secret: Secret, account: ServiceAccount, of: FillOf): Promise<void> => {
    const { name = '', uid = '' } = secret.metadata;
    const token = options.tokens.issue({
      account,
      audiences: [TOKEN_ISSUER],
      expiresAt: undefined,
      secret: { name, uid },
    });
    await deps.client.update(SECRETS, {
      ...secret,
      metadata: { ...secret.metadata, annotations: { ...secret.metadata.annotations, ...of.annotations } },
      data: { ...secret.data, ...of.data, ...(of.needsToken ? { token: btoa(token) } : {}) },
    });
  };
  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const secret = secrets.get(key);
    const name = secret && accountNameOf(secret);
    if (!secret || name === undefined) return { kind: 'settled' };
    const account = accounts.get({ namespace: key.namespace ?? '', name });
    const action = decideTokenSecret(secret, account, options.rootCertificate);
    if (action.kind === 'delete') await remove(deps, secret);
    if (action.kind === 'fill' && account) await fill(secret, account, action);
    return { kind: 'settled' };
  };
  return createController(deps, {
    name: 'account-token',
    sources: [
      watchObjects(secrets),
      watchMapped(accounts, ({ object }) =>
        secrets
          .list(object.metadata.namespace)
          .filter((secret) => accountNameOf(secret) === object.metadata.name)
          .map(keyOf),
      ),
    ],
    reconcile,
  });
};

type FillOf = Extract<ReturnType<typeof decideTokenSecret>, { readonly kind: 'fill' }>;

const remove = async (deps: LoopDeps, secret: Secret): Promise<void> => {
  const preconditions = { uid: secret.metadata.uid ?? '' };
  await unlessGone(() => deps.client.delete(SECRETS, keyOf(secret), { preconditions }));
};
