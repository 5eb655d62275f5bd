/**
 * The certificates of the embedded API server: an authority of its own, the server's and the administrator's. Made
 * once, kept in the data folder, readable by its owner only.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Failure, isObject, type Clock } from '@argosy/base';

import {
  alternativeNames,
  basicConstraints,
  extendedKeyUsage,
  keyPem,
  keyUsage,
  makeCertificate,
  nameOf,
  newKeys,
  publicKeyOf,
} from './make-certificate.ts';

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

/** An authority that can sign. */
export interface CertificateAuthority {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Certificates live ten years: a laptop's platform must not stop because nobody renewed them. */
const LIFE_MS = 3650 * DAY_MS;
/** Bits of the key usage extension: digital signature, certificate signing. */
const AUTHORITY_USAGE = 1 | 32;
const AUTHORITY_NAME = nameOf({ commonName: 'argosy-ca' });
const [SERVER_AUTH, CLIENT_AUTH] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'] as const;

const lifeFrom = (now: number) => ({ notBefore: now - DAY_MS, notAfter: now + LIFE_MS });

const createAuthority = async (deps: { readonly clock: Clock }) => {
  const keys = await newKeys();
  const content = {
    subject: AUTHORITY_NAME,
    issuer: AUTHORITY_NAME,
    ...lifeFrom(deps.clock.now()),
    publicKey: publicKeyOf(keys),
    extensions: [basicConstraints(true), keyUsage(AUTHORITY_USAGE)],
  };
  return { certificate: makeCertificate(content, keys.privateKey), keys };
};

/** Makes certificates for these hosts (names and addresses). */
export const createPki = async (deps: { readonly clock: Clock }, hosts: readonly string[]): Promise<Pki> => {
  const { certificate, keys: authorityKeys } = await createAuthority(deps);
  const issue = async (subject: Buffer, usage: string, names: readonly string[]) => {
    const keys = await newKeys();
    const content = {
      subject,
      issuer: AUTHORITY_NAME,
      ...lifeFrom(deps.clock.now()),
      publicKey: publicKeyOf(keys),
      extensions: [
        basicConstraints(false),
        extendedKeyUsage([usage]),
        ...(names.length > 0 ? [alternativeNames(names)] : []),
      ],
    };
    return { certificate: makeCertificate(content, authorityKeys.privateKey), key: keyPem(keys.privateKey) };
  };
  const server = await issue(nameOf({ commonName: 'argosy-apiserver' }), SERVER_AUTH, hosts);
  const administrator = nameOf({ organization: 'system:masters', commonName: 'kubernetes-admin' });
  const client = await issue(administrator, CLIENT_AUTH, []);
  return {
    authority: certificate,
    signer: { certificate, key: keyPem(authorityKeys.privateKey) },
    serverCertificate: server.certificate,
    serverKey: server.key,
    clientCertificate: client.certificate,
    clientKey: client.key,
    token: randomBytes(32).toString('base64url'),
  };
};

/** Reads the certificates of a folder, or makes and keeps them. Throws Failure StoreCorrupt when the file is damaged. */
export const ensurePki = async (
  deps: { readonly clock: Clock },
  options: { readonly directory: string; readonly hosts: readonly string[] },
): Promise<Pki> => {
  const file = path.join(options.directory, 'pki.json');
  const known = readPki(file, options.hosts);
  if (known?.signer) return { ...known, signer: known.signer };
  const made = known ? await withSigner(deps, known) : await createPki(deps, options.hosts);
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify({ hosts: options.hosts, ...made }), { mode: 0o600 });
  return made;
};

/** Folders of before kept no key to sign with: another authority joins the one they have, whose certificates go on. */
const withSigner = async (deps: { readonly clock: Clock }, pki: KeptPki): Promise<Pki> => {
  const { certificate, keys } = await createAuthority(deps);
  return {
    ...pki,
    authority: `${pki.authority.trimEnd()}\n${certificate}`,
    signer: { certificate, key: keyPem(keys.privateKey) },
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
