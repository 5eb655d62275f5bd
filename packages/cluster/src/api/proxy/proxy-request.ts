/**
 * Requests the API server passes on to a pod or a service, as `kubectl proxy` and `kubectl get --raw` users do.
 * @spec https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

import { messageOf } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import { toFlatList, toHeaderList, withForwarded, withHeader, withoutHopByHop } from '../../gateway/proxy/headers.ts';
import type { PodAccess } from '../../kubelet/pod-runtime.ts';
import type { Store } from '../../store/store.ts';
import { proxyTarget, type ProxyTarget } from './proxy-target.ts';

/** A request to be passed on. */
export interface ProxyCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Where a path leads: to the object itself, and to what there. */
const PROXY_PATH = /^(.*?\/(?:pods|services)\/[^/]+\/proxy)(\/[^?]*)?(\?.*)?$/;

/** Passes a request on and its answer back. Throws NotFound, BadRequest, and ServiceUnavailable when nobody answers. */
export const proxyRequest = async (
  { store, podAccess }: { readonly store: Store; readonly podAccess: PodAccess | undefined },
  call: ProxyCall,
): Promise<void> => {
  const { request, response } = call;
  const [, base = '', path, query = ''] = PROXY_PATH.exec(request.url ?? '') ?? [];
  // Links of a page are relative to a folder.
  if (path === undefined && (request.method === 'GET' || request.method === 'HEAD')) {
    response.writeHead(301, { location: `${base}/${query}` }).end();
    return;
  }
  const target = proxyTarget(store, call);
  try {
    const socket = await connect(target, podAccess);
    await exchange(call, socket, { target, base, path: `${path ?? '/'}${query}` });
  } catch (thrown) {
    if (response.headersSent) return void response.destroy();
    throw thrown instanceof ApiStatusError
      ? thrown
      : new ApiStatusError('ServiceUnavailable', `error trying to reach service: ${messageOf(thrown)}`);
  }
};

const connect = async ({ at, port, scheme }: ProxyTarget, podAccess: PodAccess | undefined): Promise<Duplex> => {
  if (at.kind === 'pod' && !podAccess?.connect)
    throw new ApiStatusError('ServiceUnavailable', 'no kubelet runs in this cluster: start one to reach its pods');
  const socket = at.kind === 'pod' ? podAccess?.connect?.(at.pod, port) : net.connect({ host: at.host, port });
  const plain = await socket;
  if (!plain) throw new Error('there is nothing to connect to');
  // As upstream: whoever holds the pod may show any certificate.
  return scheme === 'https' ? tls.connect({ socket: plain, rejectUnauthorized: false }) : plain;
};

const exchange = (
  { request, response }: ProxyCall,
  socket: Duplex,
  of: { readonly target: ProxyTarget; readonly base: string; readonly path: string },
): Promise<void> =>
  new Promise((resolve, reject) => {
    const passed = http.request({
      createConnection: () => socket,
      method: request.method ?? 'GET',
      path: of.path,
      headers: requestHeaders(request, of.target),
      setHost: false,
    });
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answerHeaders(answer, of.base));
      answer.pipe(response);
      answer.once('error', reject);
    });
    passed.once('error', reject);
    response.once('close', () => {
      passed.destroy();
      resolve();
    });
    request.pipe(passed);
  });

/** Who the caller is concerns this server alone. */
const requestHeaders = (request: IncomingMessage, { at, port }: ProxyTarget): string[] => {
  const authority = `${at.kind === 'pod' ? (at.pod.status?.podIP ?? '') : at.host}:${port}`;
  const given = withoutHopByHop(toHeaderList(request.rawHeaders)).filter(
    ([name]) => !/^(?:authorization|impersonate-.*)$/i.test(name),
  );
  const arrival = { remoteAddress: request.socket.remoteAddress ?? '', authority: request.headers.host ?? authority };
  return toFlatList(withHeader(withForwarded(given, arrival), 'Host', authority));
};

/** A redirection within the target stays within the proxy. */
const answerHeaders = (answer: IncomingMessage, base: string): string[] => {
  const headers = withoutHopByHop(toHeaderList(answer.rawHeaders));
  const { location } = answer.headers;
  return toFlatList(location?.startsWith('/') ? withHeader(headers, 'Location', `${base}${location}`) : headers);
};
