/**
 * Signs what certificate requests ask for, with the cluster's authority.
 * @upstream kubernetes pkg/controller/certificates/authority/policies.go
 */
import { webcrypto } from 'node:crypto';

import type { Pkcs10CertificateRequest } from '@peculiar/x509';

import { isEqual } from '@argosy/base';

import type { CertificateRequest } from './certificate-request.ts';
import type { CertificateAuthority, PkiPorts } from './ensure-pki.ts';
import { loadX509 } from './load-x509.ts';
import { newSerialNumber } from './serial-number.ts';

/** What to sign. */
export interface SigningOrder {
  /** What was asked for, and approved. */
  readonly asked: Pick<CertificateRequest, 'der' | 'commonName' | 'organizations'>;
  readonly usages: readonly string[];
  readonly ttlMs: number;
}

/**
 * Signs; resolves with the certificate in PEM. Usages nobody knows are left out. Throws Error when the authority has
 * expired, or when the certificate would say other names than were asked for.
 */
export type SignCertificate = (order: SigningOrder) => Promise<string>;

const MINUTE_MS = 60_000;
/** Clocks differ: certificates are good a little before they are made. */
const BACKDATE_MS = 5 * MINUTE_MS;
/** Certificates shorter than this end when they were asked to, and not earlier by what they begin earlier. */
const SHORT_MS = 480 * MINUTE_MS;

/** Bits of the key usage extension. @spec RFC 5280 §4.2.1.3 */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 1,
  'digital signature': 1,
  'content commitment': 2,
  'key encipherment': 4,
  'data encipherment': 8,
  'key agreement': 16,
  'cert sign': 32,
  'crl sign': 64,
  'encipher only': 128,
  'decipher only': 256,
};

const EXTENDED_USAGES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

const ALTERNATIVE_NAME = '2.5.29.17';
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Creates the signer. The authority's key is read when something is signed first. */
export const createCertificateSigner = (deps: PkiPorts, authority: CertificateAuthority): SignCertificate => {
  const load = async () => {
    const x509 = await loadX509();
    const issuer = new x509.X509Certificate(authority.certificate);
    const pkcs8 = x509.PemConverter.decodeFirst(authority.key);
    const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, CURVE, false, ['sign']);
    return { x509, issuer, signingKey };
  };
  let loaded: ReturnType<typeof load> | undefined;
  return async ({ asked, usages, ttlMs }) => {
    const { x509, issuer, signingKey } = await (loaded ??= load());
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(asked.der));
    refuseOtherNames(request, asked);
    const bits = usages.reduce((sum, usage) => sum | (KEY_USAGES[usage] ?? 0), 0);
    const extended = [...new Set(usages.flatMap((usage) => EXTENDED_USAGES[usage] ?? []))];
    const names = request.getExtension(ALTERNATIVE_NAME);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: newSerialNumber(deps.random),
      subject: request.subjectName.toJSON(),
      issuer: issuer.subjectName.toJSON(),
      ...lifeOf(deps.clock.now(), ttlMs, issuer.notAfter.getTime()),
      signingAlgorithm: CURVE,
      publicKey: request.publicKey,
      signingKey,
      extensions: [
        ...(bits === 0 ? [] : [new x509.KeyUsagesExtension(bits, true)]),
        ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
        new x509.BasicConstraintsExtension(false, undefined, true),
        ...(names ? [names] : []),
      ],
    });
    return `${certificate.toString('pem')}\n`;
  };
};

/** Two programs read requests: what was approved as one name must not be signed as another. */
const refuseOtherNames = (request: Pkcs10CertificateRequest, asked: SigningOrder['asked']): void => {
  const [names, organizations] = [request.subjectName.getField('CN'), request.subjectName.getField('O')];
  if ((names.at(-1) ?? '') !== asked.commonName || !isEqual(organizations, asked.organizations))
    throw new Error('x509: the subject can be read in more than one way');
};

const lifeOf = (now: number, ttlMs: number, authorityEnds: number) => {
  if (now >= authorityEnds)
    throw new Error(
      `refusing to sign a certificate that expired in the past: NotAfter=${new Date(authorityEnds).toISOString()}`,
    );
  const end = ttlMs < SHORT_MS ? now + ttlMs : now + ttlMs - BACKDATE_MS;
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(Math.min(end, authorityEnds)) };
};
