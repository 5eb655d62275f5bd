/**
 * Bytes, digests, and texts that hold values.
 */
import { md5, sha1 } from '@noble/hashes/legacy';
import { sha256, sha512 } from '@noble/hashes/sha2';
import { sha3_512 } from '@noble/hashes/sha3';
import { bytesToHex } from '@noble/hashes/utils';

import { messageOf } from '@argosy/base';

import type { Machine } from '../runtime/machine.ts';
import { objectOf, withArticle } from '../runtime/operations.ts';
import { finite, force, isArray, problem, type Value } from '../runtime/values.ts';
import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import type { Call, Native, Natives } from './native.ts';

/** JSON (checked) as a value of the program. */
const fromJson = (machine: Machine, json: unknown): Value => {
  machine.spend(1);
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json;
  if (typeof json === 'number') return finite(json);
  if (typeof json !== 'object') throw problem(`${typeof json} is no JSON`);
  machine.enter();
  const value = Array.isArray(json)
    ? json.map((item) => fromJson(machine, item))
    : objectOf(
        machine,
        Object.entries(json).map(([name, part]) => [name, fromJson(machine, part)] as const),
      );
  machine.leave();
  return value;
};

const bytesOf = (call: Call): Uint8Array => {
  const value = call.value(0);
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (!isArray(value)) throw call.refuse(0, 'a string or an array of bytes', value);
  const bytes = value.map((item) => {
    const byte = force(item);
    if (typeof byte !== 'number' || !Number.isInteger(byte) || byte < 0 || byte > 255)
      throw call.fail(
        `bytes are whole numbers of 0 to 255, and one is ${typeof byte === 'number' ? byte : withArticle(byte)}`,
      );
    return byte;
  });
  call.machine.reserve(bytes.length);
  return Uint8Array.from(bytes);
};

const decode64 = (call: Call): Uint8Array => {
  const text = call.text(0);
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw call.fail('the text is not base64: its length is a multiple of 4, its characters A-Z a-z 0-9 + / =');
  call.machine.reserve(text.length);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
};

const encode64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};

const digest = (hash: (bytes: Uint8Array) => Uint8Array): Native => [
  's',
  (call) => bytesToHex(hash(new TextEncoder().encode(call.text(0)))),
];

const parseJson = (call: Call): Value => {
  call.machine.reserve(call.text(0).length);
  try {
    return fromJson(call.machine, JSON.parse(call.text(0)));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw call.fail(`the text is not JSON: ${messageOf(thrown)}`);
    throw thrown;
  }
};

/** One document is its value, a stream (a line that begins with ---) an array of them. */
const parseYaml = (call: Call): Value => {
  const text = call.text(0);
  call.machine.reserve(text.length);
  const documents = readDocuments(call, text).map((document) => fromJson(call.machine, document));
  if (!/(^|\n)---/.test(text)) return documents[0] ?? null;
  return documents.length === 0 ? [null] : documents;
};

const readDocuments = (call: Call, text: string): readonly unknown[] => {
  try {
    return parseYamlDocuments(text, 'the text');
  } catch (thrown) {
    throw call.fail(messageOf(thrown));
  }
};

/** By name. */
export const ENCODING_FUNCTIONS: Natives = {
  base64: ['input', (call) => encode64(bytesOf(call))],
  base64Decode: ['str', (call) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(decode64(call))],
  base64DecodeBytes: ['str', (call) => [...decode64(call)]],
  encodeUTF8: ['str', (call) => [...new TextEncoder().encode(call.text(0))]],
  decodeUTF8: [
    'arr',
    (call) => {
      call.list(0);
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(call));
    },
  ],
  md5: digest(md5),
  sha1: digest(sha1),
  sha256: digest(sha256),
  sha512: digest(sha512),
  sha3: digest(sha3_512),
  parseJson: ['str', parseJson],
  parseYaml: ['str', parseYaml],
};
