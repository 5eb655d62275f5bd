/**
 * The verbs on resources, as requests name them: method, path and parameters to a call of the client.
 */
import { deepFreeze, isObject } from '@argosy/base';
import type { Client, DeleteOptions, ListOptions, Patch, WatchEvent, WriteOptions } from '@argosy/client';
import {
  ApiStatusError,
  isApiError,
  keyOf,
  parseLabelSelector,
  toApiVersion,
  valueAtPath,
  formatLabelSelector,
  type KubeObject,
  type ObjectKey,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { kindOf, type ApiContext } from '../api-context.ts';
import { createObject } from '../write-objects.ts';
import type { ResourcePath } from './request-path.ts';
import { bindPod, evictPod, logOptions } from './pod-subresources.ts';
import { toTable, type IncludeObject } from './table.ts';

/** A request about a resource; the body is parsed. */
export interface ResourceRequest {
  readonly method: string;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly mediaType: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/** The answer. */
export type ResourceAnswer =
  | { readonly kind: 'json'; readonly status: number; readonly value: unknown }
  | { readonly kind: 'stream'; readonly contentType: string; readonly chunks: AsyncIterable<string | Uint8Array> };

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

interface Call {
  readonly context: ApiContext;
  readonly client: Client;
  readonly kind: ServedKind;
  readonly request: ResourceRequest;
}

/** Answers a request. Throws ApiStatusError. */
export const answerResource = async (
  context: ApiContext,
  client: Client,
  request: ResourceRequest,
): Promise<ResourceAnswer> => {
  const kind = kindOf(context, request.path);
  const call: Call = { context, client, kind, request };
  if (request.path.subresource !== undefined) return answerSubresource(call, request.path.subresource);
  if (request.path.name === undefined) return answerCollection(call);
  const key = keyFrom(call);
  switch (request.method) {
    case 'GET':
      return one(call, 200, await client.get(typeOf(kind), key));
    case 'PUT':
      return one(call, 200, await client.update(typeOf(kind), objectFrom(call), writeOptions(call)));
    case 'PATCH':
      return one(call, 200, await client.patch(typeOf(kind), key, patchFrom(call), writeOptions(call)));
    case 'DELETE':
      return deleteOne(call, key);
    default:
      throw notAllowed(request.method);
  }
};

const answerCollection = async (call: Call): Promise<ResourceAnswer> => {
  const { client, kind, request, context } = call;
  switch (request.method) {
    case 'GET':
      if (request.query.get('watch') === 'true' || request.query.get('watch') === '1') return watch(call);
      return list(call);
    case 'POST': {
      const namespace = request.path.namespace;
      const created = await createObject(context, kind, {
        object: objectFrom(call),
        ...(namespace ? { namespace } : {}),
        options: writeOptions(call),
      });
      return one(call, 201, created);
    }
    case 'DELETE': {
      const { items } = await client.list(typeOf(kind), listOptions(call));
      await Promise.all(
        items.map((object) => client.delete(typeOf(kind), keyOf(object), deleteOptions(call)).catch(ifGone)),
      );
      return {
        kind: 'json',
        status: 200,
        value: { kind: kind.listKind, apiVersion: toApiVersion(kind), metadata: {}, items },
      };
    }
    default:
      throw notAllowed(request.method);
  }
};

const answerSubresource = async (call: Call, subresource: string): Promise<ResourceAnswer> => {
  const { client, kind, request } = call;
  const key = keyFrom(call);
  if (subresource === 'status' && kind.statusSubresource) {
    const options = { ...writeOptions(call), subresource: 'status' as const };
    if (request.method === 'GET') return one(call, 200, await client.get(typeOf(kind), key));
    if (request.method === 'PUT') return one(call, 200, await client.update(typeOf(kind), objectFrom(call), options));
    if (request.method === 'PATCH')
      return one(call, 200, await client.patch(typeOf(kind), key, patchFrom(call), options));
  }
  if (subresource === 'scale' && kind.scale) return answerScale(call, key);
  if (subresource === 'finalize' && kind.storage === '/namespaces' && request.method === 'PUT')
    return one(call, 200, await client.update(typeOf(kind), objectFrom(call)));
  if (subresource === 'log' && kind.storage === '/pods' && request.method === 'GET')
    return {
      kind: 'stream',
      contentType: 'text/plain',
      chunks: client.logs(key, logOptions(request.query, request.signal)),
    };
  if (subresource === 'binding' && kind.storage === '/pods' && request.method === 'POST') {
    await bindPod(client, key, request.body);
    return { kind: 'json', status: 201, value: SUCCESS };
  }
  if (subresource === 'eviction' && kind.storage === '/pods' && request.method === 'POST') {
    const body = isObject(request.body) ? request.body : {};
    await evictPod(client, key, deleteOptions({ ...call, request: { ...request, body: body['deleteOptions'] } }));
    return { kind: 'json', status: 201, value: SUCCESS };
  }
  throw new ApiStatusError(
    'NotFound',
    `the server could not find the requested resource: ${kind.plural} have no ${subresource} here`,
  );
};

const list = async (call: Call): Promise<ResourceAnswer> => {
  const found = await call.client.list(typeOf(call.kind), listOptions(call));
  const include = tableAsked(call.request);
  if (include)
    return {
      kind: 'json',
      status: 200,
      value: toTable(call.kind, found.items, { now: call.context.clock.now(), include, metadata: found.metadata }),
    };
  if (isMetadataAsked(call.request)) {
    const items = found.items.map(toPartial);
    return {
      kind: 'json',
      status: 200,
      value: { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: found.metadata, items },
    };
  }
  const { items, ...head } = found;
  // Each object's text is made once and used by every answer that holds it.
  const text = JSON.stringify(head).slice(0, -1);
  return { kind: 'json', status: 200, value: `${text},"items":[${items.map(textOf).join(',')}]}` };
};

const watch = (call: Call): ResourceAnswer => {
  const { client, kind, request } = call;
  const { namespace, labelSelector, fieldSelector } = listOptions(call);
  const resourceVersion = request.query.get('resourceVersion') ?? undefined;
  const seconds = Number(request.query.get('timeoutSeconds') ?? 0);
  const signal =
    seconds > 0
      ? AbortSignal.any([request.signal, AbortSignal.timeout(Math.min(seconds, 86_400) * 1000)])
      : request.signal;
  const events = client.watch(typeOf(kind), {
    namespace,
    labelSelector,
    fieldSelector,
    ...(resourceVersion ? { resourceVersion } : {}),
    signal,
  });
  return { kind: 'stream', contentType: 'application/json', chunks: watchLines(call, events) };
};

async function* watchLines(call: Call, events: AsyncIterable<WatchEvent>): AsyncGenerator<string> {
  const wantsBookmarks = call.request.query.get('allowWatchBookmarks') === 'true';
  const include = tableAsked(call.request);
  let isFirst = true;
  try {
    for await (const event of events) {
      if (event.type === 'BOOKMARK') {
        if (!wantsBookmarks) continue;
        const object = {
          kind: call.kind.kind,
          apiVersion: toApiVersion(call.kind),
          metadata: { resourceVersion: event.resourceVersion, creationTimestamp: null },
        };
        yield `${JSON.stringify({ type: 'BOOKMARK', object })}\n`;
        continue;
      }
      if (include) {
        const table = toTable(call.kind, [event.object], {
          now: call.context.clock.now(),
          include,
          metadata: { resourceVersion: event.object.metadata.resourceVersion },
          withColumns: isFirst,
        });
        yield `${JSON.stringify({ type: event.type, object: table })}\n`;
        isFirst = false;
        continue;
      }
      yield `{"type":"${event.type}","object":${isMetadataAsked(call.request) ? JSON.stringify(toPartial(event.object)) : textOf(event.object)}}\n`;
    }
  } catch (thrown) {
    if (!(thrown instanceof ApiStatusError)) throw thrown;
    yield `${JSON.stringify({ type: 'ERROR', object: thrown.toStatus() })}\n`;
  }
}

const deleteOne = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, kind } = call;
  const before = await client.get(typeOf(kind), key);
  await client.delete(typeOf(kind), key, deleteOptions(call));
  const after = await client.get(typeOf(kind), key).catch(ifGone);
  if (after && after.metadata.uid === before.metadata.uid) return one(call, 200, after);
  const details = {
    name: key.name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.plural,
    uid: before.metadata.uid,
  };
  return {
    kind: 'json',
    status: 200,
    value: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
  };
};

const answerScale = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, kind, request } = call;
  const scale = kind.scale;
  if (!scale) throw notAllowed(request.method);
  const describe = (object: KubeObject): unknown => {
    const selector = scale.labelSelectorPath ? valueAtPath(object, scale.labelSelectorPath) : undefined;
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: {
        name: key.name,
        namespace: key.namespace,
        uid: object.metadata.uid,
        resourceVersion: object.metadata.resourceVersion,
        creationTimestamp: object.metadata.creationTimestamp,
      },
      spec: { replicas: valueAtPath(object, scale.specReplicasPath) ?? 0 },
      status: {
        replicas: valueAtPath(object, scale.statusReplicasPath) ?? 0,
        ...(typeof selector === 'string'
          ? { selector }
          : isObject(selector)
            ? { selector: formatLabelSelector(selector) }
            : {}),
      },
    };
  };
  if (request.method === 'GET')
    return { kind: 'json', status: 200, value: describe(await client.get(typeOf(kind), key)) };
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw notAllowed(request.method);
  const body = isObject(request.body) ? request.body : {};
  const spec = isObject(body['spec']) ? body['spec'] : {};
  const replicas = spec['replicas'];
  if (!Number.isInteger(replicas) || (replicas as number) < 0)
    throw new ApiStatusError('BadRequest', 'spec.replicas: Invalid value: must be a whole number from 0');
  const fields = scale.specReplicasPath.split('.').filter((part) => part !== '');
  const patch = fields.reduceRight<unknown>((inner, field) => ({ [field]: inner }), replicas);
  return {
    kind: 'json',
    status: 200,
    value: describe(
      await client.patch(typeOf(kind), key, { kind: 'merge', patch: patch as object }, { dryRun: isDryRun(request) }),
    ),
  };
};

const one = (call: Call, status: number, object: KubeObject): ResourceAnswer => {
  const include = tableAsked(call.request);
  if (include)
    return {
      kind: 'json',
      status,
      value: toTable(call.kind, [object], {
        now: call.context.clock.now(),
        include,
        metadata: { resourceVersion: object.metadata.resourceVersion },
      }),
    };
  return { kind: 'json', status, value: isMetadataAsked(call.request) ? toPartial(object) : textOf(object) };
};

/** JSON of objects, made once per frozen object. */
const texts = new WeakMap<KubeObject, string>();

const textOf = (object: KubeObject): string => {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  if (Object.isFrozen(object)) texts.set(object, text);
  return text;
};

const toPartial = (object: KubeObject): unknown => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

/** The first media type a client accepts decides, as clients list what they like best first. */
const tableAsked = (request: ResourceRequest): IncludeObject | undefined => {
  if (!(request.accept.split(',')[0] ?? '').includes('as=Table')) return undefined;
  const include = request.query.get('includeObject');
  return include === 'None' || include === 'Object' ? include : 'Metadata';
};

const isMetadataAsked = (request: ResourceRequest): boolean =>
  (request.accept.split(',')[0] ?? '').includes('as=PartialObjectMetadata');

const keyFrom = ({ kind, request }: Call): ObjectKey => {
  const { namespace, name = '' } = request.path;
  if (kind.namespaced && !namespace)
    throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  return { ...(kind.namespaced && namespace ? { namespace } : {}), name };
};

const typeOf = (kind: ServedKind) => ({
  group: kind.group,
  version: kind.version,
  resource: kind.plural,
  kind: kind.kind,
  namespaced: kind.namespaced,
});

/** The body as an object of the addressed kind. */
const objectFrom = ({ kind, request }: Call): KubeObject => {
  const { body } = request;
  if (!isObject(body)) throw new ApiStatusError('BadRequest', 'the request has no object in its body');
  const namespace = request.path.namespace;
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  const object = {
    apiVersion: toApiVersion(kind),
    kind: kind.kind,
    ...body,
    metadata: { ...(kind.namespaced && namespace ? { namespace } : {}), ...metadata },
  };
  return deepFreeze(object as unknown as KubeObject);
};

const patchFrom = ({ kind, request }: Call): Patch => {
  const { body, mediaType } = request;
  switch (mediaType) {
    case 'application/json-patch+json':
      if (!Array.isArray(body)) throw new ApiStatusError('BadRequest', 'a JSON patch is a list of operations');
      return { kind: 'json', operations: body as readonly Readonly<Record<string, unknown>>[] };
    case 'application/merge-patch+json':
      return { kind: 'merge', patch: patchObject(body) };
    case 'application/strategic-merge-patch+json':
      return { kind: 'strategic', patch: patchObject(body) };
    case 'application/apply-patch+yaml':
      return { kind: 'apply', object: patchObject(body), force: request.query.get('force') === 'true' };
    default:
      throw new ApiStatusError(
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, ${kind.custom ? '' : 'application/strategic-merge-patch+json, '}application/apply-patch+yaml`,
      );
  }
};

const patchObject = (body: unknown): object => {
  if (!isObject(body)) throw new ApiStatusError('BadRequest', 'a patch of this type is an object');
  return body;
};

const isDryRun = (request: ResourceRequest): boolean => request.query.getAll('dryRun').includes('All');

const writeOptions = ({ request }: Call): WriteOptions => ({
  dryRun: isDryRun(request),
  ...(request.query.get('fieldValidation') === 'Strict' ? { fieldValidation: 'Strict' as const } : {}),
  ...(request.query.get('fieldManager') ? { fieldManager: request.query.get('fieldManager') ?? '' } : {}),
});

const listOptions = ({ kind, request }: Call): ListOptions => {
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
const deleteOptions = ({ request }: Call): DeleteOptions => {
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
  };
};

const notAllowed = (method: string): ApiStatusError =>
  new ApiStatusError('MethodNotAllowed', `the server does not allow ${method} on the requested resource`);

const ifGone = (thrown: unknown): undefined => {
  if (isApiError(thrown, 'NotFound')) return undefined;
  throw thrown;
};
