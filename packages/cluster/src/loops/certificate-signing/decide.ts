/**
 * What becomes of a certificate signing request: signed once it is approved, failed when its signer may not sign such a
 * thing, and taken away after a while. Pure.
 * @upstream kubernetes pkg/controller/certificates/{signer,cleaner}
 * @spec https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { CertificateCondition, CertificateSigningRequest } from '@argosy/kube';

import type { CertificateRequest } from '../../pki/certificate-request.ts';

/** What a decision is made from. */
export interface SigningFacts {
  readonly request: CertificateSigningRequest;
  /** What is asked for; absent when it cannot be read. */
  readonly asked:
    | Pick<CertificateRequest, 'commonName' | 'organizations' | 'dnsNames' | 'emails' | 'uris' | 'addressCount'>
    | undefined;
  /** When the certificate issued ends, if one was. */
  readonly expiresAt: Instant | undefined;
  readonly now: Instant;
}

/** What to do. */
export type SigningDecision =
  | { readonly kind: 'sign'; readonly ttlMs: number; readonly usages: readonly string[] }
  | { readonly kind: 'fail'; readonly message: string }
  | { readonly kind: 'delete' }
  /** Nothing now; `afterMs` until it is time to look again, if ever. */
  | { readonly kind: 'wait'; readonly afterMs: number | undefined };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Longest life of a certificate, and that of one that asks for none. */
export const LONGEST_MS = 365 * 24 * HOUR_MS;
const SHORTEST_MS = 10 * MINUTE_MS;
const [SETTLED_MS, PENDING_MS] = [HOUR_MS, 24 * HOUR_MS];

/** Decides about one request. Total. */
export const decideSigning = (facts: SigningFacts): SigningDecision => {
  const { request, asked, now } = facts;
  const goesAt = endOf(facts);
  if (goesAt !== undefined && goesAt <= now) return { kind: 'delete' };
  const wait: SigningDecision = { kind: 'wait', afterMs: goesAt === undefined ? undefined : goesAt - now };
  const { signerName = '', usages = [], expirationSeconds } = request.spec ?? {};
  const check = Object.hasOwn(SIGNERS, signerName) ? SIGNERS[signerName] : undefined;
  const isOpen = has(request, 'Approved') && !has(request, 'Denied') && !has(request, 'Failed');
  if (!check || !asked || !isOpen || request.status?.certificate) return wait;
  const problem = check(asked, new Set(usages));
  if (problem !== undefined) return { kind: 'fail', message: problem };
  const wanted = expirationSeconds === undefined ? LONGEST_MS : expirationSeconds * 1000;
  return { kind: 'sign', usages, ttlMs: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wanted)) };
};

const find = ({ status }: CertificateSigningRequest, type: string): CertificateCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

const has = (request: CertificateSigningRequest, type: string): boolean => find(request, type)?.status === 'True';

/** When a request goes: an hour after its verdict, a day after it was asked for without one, and with its certificate. */
const endOf = ({ request, expiresAt }: SigningFacts): Instant | undefined => {
  const since = (type: string): Instant | undefined => parseTimestamp(find(request, type)?.lastUpdateTime);
  const created = parseTimestamp(request.metadata.creationTimestamp);
  const isIssued = request.status?.certificate !== undefined;
  const ends = [
    after((request.status?.conditions ?? []).length === 0 ? created : undefined, PENDING_MS),
    after(since('Denied'), SETTLED_MS),
    after(since('Failed'), SETTLED_MS),
    after(isIssued ? since('Approved') : undefined, SETTLED_MS),
    expiresAt,
  ].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
};

const after = (since: Instant | undefined, ms: number): Instant | undefined =>
  since === undefined ? undefined : since + ms;

/** What a certificate is asked for. */
export type Asked = NonNullable<SigningFacts['asked']>;
/** Why a certificate may not be signed, if so. */
export type Check = (asked: Asked, usages: ReadonlySet<string>) => string | undefined;

const CLIENT_USAGES: ReadonlySet<string> = new Set(['digital signature', 'key encipherment', 'client auth']);

const forClient: Check = (_asked, usages) => {
  const other = [...usages].find((usage) => !CLIENT_USAGES.has(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.has('client auth') ? undefined : 'missing required usage for client certificate: client auth';
};

const NODE_PREFIX = 'system:node:';

const nodeProblem = ({ organizations }: Asked): string | undefined =>
  organizations.length === 1 && organizations[0] === 'system:nodes'
    ? undefined
    : 'subject organization is not system:nodes';

const nameProblem = ({ commonName }: Asked): string | undefined =>
  commonName.startsWith(NODE_PREFIX) ? undefined : `subject common name does not begin with ${NODE_PREFIX}`;

/** Keys that cannot encipher need not be said to. */
const usageProblem = (usages: ReadonlySet<string>, purpose: string): string | undefined => {
  const needed = ['digital signature', purpose];
  const rest = [...usages].filter((usage) => usage !== 'key encipherment' && !needed.includes(usage));
  if (rest.length === 0 && needed.every((usage) => usages.has(usage))) return undefined;
  const all = ['digital signature', 'key encipherment', purpose].toSorted((left, right) => (left < right ? -1 : 1));
  return `usages did not match [${all.join(' ')}]`;
};

const forKubeletServing: Check = (asked, usages) =>
  nodeProblem(asked) ??
  (asked.dnsNames.length + asked.addressCount === 0 ? 'DNS or IP subjectAltName is required' : undefined) ??
  (asked.emails.length > 0 ? 'Email subjectAltNames are not allowed' : undefined) ??
  (asked.uris.length > 0 ? 'URI subjectAltNames are not allowed' : undefined) ??
  usageProblem(usages, 'server auth') ??
  nameProblem(asked);

/** Why a request is none of a kubelet that wants to talk to the API server; `undefined` when it is one. */
export const forKubeletClient: Check = (asked, usages) =>
  nodeProblem(asked) ??
  (asked.dnsNames.length > 0 ? 'DNS subjectAltNames are not allowed' : undefined) ??
  (asked.emails.length > 0 ? 'Email subjectAltNames are not allowed' : undefined) ??
  (asked.addressCount > 0 ? 'IP subjectAltNames are not allowed' : undefined) ??
  (asked.uris.length > 0 ? 'URI subjectAltNames are not allowed' : undefined) ??
  nameProblem(asked) ??
  usageProblem(usages, 'client auth');

/** Who signs what kubelets show the API server. */
export const KUBELET_CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';

/** Signers of the cluster; others belong to whoever runs them. */
const SIGNERS: Readonly<Record<string, Check>> = {
  'kubernetes.io/kube-apiserver-client': forClient,
  [KUBELET_CLIENT_SIGNER]: forKubeletClient,
  'kubernetes.io/kubelet-serving': forKubeletServing,
};
