/**
 * Hashes that names are made of. All pure JavaScript: base may not import node.
 */
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

/** FNV-1a over the UTF-8 bytes of a text, 32 bits, unsigned. Argo Workflows makes node ids of it. */
export const fnv1a32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of utf8ToBytes(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
};

/** SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal. */
export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** Spells a decimal text with the alphabet of pod-template-hash labels, so that it never forms a word. @spec k8s.io/apimachinery/pkg/util/rand#SafeEncodeString */
export const safeEncode = (text: string): string =>
  [...text].map((character) => SAFE_ALPHABET[character.charCodeAt(0) % SAFE_ALPHABET.length]).join('');

const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
