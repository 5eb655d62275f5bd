/**
 * Protobuf bodies as kubectl's generators and client-go's typed clients send them, decoded to the objects that the same
 * clients would send as JSON. @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf
 */
import { fail, isObject, ok, toTimestamp, type Result } from '@argosy/base';

import { messageNameOf, type Message, type MessageField, type MessageTable } from './message-table.ts';
import { readFields } from './wire-reader.ts';

/** What stands before every body. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
/** Deepest nesting of messages; those of Kubernetes end at about twelve, schemas of custom kinds take two a level. */
const DEEPEST = 200;

type Fields = Record<string, unknown>;

/**
 * Decodes an enveloped object. Fails with one sentence when it is no envelope, of a kind whose message is not known, or
 * broken. Unknown fields are left out, as protobuf means them to be.
 */
export const decodeEnvelope = (body: Uint8Array, table: MessageTable): Result<object> => {
  if (!MAGIC.every((byte, at) => body[at] === byte))
    return fail('the body does not begin as Kubernetes protobuf does (k8s and a zero byte)');
  try {
    return decodeUnknown(body.subarray(MAGIC.length), table);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return fail(`the body is no protobuf message: ${thrown.message}`);
  }
};

/** runtime.Unknown: 1 typeMeta, 2 raw, 3 contentEncoding, 4 contentType. */
const decodeUnknown = (bytes: Uint8Array, table: MessageTable): Result<object> => {
  let [apiVersion, kind, contentType] = ['', '', ''];
  let raw: Uint8Array = new Uint8Array();
  for (const { number, value } of readFields(bytes)) {
    if (typeof value === 'bigint') continue;
    if (number === 1) [apiVersion, kind] = decodeTypeMeta(value);
    if (number === 2) raw = value;
    if (number === 4) contentType = textOf(value);
  }
  if (contentType === 'application/json') return parseRaw(raw);
  // The options of a deletion are of no group, or of whichever group the client had at hand.
  const message = table.find(kind === 'DeleteOptions' ? 'meta.DeleteOptions' : messageNameOf(apiVersion, kind));
  if (!message)
    return fail(`${kind || 'an object without a kind'} (${apiVersion}) is not known in protobuf; send JSON`);
  return ok({ apiVersion, kind, ...decodeMessage(table, message, { bytes: raw, depth: 0 }) });
};

const parseRaw = (raw: Uint8Array): Result<object> => {
  const parsed = rawValue(raw);
  return isObject(parsed) ? ok(parsed) : fail('the envelope does not hold an object');
};

const decodeTypeMeta = (bytes: Uint8Array): [apiVersion: string, kind: string] => {
  let [apiVersion, kind] = ['', ''];
  for (const { number, value } of readFields(bytes)) {
    if (typeof value === 'bigint') continue;
    if (number === 1) apiVersion = textOf(value);
    if (number === 2) kind = textOf(value);
  }
  return [apiVersion, kind];
};

interface Part {
  readonly bytes: Uint8Array;
  readonly depth: number;
}

const decodeMessage = (table: MessageTable, message: Message, { bytes, depth }: Part): Fields => {
  if (depth > DEEPEST) throw new RangeError(`messages are nested deeper than ${DEEPEST} levels`);
  const decoded: Fields = {};
  for (const { number, value } of readFields(bytes)) {
    const field = message.byNumber.get(number);
    if (field) put(decoded, field, (type) => decodeValue(table, type, { value, depth }));
  }
  for (const [name, value] of Object.entries(decoded))
    // `fromEntries` makes every key, also `__proto__`, a member like the others.
    if (value instanceof Map) decoded[name] = Object.fromEntries(value as ReadonlyMap<string, unknown>);
  return decoded;
};

const put = (into: Fields, field: MessageField, decode: (type: string) => unknown): void => {
  const { name, type } = field;
  switch (type.kind) {
    case 'inline':
      Object.assign(into, decode(type.of));
      return;
    case 'list':
      into[name] ??= [];
      (into[name] as unknown[]).push(decode(type.of));
      return;
    case 'map': {
      const [key, value] = decode(`entry ${type.of}`) as readonly [string, unknown];
      into[name] ??= new Map<string, unknown>();
      (into[name] as Map<string, unknown>).set(key, value);
      return;
    }
    case 'one': {
      const value = decode(type.of);
      if (value !== undefined && !isLeftOut(field, value)) into[name] = value;
    }
  }
};

/** Go leaves empty values out of JSON unless they stand behind a pointer or the field has no `omitempty`. */
const isLeftOut = (field: MessageField, value: unknown): boolean =>
  !field.isPointer && !field.isAlwaysWritten && (value === '' || value === 0 || value === false);

interface Wire {
  readonly value: bigint | Uint8Array;
  readonly depth: number;
}

const decodeValue = (table: MessageTable, type: string, wire: Wire): unknown => {
  const { value, depth } = wire;
  if (type.startsWith('entry ')) return decodeEntry(table, type.slice(6), wire);
  if (typeof value === 'bigint') return type === 'bool' ? value !== 0n : Number(BigInt.asIntN(64, value));
  switch (type) {
    case 'string':
      return textOf(value);
    case 'bytes':
      return toBase64(value);
    case 'double':
      return new DataView(value.buffer, value.byteOffset, value.byteLength).getFloat64(0, true);
    case 'Raw':
      return rawField(value);
    case 'Json':
      // Go keeps null as no bytes at all.
      return rawField(value) ?? null;
    case 'SchemaOrList':
    case 'SchemaOrFlag':
    case 'SchemaOrTexts':
      return schemaOr(table, type, { bytes: value, depth });
    case 'Time':
    case 'MicroTime':
      return timeOf(value, type);
    case 'Quantity':
      return textField(value, 1);
    case 'IntOrString':
      return intOrString(value);
    case 'Items':
      return [...readFields(value)].map((item) => (typeof item.value === 'bigint' ? '' : textOf(item.value)));
    case 'Duration':
      return durationOf(value);
    default: {
      const message = table.find(type);
      return message ? decodeMessage(table, message, { bytes: value, depth: depth + 1 }) : undefined;
    }
  }
};

/** A part of a JSON schema that is a schema, or something simpler: each kind has field numbers of its own. */
const SCHEMA_OR = {
  SchemaOrList: { schema: 1, other: 2 },
  SchemaOrFlag: { schema: 2, other: 1 },
  SchemaOrTexts: { schema: 1, other: 2 },
} as const;

const schemaOr = (table: MessageTable, type: keyof typeof SCHEMA_OR, { bytes, depth }: Part): unknown => {
  const numbers = SCHEMA_OR[type];
  const parts = [...readFields(bytes)];
  const decode = (value: bigint | Uint8Array) =>
    decodeValue(table, 'apiextensions/v1.JSONSchemaProps', { value, depth });
  const schema = parts.find(({ number }) => number === numbers.schema);
  if (schema) return decode(schema.value);
  const others = parts.filter(({ number }) => number === numbers.other).map(({ value }) => value);
  if (type === 'SchemaOrFlag') return others.some((value) => value === 1n);
  return type === 'SchemaOrList'
    ? others.map(decode)
    : others.map((value) => (typeof value === 'bigint' ? '' : textOf(value)));
};

/** An entry of a map: 1 key, 2 value. */
const decodeEntry = (table: MessageTable, type: string, { value, depth }: Wire): readonly [string, unknown] => {
  let key = '';
  let found: unknown = type === 'string' || type === 'bytes' ? '' : {};
  if (typeof value === 'bigint') throw new RangeError('an entry of a map is no message');
  for (const part of readFields(value)) {
    if (part.number === 1 && typeof part.value !== 'bigint') key = textOf(part.value);
    if (part.number === 2) found = decodeValue(table, type, { value: part.value, depth: depth + 1 });
  }
  return [key, found];
};

const textField = (bytes: Uint8Array, number: number): string => {
  for (const field of readFields(bytes))
    if (field.number === number && typeof field.value !== 'bigint') return textOf(field.value);
  return '';
};

const numbersOf = (bytes: Uint8Array): ReadonlyMap<number, number> =>
  new Map(
    [...readFields(bytes)].flatMap(({ number, value }) =>
      typeof value === 'bigint' ? [[number, Number(BigInt.asIntN(64, value))] as const] : [],
    ),
  );

/** 1 type (0 number, 1 text), 2 the number, 3 the text. */
const intOrString = (bytes: Uint8Array): number | string => {
  const numbers = numbersOf(bytes);
  return numbers.get(1) === 1 ? textField(bytes, 3) : (numbers.get(2) ?? 0);
};

/** 1 seconds, 2 nanoseconds. An empty time is no time. */
const timeOf = (bytes: Uint8Array, type: 'Time' | 'MicroTime'): string | null | undefined => {
  if (bytes.length === 0) return undefined;
  const numbers = numbersOf(bytes);
  const instant = (numbers.get(1) ?? 0) * 1000;
  if (type === 'Time') return toTimestamp(instant);
  const micros = Math.floor((numbers.get(2) ?? 0) / 1000);
  return `${toTimestamp(instant).slice(0, -1)}.${String(micros).padStart(6, '0')}Z`;
};

/** 1 nanoseconds. */
const durationOf = (bytes: Uint8Array): string => `${(numbersOf(bytes).get(1) ?? 0) / 1e9}s`;

/** RawExtension and FieldsV1: 1 the JSON itself. */
const rawField = (bytes: Uint8Array): unknown => {
  for (const field of readFields(bytes))
    if (field.number === 1 && typeof field.value !== 'bigint') return rawValue(field.value);
  return undefined;
};

const rawValue = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(textOf(bytes)) as unknown;
  } catch {
    throw new RangeError('a raw field does not hold JSON');
  }
};

const utf8 = new TextDecoder();
const textOf = (bytes: Uint8Array): string => utf8.decode(bytes);

const toBase64 = (bytes: Uint8Array): string => {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};
