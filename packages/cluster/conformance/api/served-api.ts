/** An API server that listens, and requests to it as they go over the wire. */
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

import type { Logger } from '@argosy/base';
import type { Client } from '@argosy/client';
import { PODS, type Pod } from '@argosy/kube';

import type { ApiServer, Store } from '../../src/index.ts';
import { startApiServer } from '../running-cluster.ts';

/** A request; a body that is no text is sent as JSON. */
export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The texts of its warnings, or nothing. */
  readonly warning: string;
}

/** A server that listens. */
export interface ServedApi {
  readonly url: string;
  readonly server: ApiServer;
  readonly client: Client;
  /** Asks on a connection of its own. */
  ask(asked: Asked): Promise<Answer>;
  close(): Promise<void>;
}

/** Creates the pod `p` with the container `c`, which runs nowhere. */
export const createPod = (client: Client): Promise<Pod> =>
  client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });

/** Serves a server on a free port of this machine. */
export const serveApi = async (
  options: Partial<Parameters<ApiServer['serve']>[0]> & { readonly store?: Store; readonly log?: Logger } = {},
): Promise<ServedApi> => {
  const { store, log, ...serving } = options;
  const server = await startApiServer({ ...(store ? { store } : {}), ...(log ? { log } : {}) });
  const listening = await server.serve({ host: '127.0.0.1', port: 0, ...serving });
  return {
    url: listening.url,
    server,
    client: server.client,
    ask: (asked) => send(listening.url, asked),
    close: async () => {
      await listening.close();
      await server.close();
    },
  };
};

const send = (url: string, { method = 'GET', path, body, type = 'application/json', headers }: Asked) =>
  new Promise<Answer>((resolve, reject) => {
    const sentBody = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    // Node announces no body of a DELETE by itself.
    const length = sentBody === undefined ? {} : { 'content-length': Buffer.byteLength(sentBody) };
    const options = { method, agent: false, headers: { 'content-type': type, ...length, ...headers } };
    // As it stands: an address would be cleaned of what leads out of it.
    const sent = request(url, { ...options, path }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString('utf8')));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          warning: String(response.headers['warning'] ?? ''),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(sentBody);
  });
