/**
 * Passwords of the Master Password algorithm, as Sprig derives them.
 * @spec Masterminds/sprig crypto.go derivePassword
 */
import { hmac } from '@noble/hashes/hmac';
import { scrypt } from '@noble/hashes/scrypt';
import { sha256 } from '@noble/hashes/sha2';

import { toBytes } from '../go-text.ts';

const SEED = 'com.lyndir.masterpassword';
const TEMPLATES: Readonly<Record<string, string>> = {
  maximum: 'anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno',
  long: 'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno',
  medium: 'CvcnoCvc CvcCvcno',
  short: 'Cvcn',
  basic: 'aaanaaan aannaaan aaannaaa',
  pin: 'nnnn',
};
const CHARACTERS: Readonly<Record<string, string>> = {
  V: 'AEIOU',
  C: 'BCDFGHJKLMNPQRSTVWXYZ',
  v: 'aeiou',
  c: 'bcdfghjklmnpqrstvwxyz',
  A: 'AEIOUBCDFGHJKLMNPQRSTVWXYZ',
  a: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz',
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()',
};

/** What a password is derived from. */
export interface PasswordRequest {
  readonly counter: number;
  readonly type: string;
  readonly password: string;
  readonly user: string;
  readonly site: string;
}

/** Derives; an unknown type is told in the text, as Sprig does. */
export const derivePassword = ({ counter, type, password, user, site }: PasswordRequest): string => {
  const templates = (Object.hasOwn(TEMPLATES, type) ? (TEMPLATES[type] ?? '') : '').split(' ');
  if (templates[0] === '') return `cannot find password template ${type}`;
  const key = scrypt(toBytes(password), salted(user), { N: 32_768, r: 8, p: 2, dkLen: 64 });
  const seed = hmac(sha256, key, Uint8Array.from([...salted(site), ...uint32(counter)]));
  const template = templates[(seed[0] ?? 0) % templates.length] ?? '';
  return [...template]
    .map((element, index) => {
      const characters = CHARACTERS[element] ?? '';
      return characters[(seed[index + 1] ?? 0) % characters.length] ?? '';
    })
    .join('');
};

const salted = (text: string): Uint8Array => {
  const bytes = toBytes(text);
  return Uint8Array.from([...toBytes(SEED), ...uint32(bytes.length), ...bytes]);
};

const uint32 = (value: number): readonly number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
