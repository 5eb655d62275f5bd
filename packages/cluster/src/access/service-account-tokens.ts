/**
 * Tokens of service accounts: signed, for a time, and only as long as the account (and the pod they are bound to) is there.
 * @upstream kubernetes pkg/serviceaccount/{claims,jwt}.go
 */
import { sign, verify } from 'node:crypto';

import { isObject, type Clock, type Random } from '@argosy/base';
import { serviceAccountCaller, type Caller, type KubeObject, type Pod } from '@argosy/kube';

import type { Store } from '../store/store.ts';
import type { SigningKey } from './signing-key.ts';

/** Who issues tokens, and whom they are for unless a request says otherwise. */
export const TOKEN_ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** What a token is asked for. */
export interface TokenClaims {
  readonly account: KubeObject;
  readonly audiences: readonly string[];
  /** Until when; `undefined` for tokens that live as long as their secret. Milliseconds. */
  readonly expiresAt: number | undefined;
  readonly pod?: { readonly name: string; readonly uid: string };
  readonly secret?: { readonly name: string; readonly uid: string };
  /** The token dies with this node. Tokens of pods name the node of the pod by themselves. */
  readonly node?: { readonly name: string; readonly uid: string };
}

/** A token that was accepted. */
export interface AcceptedToken {
  readonly caller: Caller;
  readonly audiences: readonly string[];
}

/** Issues and accepts tokens. */
export interface ServiceAccountTokens {
  issue(claims: TokenClaims): string;
  /** `undefined` for whatever is not one of our tokens, out of date, or for an account that is gone. */
  accept(token: string): AcceptedToken | undefined;
  /** What others need to check tokens by themselves. @spec RFC 7517 */
  keys(): readonly object[];
}

/** Creates them over a key. */
export const createServiceAccountTokens = (
  deps: { readonly store: Store; readonly clock: Clock; readonly random: Random },
  key: SigningKey,
): ServiceAccountTokens => ({
  issue: (claims) => {
    const seconds = Math.floor(deps.clock.now() / 1000);
    const node = claims.node ?? nodeOf(deps.store, claims);
    const payload = {
      iss: TOKEN_ISSUER,
      sub: `system:serviceaccount:${claims.account.metadata.namespace}:${claims.account.metadata.name}`,
      aud: claims.audiences,
      iat: seconds,
      nbf: seconds,
      ...(claims.expiresAt === undefined ? {} : { exp: Math.floor(claims.expiresAt / 1000) }),
      jti: deps.random.uuid(),
      'kubernetes.io': {
        namespace: claims.account.metadata.namespace,
        serviceaccount: { name: claims.account.metadata.name, uid: claims.account.metadata.uid },
        ...(claims.pod ? { pod: claims.pod } : {}),
        ...(node ? { node } : {}),
        ...(claims.secret ? { secret: claims.secret } : {}),
      },
    };
    const signed = `${encode({ alg: 'ES256', kid: key.id, typ: 'JWT' })}.${encode(payload)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  },
  accept: (token) => {
    const payload = verified(token, key);
    return payload && acceptPayload(deps, payload);
  },
  keys: () => [{ use: 'sig', ...key.publicKey.export({ format: 'jwk' }), kid: key.id, alg: 'ES256' }],
});

/** Where a pod runs; the node's uid is left out when the node is not there. */
const nodeOf = (
  store: Store,
  { account, pod }: TokenClaims,
): { readonly name: string; readonly uid?: string } | undefined => {
  if (!pod) return undefined;
  const bound = store.get('/pods', { namespace: account.metadata.namespace ?? '', name: pod.name }) as Pod | undefined;
  const name = bound?.spec?.nodeName;
  if (!name) return undefined;
  const uid = store.get('/nodes', { name })?.metadata.uid;
  return { name, ...(uid ? { uid } : {}) };
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const verified = (token: string, key: SigningKey): Readonly<Record<string, unknown>> | undefined => {
  const [head, body, signature, ...rest] = token.split('.');
  if (!head || !body || !signature || rest.length > 0) return undefined;
  const isOurs = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isOurs) return undefined;
  // What we have signed is what we have written.
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;
};

const acceptPayload = (
  deps: { readonly store: Store; readonly clock: Clock },
  payload: Readonly<Record<string, unknown>>,
): AcceptedToken | undefined => {
  const about = payload['kubernetes.io'];
  if (!isObject(about) || !isObject(about['serviceaccount'])) return undefined;
  const expires = payload['exp'];
  if (typeof expires === 'number' && expires * 1000 <= deps.clock.now()) return undefined;
  const namespace = String(about['namespace']);
  const isThere = (resource: string, of: unknown, within: { readonly namespace?: string } = { namespace }): boolean => {
    if (!isObject(of)) return true;
    const metadata = deps.store.get(resource, { ...within, name: String(of['name']) })?.metadata;
    return metadata?.uid === of['uid'] && !isLongGone(metadata?.deletionTimestamp, deps.clock.now());
  };
  const account = about['serviceaccount'];
  if (!isThere('/serviceaccounts', account) || !isThere('/pods', about['pod'])) return undefined;
  if (!isThere('/secrets', about['secret'])) return undefined;
  const pod = isObject(about['pod']) ? about['pod'] : undefined;
  const node = isObject(about['node']) ? about['node'] : undefined;
  // A pod's token outlives its node; one that was bound to the node does not.
  if (!pod && !isThere('/nodes', node, {})) return undefined;
  const extra = {
    'authentication.kubernetes.io/credential-id': [`JTI=${String(payload['jti'])}`],
    ...boundTo(pod, node),
  };
  const key = { namespace, name: String(account['name']) };
  const caller = serviceAccountCaller(key, { uid: String(account['uid']), extra });
  const audiences: readonly unknown[] = Array.isArray(payload['aud']) ? payload['aud'] : [];
  return { caller, audiences: audiences.map(String) };
};

/** What policies may read of the pod and node a token was made for. */
const boundTo = (
  pod: Readonly<Record<string, unknown>> | undefined,
  node: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, readonly string[]>> => ({
  ...(pod && {
    'authentication.kubernetes.io/pod-name': [String(pod['name'])],
    'authentication.kubernetes.io/pod-uid': [String(pod['uid'])],
  }),
  ...(node && { 'authentication.kubernetes.io/node-name': [String(node['name'])] }),
  ...(typeof node?.['uid'] === 'string' && { 'authentication.kubernetes.io/node-uid': [node['uid']] }),
});

/** How long clocks may differ. */
const LEEWAY_MS = 60_000;

/** An object on its way out counts until the time it was given is over. */
const isLongGone = (deletedAt: string | null | undefined, now: number): boolean =>
  typeof deletedAt === 'string' && Date.parse(deletedAt) < now - LEEWAY_MS;
