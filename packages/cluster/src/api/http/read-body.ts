/**
 * Bodies of requests: capped before they are read; JSON, YAML or protobuf; nested no deeper than any manifest needs.
 */
import type { IncomingMessage } from 'node:http';

import yaml from 'js-yaml';

import { messageOf } from '@argosy/base';
import { ApiStatusError, decodeEnvelope, type MessageTable } from '@argosy/kube';

/** Largest body in bytes, as the API server's default. */
export const LARGEST_BODY_BYTES = 3 * 1024 * 1024;
const DEEPEST = 500;

/** Reads a body. Throws RequestEntityTooLarge before reading what a client announces as too large. */
export const readBody = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > LARGEST_BODY_BYTES) return reject(tooLarge());
    const parts: Buffer[] = [];
    let size = 0;
    // Events and no iterator: for small bodies that costs more than reading them.
    request
      .on('data', (part: Buffer) => {
        size += part.byteLength;
        if (size > LARGEST_BODY_BYTES) reject(tooLarge());
        else parts.push(part);
      })
      .on('end', () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)))
      .on('close', () => {
        if (!request.complete) reject(cutOff());
      });
  });

/** Media type of a request without its parameters. */
export const mediaTypeOf = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';

/** Parses a body as JSON, YAML or protobuf. Throws BadRequest, UnsupportedMediaType. */
export const parseBody = (body: Buffer, mediaType: string, messages: MessageTable): unknown => {
  if (body.byteLength === 0) return undefined;
  if (mediaType === 'application/vnd.kubernetes.protobuf') return parseProtobuf(body, messages);
  const parsed = mediaType.endsWith('yaml') ? parseYaml(body) : parseJson(body);
  checkDepth(parsed, 0);
  return parsed;
};

/** Answers stay JSON: every client that sends protobuf reads both. */
const parseProtobuf = (body: Buffer, messages: MessageTable): unknown => {
  const decoded = decodeEnvelope(body, messages);
  if (!decoded.ok) throw new ApiStatusError('BadRequest', decoded.error);
  return decoded.value;
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (thrown) {
    throw new ApiStatusError(
      'BadRequest',
      `the object provided is unrecognized (must be of type JSON): ${messageOf(thrown)}`,
    );
  }
};

const parseYaml = (body: Buffer): unknown => {
  try {
    return yaml.load(body.toString('utf8'), { schema: yaml.CORE_SCHEMA, json: true });
  } catch (thrown) {
    throw new ApiStatusError('BadRequest', `error converting YAML to JSON: ${messageOf(thrown)}`);
  }
};

const checkDepth = (value: unknown, depth: number): void => {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw new ApiStatusError('BadRequest', `the object is nested deeper than ${DEEPEST} levels`);
  for (const name in value) checkDepth((value as Readonly<Record<string, unknown>>)[name], depth + 1);
};

const tooLarge = (): ApiStatusError =>
  new ApiStatusError('RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST_BODY_BYTES}`);

/** Nobody is there to read it. */
const cutOff = (): ApiStatusError => new ApiStatusError('BadRequest', 'the request ended before its body did');
