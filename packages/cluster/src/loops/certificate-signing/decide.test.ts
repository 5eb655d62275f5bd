import { toTimestamp } from '@argosy/base';
import type { CertificateSigningRequest } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { decideSigning, LONGEST_MS, type SigningFacts } from './decide.ts';

const NOW = Date.UTC(2030, 0, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const verdict = (type: string, agoMs = 0) => ({ type, status: 'True', lastUpdateTime: toTimestamp(NOW - agoMs) });
const aRequest = (spec: object = {}, status: object = {}): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'jane', creationTimestamp: toTimestamp(NOW) },
  spec: { request: '', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...spec },
  status,
});
const ASKED = { commonName: 'jane', organizations: [], dnsNames: [], emails: [], uris: [], addressCount: 0 };
const NODE = { ...ASKED, commonName: 'system:node:n1', organizations: ['system:nodes'] };
const approved = { conditions: [verdict('Approved')] };
const decide = (request: CertificateSigningRequest, more: Partial<SigningFacts> = {}) =>
  decideSigning({ request, asked: ASKED, expiresAt: undefined, now: NOW, ...more });
const serving = (usages: readonly string[] = ['digital signature', 'server auth']) =>
  aRequest({ signerName: 'kubernetes.io/kubelet-serving', usages }, approved);
const kubelet = aRequest(
  { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['digital signature', 'client auth'] },
  approved,
);

describe('a certificate signing request', () => {
  it.each([
    ['waits for a verdict, a day', aRequest(), { kind: 'wait', afterMs: 24 * HOUR_MS }],
    [
      'is signed once it is approved',
      aRequest({}, approved),
      { kind: 'sign', usages: ['client auth'], ttlMs: LONGEST_MS },
    ],
    [
      'is signed for as long as it wants',
      aRequest({ expirationSeconds: 3600 }, approved),
      { kind: 'sign', usages: ['client auth'], ttlMs: HOUR_MS },
    ],
    [
      'is signed for a year at most',
      aRequest({ expirationSeconds: 99_999_999 }, approved),
      { kind: 'sign', usages: ['client auth'], ttlMs: LONGEST_MS },
    ],
    [
      'of another signer is left alone',
      aRequest({ signerName: 'example.com/mine' }, approved),
      { kind: 'wait', afterMs: undefined },
    ],
    [
      'that was denied is not signed',
      aRequest({}, { conditions: [verdict('Denied')] }),
      { kind: 'wait', afterMs: HOUR_MS },
    ],
    [
      'that failed is not tried again',
      aRequest({}, { conditions: [verdict('Approved'), verdict('Failed')] }),
      { kind: 'wait', afterMs: HOUR_MS },
    ],
    [
      'that is signed is signed once',
      aRequest({}, { ...approved, certificate: 'x' }),
      { kind: 'wait', afterMs: HOUR_MS },
    ],
    [
      'goes an hour after it was signed',
      aRequest({}, { conditions: [verdict('Approved', HOUR_MS)], certificate: 'x' }),
      { kind: 'delete' },
    ],
    [
      'goes an hour after it was denied',
      aRequest({}, { conditions: [verdict('Denied', HOUR_MS)] }),
      { kind: 'delete' },
    ],
    [
      'for a server is no client',
      aRequest({ usages: ['server auth'] }, approved),
      { kind: 'fail', message: 'invalid usage for client certificate: server auth' },
    ],
    [
      'must say that it is a client',
      aRequest({ usages: ['digital signature'] }, approved),
      { kind: 'fail', message: 'missing required usage for client certificate: client auth' },
    ],
  ])('%s', (_case, request, expected) => expect(decide(request)).toEqual(expected));

  it('goes with its certificate', () =>
    expect(decide(aRequest({}, { ...approved, certificate: 'x' }), { expiresAt: NOW })).toEqual({ kind: 'delete' }));

  it.each([
    ['a kubelet that serves', serving(), { ...NODE, dnsNames: ['n1'] }, undefined],
    ['somebody else', serving(), { ...ASKED, dnsNames: ['n1'] }, 'subject organization is not system:nodes'],
    ['no address', serving(), NODE, 'DNS or IP subjectAltName is required'],
    ['mail', serving(), { ...NODE, addressCount: 1, emails: ['a@b'] }, 'Email subjectAltNames are not allowed'],
    [
      'another use',
      serving(['client auth']),
      { ...NODE, addressCount: 1 },
      'usages did not match [digital signature key encipherment server auth]',
    ],
    [
      'another name',
      serving(),
      { ...NODE, commonName: 'n1', addressCount: 1 },
      'subject common name does not begin with system:node:',
    ],
    ['a kubelet that asks', kubelet, NODE, undefined],
    ['a kubelet with an address', kubelet, { ...NODE, addressCount: 1 }, 'IP subjectAltNames are not allowed'],
  ])('of %s', (_case, request, asked, message) =>
    expect(decide(request, { asked })).toMatchObject(
      message === undefined ? { kind: 'sign' } : { kind: 'fail', message },
    ),
  );
});
