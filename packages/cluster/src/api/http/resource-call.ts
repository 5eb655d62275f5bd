/**
 * A request about a resource on its way through the server, and what its body and parameters ask for.
 */
import type { ServerResponse } from 'node:http';

import { isObject } from '@argosy/base';
import type { Client, DeleteOptions, ListOptions, Patch, WriteOptions } from '@argosy/client';
import {
  ApiStatusError,
  conflict,
  isApiError,
  parseLabelSelector,
  toApiVersion,
  type Caller,
  type KubeObject,
  type ObjectKey,
} from '@argosy/kube';

import type { Access } from '../../access/access.ts';
import type { ServedKind } from '../../kinds/served-kind.ts';
import type { PodAccess } from '../../kubelet/pod-runtime.ts';
import { checkTypeMeta, jsonType, typeProblem, unrecognized } from '../body-types.ts';
import { resourceName, type ApiContext } from '../api-context.ts';
import { scopedKey } from '../reads/read-objects.ts';
import { APPLY_TYPE, isAffirmed } from './request-options.ts';
import type { ResourcePath } from './request-path.ts';
import type { WatchHub } from './watches/watch-hub.ts';

/** A request about a resource; the body is parsed. */
export interface ResourceRequest {
  readonly method: string;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly mediaType: string;
  /** The program that asks, as it calls itself. */
  readonly program?: string;
  readonly body: unknown;
  /** Fields that stand twice in the body; looked for when the caller wants to know. */
  readonly duplicates: readonly string[];
  /** Makes a signal that aborts when the client is gone. Most answers are given at once and need none. */
  readonly untilGone: () => AbortSignal;
  readonly caller: Caller;
  /** Hears sentences for the caller that refuse nothing. */
  readonly warn: (text: string) => void;
}

/** The answer. */
export type ResourceAnswer =
  | { readonly kind: 'json'; readonly status: number; readonly value: unknown; readonly warnings?: readonly string[] }
  | { readonly kind: 'stream'; readonly contentType: string; readonly chunks: AsyncIterable<string | Uint8Array> }
  /** Sends to the response until one of both ends; resolves then. */
  | { readonly kind: 'watch'; readonly begin: (response: ServerResponse) => Promise<void> };

/** A request whose kind is known. */
export interface Call {
  readonly context: ApiContext;
  readonly access: Access;
  readonly client: Client;
  readonly podAccess: () => PodAccess | undefined;
  readonly watches: WatchHub;
  readonly kind: ServedKind;
  readonly request: ResourceRequest;
}

/** The object a path names. Throws NotFound for a path without a namespace where one is needed. */
export const keyFrom = ({ kind, request }: Call): ObjectKey => {
  const { namespace, name = '' } = request.path;
  if (kind.namespaced && !namespace)
    throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  return { ...(kind.namespaced && namespace ? { namespace } : {}), name };
};

/** The client's name for a kind. */
export const typeOf = (kind: ServedKind) => ({
  group: kind.group,
  version: kind.version,
  resource: kind.plural,
  kind: kind.kind,
  namespaced: kind.namespaced,
});

/** The body as an object of the addressed kind; where the path names an object, as that one. Throws BadRequest. */
export const objectFrom = ({ kind, request }: Call): KubeObject => {
  // Nothing said in JSON is an object without anything in it.
  const body = request.body === null ? {} : request.body;
  if (!isObject(body)) throw unrecognized(kind.kind, typeProblem(body), JSON.stringify(body) ?? '');
  checkTypeMeta(kind, body);
  const namespace = request.path.namespace;
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  if (request.path.name !== undefined) checkNamed(request.path.name, namespace, metadata);
  const object = {
    apiVersion: toApiVersion(kind),
    kind: kind.kind,
    ...body,
    metadata: kind.namespaced && namespace && isUnsaid(metadata['namespace']) ? { ...metadata, namespace } : metadata,
  };
  return object as unknown as KubeObject;
};

const isUnsaid = (value: unknown): boolean => value === undefined || value === null || value === '';

/**
 * The path is what was permitted: a body that names something else must not be written.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go#checkName
 */
const checkNamed = (name: string, namespace: string | undefined, given: Readonly<Record<string, unknown>>): void => {
  const text = (field: string): string => (typeof given[field] === 'string' ? given[field] : '');
  const [givenName, givenNamespace] = [text('name'), text('namespace')];
  if (givenName === '')
    throw new ApiStatusError(
      'BadRequest',
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (givenName !== name)
    throw new ApiStatusError(
      'BadRequest',
      `the name of the object (${givenName}) does not match the name on the URL (${name})`,
    );
  if (namespace && givenNamespace && givenNamespace !== namespace)
    throw new ApiStatusError(
      'BadRequest',
      `the namespace of the object (${givenNamespace}) does not match the namespace on the request (${namespace})`,
    );
};

/**
 * A replacement that says by its uid which object it is for does not fit one that is not there. Throws Conflict.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go#Update
 */
export const checkThere = ({ context, kind }: Call, key: ObjectKey, { metadata: { uid } }: KubeObject): void => {
  if (!uid || context.store.get(kind.storage, scopedKey(kind, key))) return;
  const problem = `Precondition failed: UID in precondition: ${uid}, UID in object meta: `;
  throw conflict(resourceName(kind), key.name, problem);
};

/** The body as a patch of the type its media type says. Throws BadRequest, UnsupportedMediaType. */
export const patchFrom = ({ kind, request }: Call): Patch => {
  const { body, mediaType } = request;
  switch (mediaType) {
    case 'application/json-patch+json':
      if (!Array.isArray(body))
        throw new ApiStatusError(
          'BadRequest',
          `json: cannot unmarshal ${jsonType(body)} into Go value of type jsonpatch.Patch`,
        );
      for (const operation of body as readonly unknown[])
        if (operation !== null && !isObject(operation))
          throw new ApiStatusError(
            'BadRequest',
            `error decoding patch: json: cannot unmarshal ${jsonType(operation)} into Go value of type handlers.jsonPatchOp`,
          );
      return { kind: 'json', operations: body as readonly Readonly<Record<string, unknown>>[] };
    case 'application/merge-patch+json':
      return { kind: 'merge', patch: patchObject(body) };
    case 'application/strategic-merge-patch+json':
      return { kind: 'strategic', patch: patchObject(body) };
    case APPLY_TYPE:
      return { kind: 'apply', object: patchObject(body), force: isAffirmed(request.query.get('force')) };
    default:
      throw new ApiStatusError(
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, ${kind.custom ? '' : 'application/strategic-merge-patch+json, '}application/apply-patch+yaml`,
      );
  }
};

const patchObject = (body: unknown): object => {
  if (!isObject(body))
    throw new ApiStatusError(
      'BadRequest',
      body === undefined
        ? 'error decoding patch: unexpected end of JSON input'
        : `error decoding patch: json: cannot unmarshal ${jsonType(body)} into Go value of type map[string]interface {}`,
    );
  return body;
};

/** Whether nothing is to be stored. */
export const isDryRun = (request: ResourceRequest): boolean => request.query.getAll('dryRun').includes('All');

/** How to write. */
export const writeOptions = ({ request }: Call): WriteOptions => {
  const { query, duplicates, warn, program = '' } = request;
  const level = query.get('fieldValidation');
  const fieldManager = query.get('fieldManager');
  return {
    dryRun: isDryRun(request),
    onWarning: warn,
    ...(level === 'Ignore'
      ? {}
      : { fieldValidation: level === 'Strict' ? ('Strict' as const) : ('Warn' as const), duplicateFields: duplicates }),
    ...(fieldManager ? { fieldManager } : {}),
    program,
  };
};

/** What to list. Throws BadRequest. */
export const listOptions = ({ kind, request }: Call): ListOptions => {
  const { query, path } = request;
  const labelSelector = query.get('labelSelector') ?? undefined;
  if (labelSelector !== undefined && !parseLabelSelector(labelSelector).ok)
    throw new ApiStatusError('BadRequest', `unable to parse requirement: ${labelSelector}`);
  const limit = Number(query.get('limit') ?? 0);
  return {
    ...(kind.namespaced && path.namespace ? { namespace: path.namespace } : {}),
    ...(labelSelector ? { labelSelector } : {}),
    ...(query.get('fieldSelector') ? { fieldSelector: query.get('fieldSelector') ?? '' } : {}),
    ...(Number.isInteger(limit) && limit > 0 ? { limit } : {}),
    ...(query.get('continue') ? { continue: query.get('continue') ?? '' } : {}),
  };
};

/** Options may stand in the body or in the address; the body counts. */
export const deleteOptions = ({ request }: Call): DeleteOptions => {
  const body =
    isObject(request.body) && (request.body['kind'] === 'DeleteOptions' || request.body['kind'] === undefined)
      ? request.body
      : {};
  const policy =
    body['propagationPolicy'] ??
    request.query.get('propagationPolicy') ??
    (body['orphanDependents'] === true ? 'Orphan' : undefined);
  const grace =
    body['gracePeriodSeconds'] ??
    (request.query.get('gracePeriodSeconds') === null ? undefined : Number(request.query.get('gracePeriodSeconds')));
  const preconditions = isObject(body['preconditions']) ? body['preconditions'] : undefined;
  const dryRun = isDryRun(request) || (Array.isArray(body['dryRun']) && body['dryRun'].includes('All'));
  return {
    ...(policy === 'Background' || policy === 'Foreground' || policy === 'Orphan' ? { propagationPolicy: policy } : {}),
    ...(typeof grace === 'number' && Number.isInteger(grace) ? { gracePeriodSeconds: grace } : {}),
    ...(preconditions ? { preconditions } : {}),
    ...(dryRun ? { dryRun } : {}),
    onWarning: request.warn,
  };
};

/** The refusal of a verb a resource does not have. */
export const notAllowed = (): ApiStatusError =>
  new ApiStatusError('MethodNotAllowed', 'the server does not allow this method on the requested resource');

/** Takes NotFound for an answer. */
export const ifGone = (thrown: unknown): undefined => {
  if (isApiError(thrown, 'NotFound')) return undefined;
  throw thrown;
};
