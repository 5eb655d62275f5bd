/**
 * What is asked of the API for each verb.
 * @spec https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { formatLabelSelector, type KubeObject, type ObjectKey, type ResourceType } from '@argosy/kube';

import type { DeleteOptions, ListOptions, LogOptions, Patch, WatchOptions, WriteOptions } from '../client.ts';
import type { HttpCall } from './http-call.ts';

/** Reads an object. */
export const getCall = (resource: ResourceType, key: ObjectKey): HttpCall => ({
  method: 'GET',
  path: objectPath(resource, key),
});

/** Reads a page of a list, or all of it when nobody sets a limit. */
export const listCall = (resource: ResourceType, options: ListOptions): HttpCall => ({
  method: 'GET',
  path: collectionPath(resource, options.namespace),
  query: listQuery(options),
});

/** Watches a list. */
export const watchCall = (resource: ResourceType, options: WatchOptions): HttpCall => ({
  method: 'GET',
  path: collectionPath(resource, options.namespace),
  query: {
    ...listQuery(options),
    watch: 'true',
    allowWatchBookmarks: 'true',
    ...(options.resourceVersion ? { resourceVersion: options.resourceVersion } : {}),
  },
  signal: options.signal,
});

/** Creates an object, or what a subresource takes. */
export const createCall = (resource: ResourceType, object: KubeObject, options: WriteOptions = {}): HttpCall => ({
  method: 'POST',
  path: options.subresource
    ? objectPath(resource, { namespace: object.metadata.namespace, name: object.metadata.name ?? '' }, options)
    : collectionPath(resource, object.metadata.namespace),
  query: writeQuery(options),
  body: object,
  onWarning: options.onWarning,
  onCreated: options.onCreated,
});

/** Replaces an object, or a subresource of it. */
export const updateCall = (resource: ResourceType, object: KubeObject, options: WriteOptions = {}): HttpCall => ({
  method: 'PUT',
  path: objectPath(resource, { namespace: object.metadata.namespace, name: object.metadata.name ?? '' }, options),
  query: writeQuery(options),
  body: object,
  onWarning: options.onWarning,
  onCreated: options.onCreated,
});

/** Changes an object, or a subresource of it. */
export const patchCall = (
  resource: ResourceType,
  key: ObjectKey,
  of: { readonly patch: Patch; readonly options: WriteOptions | undefined },
): HttpCall => {
  const { patch, options = {} } = of;
  return {
    method: 'PATCH',
    path: objectPath(resource, key, options),
    query: { ...writeQuery(options), ...(patch.kind === 'apply' && patch.force ? { force: 'true' } : {}) },
    body: patchBody(patch),
    contentType: PATCH_TYPES[patch.kind],
    onWarning: options.onWarning,
    onCreated: options.onCreated,
  };
};

/** Deletes an object. */
export const deleteCall = (resource: ResourceType, key: ObjectKey, options: DeleteOptions = {}): HttpCall => ({
  method: 'DELETE',
  path: objectPath(resource, key),
  body: deleteBody(options),
  onWarning: options.onWarning,
});

/** Reads what a container has printed. */
export const logsCall = (pod: ObjectKey, { signal, ...rest }: LogOptions): HttpCall => ({
  method: 'GET',
  path: `/api/v1/namespaces/${encodeURIComponent(pod.namespace ?? 'default')}/pods/${encodeURIComponent(pod.name)}/log`,
  query: Object.fromEntries(
    Object.entries(rest)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => [name, String(value)] as const),
  ),
  ...(signal ? { signal } : {}),
});

const PATCH_TYPES: Readonly<Record<Patch['kind'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
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
