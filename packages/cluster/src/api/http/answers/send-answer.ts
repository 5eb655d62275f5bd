/**
 * How answers are written: a whole one in one piece, so that it costs one call of the system; a stream as fast as its
 * client reads.
 */
import type { ServerResponse } from 'node:http';

import yaml from 'js-yaml';

import { Failure, isObject, messageOf, type Logger } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import type { AnswerForm } from './answer-form.ts';

/** Sends a text. */
export const sendText = (response: ServerResponse, text: string, status = 200): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
};

/** Sends bytes of the type given. */
export const sendBytes = (response: ServerResponse, contentType: string, bytes: Uint8Array): void => {
  response.writeHead(200, { 'content-type': contentType, 'content-length': bytes.byteLength }).end(bytes);
};

/** Sends a document that stays as it is for an hour. */
export const sendDocument = (
  response: ServerResponse,
  { contentType, value }: { readonly contentType: string; readonly value: object },
): void => {
  response
    .writeHead(200, { 'content-type': contentType, 'cache-control': 'public, max-age=3600' })
    .end(JSON.stringify(value));
};

/** Sends a value as JSON or YAML; a text is JSON already. */
export const sendJson = (
  response: ServerResponse,
  answer: { readonly status: number; readonly value: unknown },
  { isIndented, isYaml = false, warnings = [] }: AnswerForm,
): void => {
  const { status, value } = answer;
  if (warnings.length > 0) response.setHeader('warning', fitting(warnings).map(warningHeader));
  const read = (): unknown => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value);
  const text = isYaml
    ? yaml.dump(read(), { noRefs: true, lineWidth: -1, sortKeys: true })
    : isIndented
      ? JSON.stringify(read(), null, 2)
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  const end = isYaml || isIndented ? '' : '\n';
  const head = {
    'content-type': isYaml ? 'application/yaml' : contentTypeOf(value),
    // Measured before the end is added: two texts made one are copied by whoever looks at them.
    'content-length': Buffer.byteLength(text) + end.length,
    'cache-control': 'no-cache, private',
  };
  // Given a text, node sends it together with the head; bytes would be a second piece.
  response.writeHead(status, head).end(text + end);
};

/** Sends what comes as it comes, and waits when the client does not read. */
export const sendStream = async (
  response: ServerResponse,
  contentType: string,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<void> => {
  beginStream(response, contentType);
  for await (const chunk of chunks) {
    if (!response.write(chunk)) await drained(response);
    if (response.destroyed) return;
  }
  response.end();
};

/** Sends the head of a stream. */
export const beginStream = (response: ServerResponse, contentType: string): void => {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache, private' });
  response.flushHeaders();
};

/** A piece of a stream as HTTP/1.1 frames it: made once, sent to many. */
export interface StreamChunk {
  /** The piece itself. */
  readonly bytes: Uint8Array;
  /** The piece with its length before it. @spec RFC 9112 §7.1 */
  readonly framed: Uint8Array;
}

/** Frames a text. An empty one would end the stream: it is never to be sent. */
export const frameChunk = (text: string): StreamChunk => {
  const length = Buffer.byteLength(text);
  const head = `${length.toString(16)}\r\n`;
  const framed = Buffer.allocUnsafe(head.length + length + 2);
  framed.write(head, 'latin1');
  framed.write(text, head.length);
  framed.write('\r\n', head.length + length, 'latin1');
  return { bytes: framed.subarray(head.length, head.length + length), framed };
};

/**
 * Sends a piece of a begun stream at once, in one call of the system; what node does for an answer costs three pieces and
 * a later turn, which counts where a hundred clients are told the same. False when the client has not read what was sent
 * before: its connection drains later.
 */
export const sendChunk = (response: ServerResponse, { bytes, framed }: StreamChunk): boolean => {
  const { socket } = response;
  if (!socket) return response.write(bytes);
  return socket.write(response.chunkedEncoding ? framed : bytes);
};

/** Resolves when a client has read what was sent, or is gone. */
export const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

/** Sends an error as the Status it is; what is none is logged and told of without details. */
export const sendError = (
  log: Logger,
  response: ServerResponse,
  of: { readonly thrown: unknown } & AnswerForm,
): void => {
  const { thrown } = of;
  const error = thrown instanceof ApiStatusError ? thrown : unexpected(thrown);
  if (!(thrown instanceof ApiStatusError))
    log.error('request failed', {
      error: messageOf(thrown),
      stack: thrown instanceof Error ? thrown.stack : undefined,
    });
  // Within a stream the status is an event of its own.
  if (response.headersSent) {
    if (!response.destroyed) response.end(`${JSON.stringify({ type: 'ERROR', object: error.toStatus() })}\n`);
    return;
  }
  // What is left of a body that is too large or too slow is not read: the connection cannot be used again.
  if (error.reason === 'RequestEntityTooLarge' || error.reason === 'Timeout') response.setHeader('connection', 'close');
  sendJson(response, { status: error.httpCode, value: error.toStatus() }, of);
};

/** Who writes is told when nobody can write any more: no other request will end otherwise. */
const unexpected = (thrown: unknown): ApiStatusError =>
  thrown instanceof Failure && thrown.code === 'StoreFailed'
    ? new ApiStatusError('InternalError', `Internal error occurred: ${thrown.message}`)
    : new ApiStatusError('InternalError', 'Internal error occurred; the log of the server has it');

/** All warnings of an answer together, in characters: clients take no heads of any length. @upstream apiserver endpoints/filters/warning.go */
const LONGEST_WARNINGS = 4_096;

const fitting = (warnings: readonly string[]): readonly string[] => {
  let left = LONGEST_WARNINGS;
  return warnings.filter((text) => (left -= text.length) >= 0);
};

/** @spec https://www.rfc-editor.org/rfc/rfc7234#section-5.5, as kubectl prints it */
const warningHeader = (text: string): string => `299 - ${JSON.stringify(text.replaceAll(/[^\x20-\x7e]/g, '?'))}`;

/** Clients tell the aggregated form of discovery from the older one by its content type alone. */
const contentTypeOf = (value: unknown): string =>
  isObject(value) && value['kind'] === 'APIGroupDiscoveryList'
    ? 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    : 'application/json';
