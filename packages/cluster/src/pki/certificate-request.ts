/**
 * What a certificate request (PKCS #10) asks for, and whether whoever made it holds the key. @spec RFC 2986
 */
import { createPublicKey, verify } from 'node:crypto';

import { derIdentifierOf, readDerElement, readDerElements, type DerElement } from '@argosy/base';

/** A request, read. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
  readonly addressCount: number;
  /** The request in DER. */
  readonly der: Uint8Array;
}

/** Reads a request in PEM and checks its signature. Throws Error in the words of Go's x509. */
export const parseCertificateRequest = (pem: string): CertificateRequest => {
  const der = derOf(pem);
  const [info, algorithm, signature] = readDerElements(readDerElement(der).content);
  if (!info || !algorithm || !signature) throw new Error('x509: malformed certificate request');
  const [, subject, key, attributes] = readDerElements(info.content);
  if (!subject || !key) throw new Error('x509: malformed certificate request');
  checkSignature({ info, algorithm, signature, key });
  return { der, ...namesOf(subject), ...alternativesOf(attributes) };
};

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/;
const BLOCK_TYPE = 'CERTIFICATE REQUEST';

const derOf = (pem: string): Uint8Array => {
  const [, type, body = ''] = BLOCK.exec(pem) ?? [];
  if (type !== BLOCK_TYPE) throw new Error(`PEM block type must be ${BLOCK_TYPE}`);
  return Buffer.from(body.replaceAll(/\s/g, ''), 'base64');
};

/** Digests of the signature algorithms; Ed25519 brings its own. */
const DIGESTS: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

const checkSignature = (of: Readonly<Record<'info' | 'algorithm' | 'signature' | 'key', DerElement>>): void => {
  const [name] = readDerElements(of.algorithm.content);
  const digest = name && DIGESTS[derIdentifierOf(name)];
  if (digest === undefined) throw new Error('x509: cannot verify signature: algorithm unimplemented');
  const key = createPublicKey({ key: Buffer.from(of.key.whole), format: 'der', type: 'spki' });
  // The first byte of a bit string counts the bits its last one lacks.
  if (!verify(digest, of.info.whole, key, of.signature.content.subarray(1)))
    throw new Error('x509: signature check failed: whoever made the request does not hold its key');
};

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';

const namesOf = (subject: DerElement): Pick<CertificateRequest, 'commonName' | 'organizations'> => {
  const parts = readDerElements(subject.content)
    .flatMap((set) => readDerElements(set.content))
    .map((pair) => readDerElements(pair.content))
    .flatMap(([name, value]) => (name && value ? [[derIdentifierOf(name), nameText(value)] as const] : []));
  return {
    commonName: parts.findLast(([name]) => name === COMMON_NAME)?.[1] ?? '',
    organizations: parts.filter(([name]) => name === ORGANIZATION).map(([, value]) => value),
  };
};

/** UTF8String, PrintableString and IA5String. */
const TEXT_TAGS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);

/** In wide characters a name would read here as one thing, and as another in the certificate. */
const nameText = (value: DerElement): string => {
  if (TEXT_TAGS.has(value.tag)) return textOf(value);
  throw new Error('x509: the subject holds a kind of string that is not supported; use UTF8String or PrintableString');
};

const textOf = ({ content }: DerElement): string => Buffer.from(content).toString('utf8');

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const ALTERNATIVE_NAME = '2.5.29.17';
/** Tags of the names a certificate may be for. */
const [EMAIL, DNS, URI, ADDRESS] = [0x81, 0x82, 0x86, 0x87];

const alternativesOf = (
  attributes: DerElement | undefined,
): Pick<CertificateRequest, 'dnsNames' | 'emails' | 'uris' | 'addressCount'> => {
  const names = readDerElements(attributes?.content ?? new Uint8Array())
    .map((attribute) => readDerElements(attribute.content))
    .filter(([name]) => name && derIdentifierOf(name) === EXTENSION_REQUEST)
    .flatMap(([, values]) => (values ? readDerElements(values.content) : []))
    .flatMap((extensions) => readDerElements(extensions.content))
    .map((extension) => readDerElements(extension.content))
    .filter(([name]) => name && derIdentifierOf(name) === ALTERNATIVE_NAME)
    .flatMap((parts) => readDerElements(readDerElement(parts.at(-1)?.content ?? new Uint8Array()).content));
  const textsOf = (tag: number | undefined) => names.filter((name) => name.tag === tag).map(textOf);
  return {
    dnsNames: textsOf(DNS),
    emails: textsOf(EMAIL),
    uris: textsOf(URI),
    addressCount: names.filter(({ tag }) => tag === ADDRESS).length,
  };
};
