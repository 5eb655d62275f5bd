/**
 * The client over HTTP: any conformant cluster, the embedded one included.
 */
import type { Dispatcher } from 'undici';

import { deepFreeze, Failure, isObject, messageOf } from '@argosy/base';
import {
  ApiStatusError,
  formatLabelSelector,
  isApiError,
  STATUS_CODES,
  type KubeList,
  type KubeObject,
  type ObjectKey,
  type ResourceType,
  type StatusObject,
  type StatusReason,
} from '@argosy/kube';

import type { Client, DeleteOptions, ListOptions, Patch, ServedResource, WatchEvent, WriteOptions } from '../client.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { createConnections, type Connections } from './connections.ts';

/** A client with connections of its own. */
export interface HttpClient extends Client {
  /** Ends the connections. */
  close(): Promise<void>;
}

/** Connects lazily: nothing is sent before the first call. */
export const createHttpClient = (access: ClusterAccess): HttpClient => {
  const connections = createConnections(access);
  const send = (call: Call): Promise<Dispatcher.ResponseData> => sendCall(connections, call);
  const read = async <T>(call: Call): Promise<T> => {
    const response = await send(call);
    return deepFreeze((await response.body.json()) as T);
  };
  return {
    get: (resource, key) => read({ method: 'GET', path: objectPath(resource, key) }),
    list: <T extends KubeObject>(resource: ResourceType<T>, options: ListOptions = {}) =>
      listAll<T>(read, resource, options),
    watch: (resource, options = {}) =>
      watchLines(send, {
        method: 'GET',
        path: collectionPath(resource, options.namespace),
        query: {
          ...listQuery(options),
          watch: 'true',
          allowWatchBookmarks: 'true',
          ...(options.resourceVersion ? { resourceVersion: options.resourceVersion } : {}),
        },
        signal: options.signal,
      }),
    create: (resource, object, options) =>
      read({
        method: 'POST',
        path: collectionPath(resource, object.metadata.namespace),
        query: writeQuery(options),
        body: object,
        onWarning: options?.onWarning,
      }),
    update: (resource, object, options) =>
      read({
        method: 'PUT',
        path: objectPath(resource, { namespace: object.metadata.namespace, name: object.metadata.name ?? '' }, options),
        query: writeQuery(options),
        body: object,
        onWarning: options?.onWarning,
      }),
    patch: (resource, key, patch, options) =>
      read({
        method: 'PATCH',
        path: objectPath(resource, key, options),
        query: { ...writeQuery(options), ...(patch.kind === 'apply' && patch.force ? { force: 'true' } : {}) },
        body: patchBody(patch),
        contentType: PATCH_TYPES[patch.kind],
        onWarning: options?.onWarning,
      }),
    delete: async (resource, key, options) => {
      await read({
        method: 'DELETE',
        path: objectPath(resource, key),
        body: deleteBody(options),
        onWarning: options?.onWarning,
      });
    },
    servedResources: () => discover(read),
    async *logs(pod, options = {}) {
      const { signal, ...rest } = options;
      const query = Object.fromEntries(
        Object.entries(rest)
          .filter(([, value]) => value !== undefined && value !== false)
          .map(([name, value]) => [name, String(value)] as const),
      );
      const response = await send({
        method: 'GET',
        path: `/api/v1/namespaces/${encodeURIComponent(pod.namespace ?? 'default')}/pods/${encodeURIComponent(pod.name)}/log`,
        query,
        signal,
      });
      yield* response.body as AsyncIterable<Uint8Array>;
    },
    close: () => connections.close(),
  };
};

interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly onWarning?: ((text: string) => void) | undefined;
}

type Read = <T>(call: Call) => Promise<T>;

const PATCH_TYPES: Readonly<Record<Patch['kind'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const sendCall = async (connections: Connections, call: Call): Promise<Dispatcher.ResponseData> => {
  const query = new URLSearchParams(call.query).toString();
  const response = await connections.send({
    method: call.method,
    path: `${call.path}${query ? `?${query}` : ''}`,
    headers: {
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal ? { signal: call.signal } : {}),
  });
  if (call.onWarning) for (const text of warningsOf(response)) call.onWarning(text);
  if (response.statusCode >= 400) throw toStatusError(response.statusCode, await response.body.text());
  return response;
};

/** @spec https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
const warningsOf = ({ headers }: Dispatcher.ResponseData): readonly string[] =>
  [headers['warning'] ?? []].flat().flatMap((header) => {
    const quoted = [...header.matchAll(/\b299 \S+ ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => text ?? '""');
    return quoted.map((text) => text.slice(1, -1).replaceAll(/\\(.)/g, '$1'));
  });

const toStatusError = (code: number, body: string): ApiStatusError => {
  const status = parseStatus(body);
  const reason =
    status?.reason ??
    (Object.entries(STATUS_CODES).find(([, known]) => known === code)?.[0] as StatusReason | undefined) ??
    'Unknown';
  return new ApiStatusError(
    reason,
    status?.message ?? `the server answered ${code}: ${body.slice(0, 200)}`,
    status?.details,
    code,
  );
};

const parseStatus = (body: string): StatusObject | undefined => {
  try {
    const parsed = JSON.parse(body) as unknown;
    return isObject(parsed) && parsed['kind'] === 'Status' ? (parsed as unknown as StatusObject) : undefined;
  } catch {
    // A proxy in between answers in its own words.
    return undefined;
  }
};

const collectionPath = (resource: ResourceType, namespace: string | undefined): string => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  return `${root}${resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''}/${resource.resource}`;
};

const objectPath = (resource: ResourceType, key: ObjectKey, options: WriteOptions = {}): string =>
  `${collectionPath(resource, key.namespace)}/${encodeURIComponent(key.name)}${options.subresource ? `/${options.subresource}` : ''}`;

const listQuery = (options: ListOptions): Readonly<Record<string, string>> => ({
  ...(options.labelSelector
    ? {
        labelSelector:
          typeof options.labelSelector === 'string'
            ? options.labelSelector
            : formatLabelSelector(options.labelSelector),
      }
    : {}),
  ...(options.fieldSelector ? { fieldSelector: options.fieldSelector } : {}),
  ...(options.limit ? { limit: String(options.limit) } : {}),
  ...(options.continue ? { continue: options.continue } : {}),
});

const writeQuery = (options: WriteOptions = {}): Readonly<Record<string, string>> => ({
  ...(options.dryRun ? { dryRun: 'All' } : {}),
  ...(options.fieldManager ? { fieldManager: options.fieldManager } : {}),
  ...(options.fieldValidation ? { fieldValidation: options.fieldValidation } : {}),
});

const patchBody = (patch: Patch): unknown => {
  if (patch.kind === 'json') return patch.operations;
  return patch.kind === 'apply' ? patch.object : patch.patch;
};

const deleteBody = (options: DeleteOptions = {}): unknown => {
  const { dryRun, onWarning: _listener, ...rest } = options;
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...rest, ...(dryRun ? { dryRun: ['All'] } : {}) };
};

/** Objects per answer when the caller wants all: answers stay small, and so does what either side holds at once. */
const PAGE = 500;

/** All pages of a list, or the one page asked for. A list whose pages expire meanwhile is read again in one piece. */
const listAll = async <T extends KubeObject>(
  read: Read,
  resource: ResourceType<T>,
  options: ListOptions,
): Promise<KubeList<T>> => {
  if (options.limit !== undefined || options.continue !== undefined) return listPage(read, resource, options);
  const items: T[] = [];
  let page = await listPage(read, resource, { ...options, limit: PAGE });
  try {
    while (page.metadata.continue) {
      items.push(...page.items);
      page = await listPage(read, resource, { ...options, limit: PAGE, continue: page.metadata.continue });
    }
  } catch (thrown) {
    if (isApiError(thrown, 'Expired', 'Gone')) return listPage(read, resource, options);
    throw thrown;
  }
  return items.length === 0 ? page : { ...page, items: [...items, ...page.items] };
};

/** Items of a list carry no kind of their own on some servers: it is put back. */
const listPage = async <T extends KubeObject>(
  read: Read,
  resource: ResourceType<T>,
  options: ListOptions,
): Promise<KubeList<T>> => {
  const list = await read<KubeList<T>>({
    method: 'GET',
    path: collectionPath(resource, options.namespace),
    query: listQuery(options),
  });
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return {
    ...list,
    items: (list.items ?? []).map((item) => (item.kind ? item : { ...item, apiVersion, kind: resource.kind })),
  };
};

/** Longest line of a watch: an object and some air. */
const LONGEST_LINE = 32 * 1024 * 1024;

async function* watchLines<T extends KubeObject>(
  send: (call: Call) => Promise<Dispatcher.ResponseData>,
  call: Call,
): AsyncGenerator<WatchEvent<T>> {
  const { signal } = call;
  try {
    const response = await send(call);
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      rest += decoder.decode(chunk, { stream: true });
      if (rest.length > LONGEST_LINE)
        throw new Failure('a line of the watch is too long', { code: 'WatchFailed', retryable: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') yield toEvent<T>(line);
    }
  } catch (thrown) {
    if (signal?.aborted) return;
    if (thrown instanceof Failure) throw thrown;
    throw new Failure(`watch: ${messageOf(thrown)}`, { code: 'WatchFailed', retryable: true, cause: thrown });
  }
}

const toEvent = <T extends KubeObject>(line: string): WatchEvent<T> => {
  const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: T & StatusObject };
  if (type === 'BOOKMARK') return { type, resourceVersion: object.metadata.resourceVersion ?? '' };
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object: deepFreeze(object) };
  throw new ApiStatusError(
    object.reason ?? 'Unknown',
    object.message ?? 'the watch ended with an error',
    object.details,
    object.code,
  );
};

interface ResourceListDocument {
  readonly groupVersion: string;
  readonly resources?: readonly {
    readonly name: string;
    readonly singularName?: string;
    readonly namespaced: boolean;
    readonly kind: string;
    readonly verbs?: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}

const discover = async (read: Read): Promise<readonly ServedResource[]> => {
  const groups = await read<{
    readonly groups?: readonly {
      readonly name: string;
      readonly versions: readonly { readonly groupVersion: string; readonly version: string }[];
      readonly preferredVersion?: { readonly version: string };
    }[];
  }>({ method: 'GET', path: '/apis' });
  const versions = (groups.groups ?? []).flatMap((group) =>
    group.versions.map(({ groupVersion, version }) => ({
      path: `/apis/${groupVersion}`,
      group: group.name,
      version,
      preferred: group.preferredVersion?.version === version,
    })),
  );
  const all = [{ path: '/api/v1', group: '', version: 'v1', preferred: true }, ...versions];
  const lists = await Promise.all(
    all.map(async (of) => ({ of, document: await read<ResourceListDocument>({ method: 'GET', path: of.path }) })),
  );
  return lists.flatMap(({ of, document }) =>
    (document.resources ?? [])
      .filter((resource) => !resource.name.includes('/'))
      .map((resource) => ({
        group: of.group,
        version: of.version,
        resource: resource.name,
        kind: resource.kind,
        namespaced: resource.namespaced,
        singular: resource.singularName ?? '',
        verbs: resource.verbs ?? [],
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        preferred: of.preferred,
      })),
  );
};
