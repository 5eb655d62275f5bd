/**
 * Values as they lie on disk: JSON, and for Secrets JSON sealed with AES-256-GCM. The place of a value is bound into
 * the seal, so that one secret cannot be put in the place of another.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { Failure } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import { keepFile } from './keep-file.ts';
import { textOf } from './object-text.ts';

/** Turns objects into bytes and back. */
export interface ValueCodec {
  encode(resource: string, place: string, object: KubeObject): Uint8Array;
  /** Throws Failure StoreCorrupt. */
  decode(place: string, bytes: Uint8Array): unknown;
}

const SEALED_RESOURCES: ReadonlySet<string> = new Set(['/secrets']);
const PLAIN = 0;
const SEALED = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Creates the codec over a key of 32 bytes. */
export const createValueCodec = (key: Uint8Array): ValueCodec => ({
  encode: (resource, place, object) => {
    const text = textOf(object);
    if (!SEALED_RESOURCES.has(resource)) return plainBytes(text);
    const plain = Buffer.from(text, 'utf8');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place, 'utf8'));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(SEALED), nonce, cipher.getAuthTag(), sealed]);
  },
  decode: (place, bytes) => {
    try {
      return JSON.parse(
        (bytes[0] === PLAIN ? Buffer.from(bytes.subarray(1)) : open(key, place, bytes)).toString('utf8'),
      ) as unknown;
    } catch (thrown) {
      throw new Failure(
        `the stored object ${place} cannot be read: the data folder is damaged, or its key file is not the one it was written with`,
        { code: 'StoreCorrupt', cause: thrown },
      );
    }
  },
});

/** Two texts put together would be copied once more. */
const plainBytes = (text: string): Uint8Array => {
  const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  bytes[0] = PLAIN;
  bytes.write(text, 1);
  return bytes;
};

/** Reads the key file, or makes one readable by its owner only. Throws Failure StoreCorrupt. */
export const loadOrCreateKey = (file: string): Uint8Array => {
  try {
    const key = readFileSync(file);
    if (key.byteLength !== KEY_BYTES)
      throw new Failure(`${file} is not a key: ${KEY_BYTES} bytes are needed; restore it from where it was copied`, {
        code: 'StoreCorrupt',
      });
    return key;
  } catch (thrown) {
    if (thrown instanceof Failure || !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'))
      throw thrown;
    const key = randomBytes(KEY_BYTES);
    keepFile(file, key);
    return key;
  }
};

const open = (key: Uint8Array, place: string, bytes: Uint8Array): Buffer => {
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place, 'utf8')).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
};
