/**
 * Bodies of requests: capped before they are read; JSON, YAML or protobuf; nested no deeper than any manifest needs.
 */
import type { IncomingMessage } from 'node:http';

import yaml from 'js-yaml';

import { messageOf } from '@argosy/base';
import { ApiStatusError, decodeEnvelope, type MessageTable } from '@argosy/kube';

import { unrecognized } from '../../body-types.ts';
import { UNCOUNTED_BYTES, type BodyBudget, type BodyRoom } from './body-budget.ts';
import { duplicateFields } from './duplicate-fields.ts';

/** Largest body in bytes, as the API server's default. */
export const LARGEST_BODY_BYTES = 3 * 1024 * 1024;
const DEEPEST = 500;
/**
 * Most values in a body. Deviates: upstream has no such limit, but keeps no object of more than 1.5 MB, which holds so many
 * only if each is a few characters long. Each costs memory and time, however short it is.
 */
const MOST_VALUES = 250_000;

/** A body on its way. */
export interface BodyReading {
  /** Rejects with RequestEntityTooLarge, before reading what a client announces as too large; with Timeout when the client sends nothing and others wait. */
  readonly bytes: Promise<Buffer>;
  /** To be called when the request is answered, however it ends. Idempotent. */
  release(): void;
}

/** Begins to read a body. */
export const readBody = (request: IncomingMessage, budget: BodyBudget): BodyReading => {
  let room: BodyRoom | undefined;
  const bytes = new Promise<Buffer>((resolve, reject) => {
    const announced = Number(request.headers['content-length'] ?? LARGEST_BODY_BYTES);
    if (announced > LARGEST_BODY_BYTES) return reject(tooLarge());
    const parts: Buffer[] = [];
    let size = 0;
    const waitForRoom = (): void => {
      request.pause();
      room = budget.take(announced, { begin: () => request.resume(), cut: () => reject(stalled()) });
    };
    // Events and no iterator: for small bodies that costs more than reading them.
    request
      .on('data', (part: Buffer) => {
        size += part.byteLength;
        if (size > LARGEST_BODY_BYTES) return reject(tooLarge());
        parts.push(part);
        if (room) room.progress();
        else if (size > UNCOUNTED_BYTES) waitForRoom();
      })
      .on('end', () => {
        room?.complete();
        resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
      })
      .on('close', () => {
        if (!request.complete) reject(cutOff());
      });
  });
  return { bytes, release: () => room?.release() };
};

/** Media type of a request without its parameters. */
export const mediaTypeOf = ({ headers }: IncomingMessage): string => {
  const { 'content-type': type = JSON_TYPE } = headers;
  return type === JSON_TYPE ? type : (type.split(';')[0]?.trim().toLowerCase() ?? '');
};

const JSON_TYPE = 'application/json';

/** Throws UnsupportedMediaType for a body in a language this server does not read; patches have languages of their own. */
export const checkBodyType = (body: Buffer, mediaType: string): void => {
  if (body.byteLength === 0 || mediaType === '' || READ.has(mediaType)) return;
  throw new ApiStatusError(
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
};

const READ: ReadonlySet<string> = new Set([
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
]);

/** A body, read. */
export interface ParsedBody {
  readonly value: unknown;
  /** Fields that stand twice, looked for under `Strict` and `Warn`. */
  readonly duplicates: readonly string[];
}

/** What a request without a body says. */
export const NO_BODY: ParsedBody = { value: undefined, duplicates: [] };

/** How to read a body. */
export interface BodyOptions {
  readonly mediaType: string;
  readonly messages: MessageTable;
  /** The parameter `fieldValidation`, or ''. */
  readonly validation: string;
  /** What the address asks for, for messages. */
  readonly kind: () => string;
}

/** Parses a body as JSON, YAML or protobuf. Throws BadRequest, UnsupportedMediaType. */
export const parseBody = (body: Buffer, { mediaType, messages, validation, kind }: BodyOptions): ParsedBody => {
  if (body.byteLength === 0) return NO_BODY;
  if (mediaType === 'application/vnd.kubernetes.protobuf')
    return { value: parseProtobuf(body, messages), duplicates: [] };
  const isYaml = mediaType.endsWith('yaml');
  const text = body.toString('utf8');
  const value = isYaml ? parseYaml(text, validation === 'Strict') : parseJson(text, kind);
  checkExtent(value);
  const isAsked = !isYaml && (validation === 'Strict' || validation === 'Warn');
  return { value, duplicates: isAsked ? duplicateFields(text) : [] };
};

/** Answers stay JSON: every client that sends protobuf reads both. */
const parseProtobuf = (body: Buffer, messages: MessageTable): unknown => {
  const decoded = decodeEnvelope(body, messages);
  if (!decoded.ok) throw new ApiStatusError('BadRequest', decoded.error);
  return decoded.value;
};

const parseJson = (text: string, kind: () => string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw unrecognized(kind(), jsonProblem(messageOf(thrown)), text);
  }
};

/** What this engine says of malformed JSON, as Go's reader says it. */
const jsonProblem = (message: string): string => {
  if (/^Unexpected end|^Unterminated/.test(message)) return 'unexpected end of JSON input';
  const token = /^Unexpected token '(.*?)', /s.exec(message)?.[1];
  if (token) return `invalid character '${token}' looking for beginning of value`;
  const after = message.startsWith('Unexpected non-whitespace character after JSON');
  return after ? 'invalid character after top-level value' : message;
};

const parseYaml = (text: string, isStrict: boolean): unknown => {
  try {
    return yaml.load(text, { schema: yaml.CORE_SCHEMA, json: !isStrict });
  } catch (thrown) {
    throw new ApiStatusError('BadRequest', `error converting YAML to JSON: ${yamlProblem(text, thrown)}`);
  }
};

/** A key that stands twice is told as Go's reader of YAML tells it. */
const yamlProblem = (text: string, thrown: unknown): string => {
  if (!(thrown instanceof yaml.YAMLException) || thrown.reason !== 'duplicated mapping key') return messageOf(thrown);
  const { line, position } = thrown.mark;
  const key = /^["']?([^"':\s]*)/.exec(text.slice(position))?.[1] ?? '';
  return `yaml: unmarshal errors:\n  line ${line + 1}: key ${JSON.stringify(key)} already set in map`;
};

/**
 * Aliases of YAML let a short text stand for a value of any size: what it stands for is what may be no larger than a body.
 * Nobody can walk the whole of such a value, so this ends where it becomes too large.
 */
const checkExtent = (root: unknown): void => {
  let left = LARGEST_BODY_BYTES;
  let values = 0;
  const walk = (value: unknown, depth: number): void => {
    values += 1;
    if (values > MOST_VALUES) throw new ApiStatusError('RequestEntityTooLarge', TOO_MANY_VALUES);
    left -= typeof value === 'string' ? value.length + 1 : 1;
    if (left < 0) throw new ApiStatusError('RequestEntityTooLarge', STANDS_FOR_TOO_MUCH);
    if (typeof value !== 'object' || value === null) return;
    if (depth > DEEPEST) throw new ApiStatusError('BadRequest', `the object is nested deeper than ${DEEPEST} levels`);
    for (const name in value) {
      if (!Array.isArray(value)) left -= name.length;
      walk((value as Readonly<Record<string, unknown>>)[name], depth + 1);
    }
  };
  walk(root, 0);
};

const TOO_MANY_VALUES = `Request entity too large: the body holds more than ${MOST_VALUES} values`;
const STANDS_FOR_TOO_MUCH = `Request entity too large: with its aliases written out the body would be larger than ${LARGEST_BODY_BYTES}`;

const tooLarge = (): ApiStatusError =>
  new ApiStatusError('RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST_BODY_BYTES}`);

/** The client may try again: it was too slow for a busy server. */
const stalled = (): ApiStatusError =>
  new ApiStatusError('Timeout', 'Timeout: the body of the request did not arrive while others waited to send theirs');

/** Nobody is there to read it. */
const cutOff = (): ApiStatusError => new ApiStatusError('BadRequest', 'the request ended before its body did');
