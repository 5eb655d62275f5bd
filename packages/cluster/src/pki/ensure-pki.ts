/**
 * The certificates of the embedded API server: an authority of its own, the server's and the administrator's. Made
 * once, kept in the data folder, readable by its owner only.
 */
import { webcrypto } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { Failure, isObject, randomBytes, type Clock, type Random } from '@argosy/base';

import { keepFile } from '../store/keep-file.ts';
import { loadX509 } from './load-x509.ts';
import { newSerialNumber } from './serial-number.ts';

/** Everything in PEM, and the administrator's bearer token. */
export interface Pki {
  /** Whom clients and the server trust; more than one certificate where the folder is older than the signing of requests. */
  readonly authority: string;
  /** Signs certificates on request. */
  readonly signer: CertificateAuthority;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly token: string;
}

/** What certificates are made with; the keys alone come from the machine. */
export interface PkiPorts {
  readonly clock: Clock;
  /** Must be good for secrets outside of tests. */
  readonly random: Random;
}

/** An authority that can sign. */
export interface CertificateAuthority {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Certificates live ten years: a laptop's platform must not stop because nobody renewed them. */
const LIFE_MS = 3650 * DAY_MS;
const TOKEN_BYTES = 32;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const newKeys = async () =>
  (await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;

const toPem = async (keys: webcrypto.CryptoKeyPair): Promise<string> => {
  const x509 = await loadX509();
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
};

const createAuthority = async (deps: PkiPorts) => {
  const x509 = await loadX509();
  const keys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(deps.random),
    name: 'CN=argosy-ca',
    notBefore: new Date(deps.clock.now() - DAY_MS),
    notAfter: new Date(deps.clock.now() + LIFE_MS),
    signingAlgorithm: CURVE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
    ],
  });
  return { authority, keys };
};

/** Makes certificates for these hosts (names and addresses). */
export const createPki = async (deps: PkiPorts, hosts: readonly string[]): Promise<Pki> => {
  const { ExtendedKeyUsage } = await loadX509();
  const authority = await createAuthority(deps);
  const server = await issue(deps, authority, {
    name: 'CN=argosy-apiserver',
    usage: ExtendedKeyUsage.serverAuth,
    hosts,
  });
  const client = await issue(deps, authority, {
    name: 'O=system:masters, CN=kubernetes-admin',
    usage: ExtendedKeyUsage.clientAuth,
    hosts: [],
  });
  const certificate = authority.authority.toString('pem');
  return {
    authority: certificate,
    signer: { certificate, key: await toPem(authority.keys) },
    serverCertificate: server.certificate,
    serverKey: server.key,
    clientCertificate: client.certificate,
    clientKey: client.key,
    token: Buffer.from(randomBytes(deps.random, TOKEN_BYTES)).toString('base64url'),
  };
};

/** A certificate of the authority, and its key; hosts are names and addresses. */
const issue = async (
  deps: PkiPorts,
  by: Awaited<ReturnType<typeof createAuthority>>,
  of: { readonly name: string; readonly usage: string; readonly hosts: readonly string[] },
) => {
  const x509 = await loadX509();
  const keys = await newKeys();
  const hosts = of.hosts.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(deps.random),
    subject: of.name,
    issuer: by.authority.subject,
    notBefore: new Date(deps.clock.now() - DAY_MS),
    notAfter: new Date(deps.clock.now() + LIFE_MS),
    signingAlgorithm: CURVE,
    publicKey: keys.publicKey,
    signingKey: by.keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([of.usage]),
      ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts)] : []),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await toPem(keys) };
};

/** Reads the certificates of a folder, or makes and keeps them. Throws Failure StoreCorrupt when the file is damaged. */
export const ensurePki = async (
  deps: PkiPorts,
  options: { readonly directory: string; readonly hosts: readonly string[] },
): Promise<Pki> => {
  const file = path.join(options.directory, 'pki.json');
  const known = readPki(file, options.hosts);
  if (known?.signer) return { ...known, signer: known.signer };
  const made = known ? await withSigner(deps, known) : await createPki(deps, options.hosts);
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  keepFile(file, JSON.stringify({ hosts: options.hosts, ...made }));
  return made;
};

/** Folders of before kept no key to sign with: another authority joins the one they have, whose certificates go on. */
const withSigner = async (deps: PkiPorts, pki: KeptPki): Promise<Pki> => {
  const { authority, keys } = await createAuthority(deps);
  const certificate = authority.toString('pem');
  return {
    ...pki,
    authority: `${pki.authority.trimEnd()}\n${certificate}`,
    signer: { certificate, key: await toPem(keys) },
  };
};

type KeptPki = Omit<Pki, 'signer'> & Partial<Pick<Pki, 'signer'>>;

const readPki = (file: string, hosts: readonly string[]): KeptPki | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = parse(text);
  const isWhole =
    isObject(parsed) &&
    ['authority', 'serverCertificate', 'serverKey', 'clientCertificate', 'clientKey', 'token'].every(
      (field) => typeof parsed[field] === 'string',
    );
  if (!isWhole)
    throw new Failure(
      `${file} is damaged; remove it to have new certificates made (kubeconfig files in use must then be copied again)`,
      { code: 'StoreCorrupt' },
    );
  // Another --host than last time needs a certificate with its name.
  return JSON.stringify(parsed['hosts']) === JSON.stringify(hosts) ? (parsed as unknown as KeptPki) : undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
