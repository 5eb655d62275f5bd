/**
 * X.509 certificates as Sprig makes them, signed by themselves or by an authority.
 * @upstream Masterminds/sprig crypto.go; Go crypto/x509#CreateCertificate
 * @spec RFC 5280
 */
import { createHash, createPublicKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

import { derIdentifierOf, randomBytes, readDerElement, readDerElements, type Random } from '@argosy/base';

import { bits, der, integer, moment, oid, sequence, TAG } from './write-der.ts';

/** What a certificate says. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly addresses: readonly string[];
  readonly names: readonly string[];
  readonly days: number;
  readonly isAuthority: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
}

/** Who signs. */
export interface Signer {
  readonly key: KeyObject;
  /** In DER; absent when the certificate signs itself. */
  readonly certificate?: Buffer;
}

const DAY_MS = 86_400_000;
const SERIAL_BYTES = 16;
const OID = {
  commonName: '2.5.4.3',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;
/** Fields of a certificate that need not be there. */
const [VERSION_TAG, EXTENSIONS_TAG] = [0xa0, 0xa3];
const NOTHING = Buffer.alloc(0);
/** Bits of key usage, from the left: digital signature, key encipherment; for authorities also signing certificates. */
const USAGE = { leaf: Buffer.from([0xa0]), authority: Buffer.from([0xa4]) };

/** Makes a certificate in PEM. Throws Error for keys that cannot sign. */
export const createCertificate = (request: CertificateRequest, key: KeyObject, signer: Signer): string => {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const subject = nameOf(request.commonName);
  const issuer = signer.certificate && readIssuer(signer.certificate);
  const keyId = createHash('sha1').update(keyBits(publicKey)).digest();
  const algorithm = algorithmOf(signer.key);
  const body = sequence(
    der(VERSION_TAG, integer(Buffer.from([2]))),
    integer(Buffer.from(randomBytes(request.random, SERIAL_BYTES))),
    algorithm,
    issuer?.subject ?? subject,
    sequence(moment(request.now), moment(request.now + request.days * DAY_MS)),
    subject,
    publicKey,
    der(EXTENSIONS_TAG, sequence(...extensionsOf(request, keyId, issuer?.keyId))),
  );
  const digest = signer.key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return toPem('CERTIFICATE', sequence(body, algorithm, bits(sign(digest, body, signer.key))));
};

/** Bytes as PEM. */
const toPem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;

/** The certificate of a PEM text, in DER. Throws Error when there is none. */
export const readCertificate = (pem: string): Buffer => new X509Certificate(pem).raw;

const nameOf = (commonName: string): Buffer =>
  sequence(der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8, Buffer.from(commonName)))));

const algorithmOf = (key: KeyObject): Buffer => {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return sequence(oid('1.2.840.113549.1.1.11'), der(TAG.null));
    case 'ec':
      return sequence(oid('1.2.840.10045.4.3.2'));
    case 'ed25519':
      return sequence(oid('1.3.101.112'));
    default:
      throw new Error(`cannot sign with a key of type ${key.asymmetricKeyType ?? 'secret'}`);
  }
};

const extensionsOf = (request: CertificateRequest, keyId: Buffer, authority: Buffer | undefined): readonly Buffer[] => {
  const { isAuthority } = request;
  const alternatives = [
    ...request.names.map((name) => der(0x82, Buffer.from(name, 'latin1'))),
    ...request.addresses.map((address) => der(0x87, addressBytes(address))),
  ];
  return [
    extension(OID.keyUsage, bits(isAuthority ? USAGE.authority : USAGE.leaf, isAuthority ? 2 : 5), true),
    extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth), oid(OID.clientAuth))),
    extension(OID.basicConstraints, isAuthority ? sequence(der(TAG.boolean, Buffer.from([0xff]))) : sequence(), true),
    ...(isAuthority ? [extension(OID.subjectKeyId, der(TAG.octets, keyId))] : []),
    ...(authority ? [extension(OID.authorityKeyId, sequence(der(0x80, authority)))] : []),
    ...(alternatives.length > 0 ? [extension(OID.alternativeNames, sequence(...alternatives))] : []),
  ];
};

const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [der(TAG.boolean, Buffer.from([0xff]))] : []), der(TAG.octets, value));

/** The key itself, without its algorithm: what key identifiers are made of. */
const keyBits = (publicKey: Buffer): Uint8Array => {
  const [, key] = readDerElements(readDerElement(publicKey).content);
  // The first byte of a bit string counts the bits its last one lacks.
  return key?.content.subarray(1) ?? publicKey;
};

/** Subject and key identifier of an authority's certificate. */
const readIssuer = (certificate: Buffer): { readonly subject: Buffer; readonly keyId: Buffer | undefined } => {
  const [body] = readDerElements(readDerElement(certificate).content);
  const fields = readDerElements(body?.content ?? NOTHING);
  const subject = fields[fields[0]?.tag === VERSION_TAG ? 5 : 4];
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS_TAG);
  const [found] = readDerElements((extensions && findExtension(extensions.content, OID.subjectKeyId)) ?? NOTHING);
  const keyId = found?.content;
  return {
    subject: subject ? Buffer.from(subject.whole) : sequence(),
    keyId: keyId && Buffer.from(keyId),
  };
};

const findExtension = (extensions: Uint8Array, id: string): Uint8Array | undefined =>
  readDerElements(readDerElement(extensions).content)
    .map(({ content }) => readDerElements(content))
    .find(([name]) => name && derIdentifierOf(name) === id)
    ?.at(-1)?.content;

const addressBytes = (address: string): Buffer => {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_whole, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((part) => part.toString(16)).join(':'),
  );
  const [head = '', tail] = text.split('::');
  const groups = (part: string): readonly number[] =>
    part.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)]));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const all = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
};
