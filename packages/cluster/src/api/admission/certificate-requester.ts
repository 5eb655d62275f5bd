/**
 * Who asks for a certificate is written down by the server, and nobody is made an administrator on request.
 * @upstream kubernetes plugin/pkg/admission/certificates/subjectrestriction
 */
import { MASTERS, type Caller, type CertificateSigningRequest } from '@argosy/kube';

import { parseCertificateRequest, type CertificateRequest } from '../../pki/certificate-request.ts';

/** The signer of certificates that open the API server. */
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

/** A request with its author, or why it may not be. */
export type RequesterVerdict =
  | { readonly kind: 'admitted'; readonly request: CertificateSigningRequest }
  | { readonly kind: 'refused'; readonly message: string };

/** Names the author of a request. */
export const withRequester = (given: CertificateSigningRequest, caller: Caller): RequesterVerdict => {
  if (!given.spec || typeof given.spec !== 'object') return { kind: 'admitted', request: given };
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...asked } = given.spec;
  if (asked.signerName === CLIENT_SIGNER && readOf(asked.request)?.organizations.includes(MASTERS))
    return { kind: 'refused', message: `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed` };
  const { username, uid, groups, extra } = caller;
  const spec = {
    ...asked,
    username,
    ...(uid ? { uid } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
  };
  return { kind: 'admitted', request: { ...given, spec } };
};

/** What cannot be read is refused by validation. */
const readOf = (request: unknown): CertificateRequest | undefined => {
  try {
    return parseCertificateRequest(Buffer.from(String(request), 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
};
