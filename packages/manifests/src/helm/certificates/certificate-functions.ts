/**
 * Sprig's functions that make keys and certificates. What they make differs in every render, as upstream's does: an
 * application that applies it is out of sync each time.
 * @spec https://masterminds.github.io/sprig/crypto.html
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

import { messageOf } from '@argosy/base';
import {
  goFunction,
  GoError,
  GoObject,
  type CallContext,
  type GoFunctions,
  type GoList,
  type GoValue,
} from '@argosy/expressions';

import { createCertificate, readCertificate, type CertificateRequest, type Signer } from './create-certificate.ts';

const RSA_BITS = 2048;
/** Of `genPrivateKey "rsa"`. */
const LARGE_RSA_BITS = 4096;
/** What keys cost of a render's budget: as much as other steps do that take as long. */
const RSA_STEPS = 50_000;
const LARGE_RSA_STEPS = 400_000;
const CURVE_STEPS = 500;

type Subject = Omit<CertificateRequest, 'now' | 'random' | 'isAuthority'>;

/** By name. */
export const CERTIFICATE_FUNCTIONS: GoFunctions = {
  genPrivateKey: goFunction(['string'], ([type], context) => privateKeyOf(type, context)),
  genCA: goFunction(['string', 'int'], ([name, days], context) =>
    authority(subjectOf(name, days), newKey(context), context),
  ),
  genCAWithKey: goFunction(['string', 'int', 'string'], ([name, days, pem], context) =>
    authority(subjectOf(name, days), keyOf(pem), context),
  ),
  genSelfSignedCert: goFunction(['string', 'list', 'list', 'int'], ([name, ips, names, days], context) =>
    selfSigned(subjectOf(name, days, ips, names), newKey(context), context),
  ),
  genSelfSignedCertWithKey: goFunction(
    ['string', 'list', 'list', 'int', 'string'],
    ([name, ips, names, days, pem], context) => selfSigned(subjectOf(name, days, ips, names), keyOf(pem), context),
  ),
  genSignedCert: goFunction(['string', 'list', 'list', 'int', 'any'], ([name, ips, names, days, ca], context) =>
    signed(subjectOf(name, days, ips, names), { key: newKey(context), ca }, context),
  ),
  genSignedCertWithKey: goFunction(
    ['string', 'list', 'list', 'int', 'any', 'string'],
    ([name, ips, names, days, ca, pem], context) =>
      signed(subjectOf(name, days, ips, names), { key: keyOf(pem), ca }, context),
  ),
  buildCustomCert: goFunction(['string', 'string'], ([certificate, key]) => custom(certificate, key)),
};

const authority = (subject: Subject, key: KeyObject, context: CallContext): GoObject =>
  made({ ...subject, isAuthority: true }, { key, signer: { key } }, context);

const selfSigned = (subject: Subject, key: KeyObject, context: CallContext): GoObject =>
  made({ ...subject, isAuthority: false }, { key, signer: { key } }, context);

const signed = (
  subject: Subject,
  { key, ca }: { readonly key: KeyObject; readonly ca: GoValue },
  context: CallContext,
): GoObject => {
  const parts = ca instanceof GoObject ? ca.fields : {};
  const { Cert: certificate, Key: caKey } = parts;
  if (typeof certificate !== 'string' || typeof caKey !== 'string')
    throw new GoError('wrong type for value; expected sprig.certificate');
  const signer: Signer = { key: keyOf(caKey), certificate: certificateOf(certificate) };
  return made({ ...subject, isAuthority: false }, { key, signer }, context);
};

const made = (
  request: Omit<CertificateRequest, 'now' | 'random'>,
  of: { readonly key: KeyObject; readonly signer: Signer },
  { ports }: CallContext,
): GoObject => {
  const { now, random } = ports;
  if (!now || !random) throw new GoError('certificates need a clock and random numbers');
  try {
    const certificate = createCertificate({ ...request, now: now(), random }, of.key, of.signer);
    return certificateValue(certificate, pemOf(of.key));
  } catch (thrown) {
    throw new GoError(`error creating certificate: ${messageOf(thrown)}`);
  }
};

const custom = (certificate: string, key: string): GoObject => {
  const pem = { certificate: decoded(certificate, 'certificate'), key: decoded(key, 'private key') };
  certificateOf(pem.certificate);
  keyOf(pem.key);
  return certificateValue(pem.certificate, pem.key);
};

const certificateValue = (certificate: string, key: string): GoObject =>
  new GoObject('sprig.certificate', { fields: { Cert: certificate, Key: key } });

const decoded = (text: string, what: string): string => {
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    return Buffer.from(text, 'base64').toString('utf8');
  throw new GoError(`unable to decode base64 ${what}`);
};

const certificateOf = (pem: string): Buffer => {
  try {
    return readCertificate(pem);
  } catch (thrown) {
    throw new GoError(`unable to decode certificate: ${messageOf(thrown)}`);
  }
};

const keyOf = (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (thrown) {
    throw new GoError(`error parsing private key: ${messageOf(thrown)}`);
  }
};

const newKey = (context: CallContext, bits = RSA_BITS): KeyObject => {
  context.spend(bits === RSA_BITS ? RSA_STEPS : LARGE_RSA_STEPS);
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
};

const privateKeyOf = (type: string, context: CallContext): string => {
  context.spend(CURVE_STEPS);
  switch (type) {
    case '':
    case 'rsa':
      return pemOf(newKey(context, LARGE_RSA_BITS));
    case 'ecdsa':
      return pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return pemOf(generateKeyPairSync('ed25519').privateKey);
    case 'dsa':
      throw new GoError('genPrivateKey "dsa" is not supported; use rsa, ecdsa or ed25519');
    default:
      return `Unknown type ${type}`;
  }
};

const pemOf = (key: KeyObject): string => {
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  return key.export({ type, format: 'pem' }).toString();
};

const subjectOf = (commonName: string, days: bigint, ips?: GoList, names?: GoList): Subject => ({
  commonName,
  days: Number(days),
  addresses: textsOf(ips, 'ip').map((address) => {
    if (isIP(address) === 0) throw new GoError('error parsing ip');
    return address;
  }),
  names: textsOf(names, 'alternate dns name'),
});

const textsOf = (list: GoList | undefined, what: string): readonly string[] =>
  (list?.items ?? []).map((item) => {
    if (typeof item === 'string') return item;
    throw new GoError(`error parsing ${what}: ${typeof item} is not a string`);
  });
