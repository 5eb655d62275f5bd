/**
 * Which certificate requests are approved without anybody looking: those of kubelets for themselves, when roles permit
 * whoever asks. Pure. @upstream kubernetes pkg/controller/certificates/approver/sarapprove.go
 * @spec https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/
 */
import type { CertificateSigningRequest } from '@argosy/kube';

import { forKubeletClient, KUBELET_CLIENT_SIGNER, type Asked } from '../certificate-signing/decide.ts';

/** What may be created without a look: for a node's own next certificate, or for any node. */
export type ApprovalRight = 'selfnodeclient' | 'nodeclient';

/** What a decision is made from. */
export interface ApprovalFacts {
  readonly request: CertificateSigningRequest;
  /** What is asked for; absent when it cannot be read. */
  readonly asked: Asked | undefined;
  /** Whether roles permit whoever asks to create `certificatesigningrequests/<right>`. */
  readonly may: (right: ApprovalRight) => boolean;
}

/** What to do. */
export type ApprovalDecision = { readonly kind: 'approve'; readonly message: string } | { readonly kind: 'leave' };

/** Decides about one request. Total. */
export const decideApproval = ({ request, asked, may }: ApprovalFacts): ApprovalDecision => {
  if (!asked || !isOpenKubeletRequest(request)) return LEAVE;
  if (forKubeletClient(asked, new Set(request.spec?.usages)) !== undefined) return LEAVE;
  const isItself = request.spec?.username === asked.commonName;
  if (isItself && may('selfnodeclient')) return approveAs('self kubelet client certificate');
  return may('nodeclient') ? approveAs('kubelet client certificate') : LEAVE;
};

/** Whether a request is one of a kubelet that has no verdict. Pure. */
export const isOpenKubeletRequest = ({ spec, status }: CertificateSigningRequest): boolean =>
  spec?.signerName === KUBELET_CLIENT_SIGNER &&
  !status?.certificate &&
  !(status?.conditions ?? []).some(({ type }) => type === 'Approved' || type === 'Denied');

const LEAVE: ApprovalDecision = { kind: 'leave' };

const approveAs = (what: string): ApprovalDecision => ({
  kind: 'approve',
  message: `Auto approving ${what} after SubjectAccessReview.`,
});
