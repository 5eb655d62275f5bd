/**
 * The client over HTTP: any conformant cluster, the embedded one included.
 */
import type { Dispatcher } from 'undici';

import { deepFreeze } from '@argosy/base';
import type { KubeObject, ResourceType } from '@argosy/kube';

import type { Client, ListOptions } from '../client.ts';
import { createCall, deleteCall, getCall, logsCall, patchCall, updateCall, watchCall } from './api-calls.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { createConnections } from './connections.ts';
import { discover } from './discover.ts';
import { sendCall, type HttpCall } from './http-call.ts';
import { listAll } from './list-pages.ts';
import { watchLines } from './watch-lines.ts';

/** A client with connections of its own. */
export interface HttpClient extends Client {
  /** Ends the connections. */
  close(): Promise<void>;
}

/** Connects lazily: nothing is sent before the first call. */
export const createHttpClient = (access: ClusterAccess): HttpClient => {
  const connections = createConnections(access);
  const send = (call: HttpCall): Promise<Dispatcher.ResponseData> => sendCall(connections, call);
  const read = async <T>(call: HttpCall): Promise<T> => {
    const response = await send(call);
    return deepFreeze((await response.body.json()) as T);
  };
  return {
    get: (resource, key) => read(getCall(resource, key)),
    list: <T extends KubeObject>(resource: ResourceType<T>, options: ListOptions = {}) =>
      listAll<T>(read, resource, options),
    watch: (resource, options = {}) => watchLines(send, watchCall(resource, options)),
    create: (resource, object, options) => read(createCall(resource, object, options)),
    update: (resource, object, options) => read(updateCall(resource, object, options)),
    patch: (resource, key, patch, options) => read(patchCall(resource, key, { patch, options })),
    delete: async (resource, key, options) => void (await read(deleteCall(resource, key, options))),
    servedResources: () => discover(read),
    async *logs(pod, options = {}) {
      const response = await send(logsCall(pod, options));
      yield* response.body as AsyncIterable<Uint8Array>;
    },
    close: () => connections.close(),
  };
};
