/**
 * One request from its head to its answer: who asks, may they, what for. One generic path per verb.
 * @spec https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Client } from '@argosy/client';
import { ApiStatusError, type Caller, type MessageTable, type RequestAttributes } from '@argosy/kube';

import type { Access } from '../../access/access.ts';
import type { Authenticate } from '../../access/authenticate.ts';
import { attributesOf, authorize } from '../../access/authorize.ts';
import { impersonate } from '../../access/impersonate.ts';
import { issuerDocument } from '../../access/issuer-documents.ts';
import type { PodAccess } from '../../kubelet/pod-runtime.ts';
import type { ApiContext } from '../api-context.ts';
import { createInProcessClient } from '../in-process-client.ts';
import type { OpenApiDocuments } from '../openapi/documents.ts';
import { proxyToNode } from '../proxy/node-proxy.ts';
import { proxyRequest } from '../proxy/proxy-request.ts';
import { answerFormOf, checkAcceptable } from './answers/answer-form.ts';
import type { BodyBudget } from './bodies/body-budget.ts';
import { checkBodyType, mediaTypeOf, NO_BODY, parseBody, readBody } from './bodies/read-body.ts';
import { healthAnswer } from './health.ts';
import { addressOf, parseResourcePath, type RequestAddress, type ResourcePath } from './request-path.ts';
import { notAllowed } from './resource-call.ts';
import { answerResource } from './resources/resource-requests.ts';
import { sendBytes, sendDocument, sendError, sendJson, sendStream, sendText } from './answers/send-answer.ts';
import { describeServer, SWAGGER_MESSAGE } from './server-documents.ts';
import type { ServerMetrics } from './server-metrics.ts';
import type { WatchHub } from './watches/watch-hub.ts';

/** What answers are made with. One per server. */
export interface ServerScope {
  readonly context: ApiContext;
  readonly access: Access;
  readonly podAccess: () => PodAccess | undefined;
  /** Host and port the server is known under. */
  readonly address: string;
  /** The same with its scheme. */
  readonly url: string;
  readonly messages: MessageTable;
  readonly documents: OpenApiDocuments;
  readonly metrics: ServerMetrics;
  readonly authenticate: Authenticate;
  readonly watches: WatchHub;
  readonly bodies: BodyBudget;
}

/** Creates the handler of a server's requests. Whatever goes wrong is answered as a Status. */
export const createRequestHandler = (
  scope: ServerScope,
): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const actorOf = createActors(scope);
  return (request, response) => void answer(scope, actorOf, { request, response });
};

/** The server on behalf of one caller. */
interface Actor extends ServerScope {
  readonly client: Client;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Warnings so far: whoever is refused is told of them as well. */
  readonly said: string[];
}

/** A caller stays one object for as long as their connection or their token: their actor is made once. */
const createActors = (scope: ServerScope): ((caller: Caller) => Actor) => {
  const actors = new WeakMap<Caller, Actor>();
  return (caller) => {
    const known = actors.get(caller);
    if (known) return known;
    const context: ApiContext = { ...scope.context, caller };
    const actor = { ...scope, context, client: createInProcessClient(context, scope.podAccess) };
    actors.set(caller, actor);
    return actor;
  };
};

const answer = async (
  scope: ServerScope,
  actorOf: (caller: Caller) => Actor,
  { request, response }: Omit<Exchange, 'said'>,
): Promise<void> => {
  const said: string[] = [];
  let measured: ((code: number) => void) | undefined;
  try {
    const address = addressOf(request.url ?? '/');
    const { pathname } = address;
    const health = healthAnswer(address, scope.context.store);
    if (health) return sendText(response, health.text, health.status);
    const real = scope.authenticate(request);
    const caller = impersonate(scope.access, real, request.headers);
    const path = parseResourcePath(pathname);
    const attributes = attributesOfRequest(address, path, request.method ?? 'GET');
    measured = scope.metrics.begin(measuredAs(scope, path, attributes));
    authorize(scope.access, caller, attributes);
    if (path) await answerApi(actorOf(caller), { address, path, caller, request, response, said });
    else await answerPath(scope, pathname, { request, response });
  } catch (thrown) {
    sendError(scope.context.log, response, { thrown, ...answerFormOf(request.url ?? '', request.headers, said) });
  }
  measured?.(response.statusCode);
};

/** Paths that name no resource are asked for as they are. */
const attributesOfRequest = (
  { pathname, query }: RequestAddress,
  path: ResourcePath | undefined,
  method: string,
): RequestAttributes =>
  path ? attributesOf(method, path, query) : { kind: 'path', verb: method.toLowerCase(), path: pathname };

/** Anybody may ask for what is not served, under as many names as they can think of: all of that is one to whoever counts. */
const measuredAs = (
  { context }: ServerScope,
  path: ResourcePath | undefined,
  attributes: RequestAttributes,
): RequestAttributes => {
  if (attributes.kind === 'path' || (path && context.registry.find(path))) return attributes;
  return { kind: 'resource', verb: attributes.verb, group: '', resource: UNSERVED };
};

const UNSERVED = 'unknown';

const answerPath = async (
  scope: ServerScope,
  pathname: string,
  { request, response }: Omit<Exchange, 'said'>,
): Promise<void> => {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw notAllowed();
  if (pathname.startsWith('/api')) checkAcceptable(request.headers.accept ?? '');
  const issued = issuerDocument(scope.access.tokens, pathname, scope.url);
  if (issued) return sendDocument(response, issued);
  if (pathname === '/metrics') return sendText(response, await scope.metrics.text());
  const document = describeServer(
    { kinds: scope.context.registry.all(), address: scope.address, documents: scope.documents },
    pathname,
    request.headers.accept ?? '',
  );
  if (document === undefined) throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  if (document instanceof Uint8Array) return sendBytes(response, SWAGGER_MESSAGE, document);
  // What describes the server itself is written for people, whoever asks.
  const form = answerFormOf(request.url ?? '', request.headers);
  const isIndented = pathname === '/version' || (!pathname.startsWith('/openapi') && form.isIndented);
  sendJson(response, { status: 200, value: document }, { ...form, isIndented });
};

/** A request about a resource. */
interface ApiExchange extends Exchange {
  readonly address: RequestAddress;
  readonly path: ResourcePath;
  readonly caller: Caller;
}

const answerApi = (actor: Actor, of: ApiExchange): Promise<void> => {
  if (isProxied(of.path)) return proxy(actor, of);
  const { method } = of.request;
  return method === 'GET' || method === 'HEAD' ? answerWith(actor, of, undefined) : answerBody(actor, of);
};

const answerBody = async (actor: Actor, of: ApiExchange): Promise<void> => {
  const body = readBody(of.request, actor.bodies);
  try {
    await answerWith(actor, of, await body.bytes);
  } finally {
    body.release();
  }
};

const answerWith = async (actor: Actor, of: ApiExchange, bytes: Buffer | undefined): Promise<void> => {
  const { request, response } = of;
  const mediaType = mediaTypeOf(request);
  const method = request.method ?? 'GET';
  const validation = of.address.query.get('fieldValidation') ?? '';
  if (bytes && method !== 'PATCH') checkBodyType(bytes, mediaType);
  if (!TEXTUAL.has(of.path.subresource ?? '')) checkAcceptable(request.headers.accept ?? '');
  const { value: body, duplicates } = bytes
    ? parseBody(bytes, {
        mediaType,
        messages: actor.messages,
        validation,
        kind: () => actor.context.registry.find(of.path)?.kind ?? 'JSON',
      })
    : NO_BODY;
  const outcome = await answerResource(actor, {
    method,
    path: of.path,
    query: of.address.query,
    accept: request.headers.accept ?? '',
    mediaType,
    program: programOf(request),
    body,
    duplicates,
    untilGone: () => untilGone(response),
    caller: of.caller,
    warn: (text) => of.said.push(text),
  });
  if (outcome.kind === 'json')
    return sendJson(
      response,
      outcome,
      answerFormOf(request.url ?? '', request.headers, outcome.warnings ? [...outcome.warnings, ...of.said] : of.said),
    );
  if (outcome.kind === 'watch') return outcome.begin(response);
  await sendStream(response, outcome.contentType, outcome.chunks);
};

/** @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go#prefixFromUserAgent */
const programOf = ({ headers }: IncomingMessage): string => {
  const agent = headers['user-agent'] ?? '';
  const end = agent.indexOf('/');
  const name = end < 0 ? agent : agent.slice(0, end);
  const printable = PRINTABLE_ASCII.test(name) ? name : name.replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '');
  return printable.slice(0, LONGEST_PROGRAM);
};

/** Nearly every name: looking through it by classes of characters takes much longer. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Most of a program's name that owns fields. */
const LONGEST_PROGRAM = 128;

/** Subresources that are read as they are. */
const TEXTUAL: ReadonlySet<string> = new Set(['log']);

const PROXIED: ReadonlySet<string> = new Set(['nodes', 'pods', 'services']);

const isProxied = ({ group, resource, subresource }: ResourcePath): boolean =>
  subresource === 'proxy' && group === '' && PROXIED.has(resource);

const proxy = (scope: ServerScope, { path, ...of }: Exchange & { readonly path: ResourcePath }): Promise<void> => {
  const { resource, namespace = '', name = '' } = path;
  const server = { store: scope.context.store, podAccess: scope.podAccess() };
  if (resource === 'nodes') return proxyToNode(server, { ...of, name });
  return proxyRequest(server, { ...of, resource, namespace, name });
};

/** Aborts when the client is gone. */
const untilGone = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
};
