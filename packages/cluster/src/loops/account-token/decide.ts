/**
 * What a Secret of type kubernetes.io/service-account-token is to hold. Pure.
 * @upstream kubernetes pkg/controller/serviceaccount/tokens_controller.go
 */
import type { Secret, ServiceAccount } from '@argosy/kube';

/** The type of these secrets, and the annotations that name the account. */
export const TOKEN_SECRET = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

/** What is to be done with a secret. */
export type TokenSecretAction =
  | { readonly kind: 'none' }
  /** Its account is gone, or another has its name now. */
  | { readonly kind: 'delete' }
  /** Data and annotations to add; the token is to be issued first when `needsToken`. */
  | {
      readonly kind: 'fill';
      readonly needsToken: boolean;
      readonly data: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

/** Name of the account a secret is for; `undefined` for secrets of other kinds. */
export const accountNameOf = (secret: Secret): string | undefined =>
  secret.type === TOKEN_SECRET ? secret.metadata.annotations?.[ACCOUNT_NAME] : undefined;

/** Decides. Values of data are base64, as in secrets. */
export const decideTokenSecret = (
  secret: Secret,
  account: ServiceAccount | undefined,
  authority: string | undefined,
): TokenSecretAction => {
  if (accountNameOf(secret) === undefined || secret.metadata.deletionTimestamp) return { kind: 'none' };
  const uid = secret.metadata.annotations?.[ACCOUNT_UID];
  const accountUid = account?.metadata.uid ?? '';
  if (!account || (uid !== undefined && uid !== '' && uid !== accountUid)) return { kind: 'delete' };
  const wanted = {
    namespace: encode(secret.metadata.namespace ?? ''),
    ...(authority === undefined ? {} : { 'ca.crt': encode(authority) }),
  };
  const data = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => secret.data?.[key] !== value));
  const needsToken = !secret.data?.['token'];
  if (uid === accountUid && !needsToken && Object.keys(data).length === 0) return { kind: 'none' };
  return { kind: 'fill', needsToken, data, annotations: { [ACCOUNT_UID]: accountUid } };
};

const encode = (text: string): string => btoa(text);
