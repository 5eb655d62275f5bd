import type { CertificateSigningRequest } from '@argosy/kube';
import { expect, it } from 'vitest';

import { decideApproval, type ApprovalRight } from './decide.ts';

const NODE = {
  commonName: 'system:node:n1',
  organizations: ['system:nodes'],
  dnsNames: [],
  emails: [],
  uris: [],
  addressCount: 0,
};
const aRequest = (spec: object = {}, status: object = {}): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'n1' },
  spec: {
    request: '',
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
    username: 'system:bootstrap:abcdef',
    ...spec,
  },
  status,
});
const decide = (request: CertificateSigningRequest, rights: readonly ApprovalRight[], asked: object = NODE) =>
  decideApproval({ request, asked: asked as typeof NODE, may: (right) => rights.includes(right) });
const itself = { username: 'system:node:n1' };
const ANY = 'Auto approving kubelet client certificate after SubjectAccessReview.';
const SELF = 'Auto approving self kubelet client certificate after SubjectAccessReview.';

it.each([
  ['who begins', aRequest(), ['nodeclient'], ANY],
  ['a node, for itself', aRequest(itself), ['selfnodeclient'], SELF],
  ['a node that may do both, for itself', aRequest(itself), ['nodeclient', 'selfnodeclient'], SELF],
] as const)('approves %s', (_case, request, rights, message) =>
  expect(decide(request, rights)).toEqual({ kind: 'approve', message }),
);

it.each([
  ['who may not', aRequest(), [], NODE],
  ['a node, for another', aRequest({ username: 'system:node:n2' }), ['selfnodeclient'], NODE],
  ['another signer', aRequest({ signerName: 'kubernetes.io/kube-apiserver-client' }), ['nodeclient'], NODE],
  ['who is no node', aRequest(), ['nodeclient'], { ...NODE, organizations: ['system:masters'] }],
  ['a server', aRequest({ usages: ['digital signature', 'server auth'] }), ['nodeclient'], NODE],
  ['what cannot be read', aRequest(), ['nodeclient'], undefined],
  ['what was denied', aRequest({}, { conditions: [{ type: 'Denied', status: 'True' }] }), ['nodeclient'], NODE],
  ['what has its certificate', aRequest({}, { certificate: 'x' }), ['nodeclient'], NODE],
] as const)('leaves %s alone', (_case, request, rights, asked) =>
  expect(decideApproval({ request, asked, may: (right) => (rights as readonly string[]).includes(right) })).toEqual({
    kind: 'leave',
  }),
);
