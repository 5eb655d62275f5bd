/**
 * Sprig's hashes, password lines and encryption.
 * @spec https://masterminds.github.io/sprig/crypto.html
 */
import { sha1 } from '@noble/hashes/legacy';
import { sha256, sha512 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

import { randomBytes } from '@argosy/base';

import { decryptCbc, encryptCbc } from '../crypto/aes.ts';
import { bcryptHash } from '../crypto/bcrypt.ts';
import { derivePassword } from '../crypto/derive-password.ts';
import { goFunction } from '../functions/signature.ts';
import { fromBytes, toBytes } from '../go-text.ts';
import { GoError, type CallContext, type GoFunctions } from '../values.ts';
import { decodeBase, encodeBase } from '../encoding/base-codes.ts';
import { randomOf } from './random.ts';

const BCRYPT_COST = 10;
/** Steps a slow hash costs: a tenth of a second is worth that many. */
const SLOW = 200_000;

const bcrypt = (password: string, context: CallContext): string => {
  const bytes = toBytes(password);
  if (bytes.length > 72) return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  context.spend(SLOW);
  return bcryptHash(bytes, randomBytes(randomOf(context, 'bcrypt'), 16), BCRYPT_COST);
};

const adler32 = (text: string): number => {
  let [low, high] = [1, 0];
  for (const byte of toBytes(text)) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
};

const keyOf = (password: string): Uint8Array => {
  const key = new Uint8Array(32);
  key.set(toBytes(password).subarray(0, 32));
  return key;
};

const encryptAes = (password: string, text: string, context: CallContext): string => {
  const bytes = toBytes(text);
  context.spend(bytes.length);
  const filler = 16 - (bytes.length % 16);
  const padded = Uint8Array.from([...bytes, ...Array.from({ length: filler }, () => filler)]);
  const start = randomBytes(randomOf(context, 'encryptAES'), 16);
  return encodeBase('base64', Uint8Array.from([...start, ...encryptCbc(keyOf(password), start, padded)]));
};

const decryptAes = (password: string, secret: string, context: CallContext): string => {
  if (secret === '') return '';
  const decoded = decodeBase('base64', secret);
  if (!decoded.ok) throw new GoError(decoded.error);
  const bytes = decoded.value;
  context.spend(bytes.length);
  if (bytes.length < 16) {
    const capacity = Math.floor(secret.length / 4) * 3;
    throw new GoError(`runtime error: slice bounds out of range [:16] with capacity ${capacity}`);
  }
  if (bytes.length < 32 || bytes.length % 16 !== 0) throw new GoError('crypto/cipher: input not full blocks');
  const plain = decryptCbc(keyOf(password), bytes.subarray(0, 16), bytes.subarray(16));
  const filler = plain.at(-1) ?? 0;
  if (filler > plain.length) throw new GoError('runtime error: slice bounds out of range');
  return fromBytes(plain.subarray(0, plain.length - filler));
};

/** Hashes, password lines and encryption. */
export const CRYPTO_FUNCTIONS: GoFunctions = {
  adler32sum: goFunction(['string'], ([text]) => String(adler32(text))),
  bcrypt: goFunction(['string'], ([password], context) => bcrypt(password, context)),
  decryptAES: goFunction(['string', 'string'], ([password, secret], context) => decryptAes(password, secret, context)),
  derivePassword: goFunction(
    ['uint32', 'string', 'string', 'string', 'string'],
    ([counter, type, password, user, site], context) => {
      context.spend(SLOW);
      return derivePassword({ counter: Number(counter), type, password, user, site });
    },
  ),
  encryptAES: goFunction(['string', 'string'], ([password, text], context) => encryptAes(password, text, context)),
  htpasswd: goFunction(['string', 'string'], ([user, password], context) =>
    user.includes(':') ? `invalid username: ${user}` : `${user}:${bcrypt(password, context)}`,
  ),
  sha1sum: goFunction(['string'], ([text]) => bytesToHex(sha1(toBytes(text)))),
  sha256sum: goFunction(['string'], ([text]) => bytesToHex(sha256(toBytes(text)))),
  sha512sum: goFunction(['string'], ([text]) => bytesToHex(sha512(toBytes(text)))),
};
