/**
 * The network port on Node's own HTTP: certificates, client certificates, proxies by CONNECT, caps on time and size.
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import tls from 'node:tls';

import { Failure, messageOf } from '@argosy/base';

import { shownUrl, type HttpPort, type HttpRequest, type HttpResponse } from './http-port.ts';

/** A slow registry may take long, but never for ever; a silent one is given up sooner. */
const ANSWER_TIMEOUT_MS = 300_000;
const SILENCE_TIMEOUT_MS = 30_000;

/** Creates the port. `userAgent`: some registries tell clients apart by it. */
export const createHttpPort = ({ userAgent = 'argosy' }: { readonly userAgent?: string } = {}): HttpPort => ({
  send: async (request) => {
    const url = parseUrl(request.url);
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const headers = { 'user-agent': userAgent, 'accept-encoding': 'identity', ...request.headers };
    try {
      const socket = request.proxy && url.protocol === 'https:' ? await openTunnel(request, url, signal) : undefined;
      return await exchange({ ...request, headers }, { url, socket, signal });
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      const why = signal.aborted ? `no answer within ${ANSWER_TIMEOUT_MS / 1000} s` : reasonOf(thrown);
      throw new Failure(`${shownUrl(request.url)}: ${why}`, { code: 'NetworkFailed', retryable: true, cause: thrown });
    }
  },
});

const parseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new Failure(`${shownUrl(text)}: not an address of http or https`, { code: 'InvalidURL' });
};

/** What Node calls certificates that nobody trusted vouches for. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Node hides several attempts (IPv6, IPv4) behind one error without a message. */
const reasonOf = (thrown: unknown): string => {
  if (thrown instanceof AggregateError) return thrown.errors.map(messageOf).join('; ');
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return UNTRUSTED.has(code)
    ? `${messageOf(thrown)}: its certificate is not trusted; give the certificate of its authority for this host`
    : messageOf(thrown);
};

interface Line {
  readonly url: URL;
  readonly socket: Socket | undefined;
  readonly signal: AbortSignal;
}

const exchange = (request: HttpRequest, { url, socket, signal }: Line): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = request;
    const common = { method, headers: { ...headers }, signal, timeout: SILENCE_TIMEOUT_MS };
    const call =
      url.protocol === 'https:'
        ? https.request(url, {
            ...common,
            ...secretsOf(request),
            agent: false,
            ...(socket && over(request, url, socket)),
          })
        : http.request(...plainTarget(request, url, common));
    call.on('timeout', () => call.destroy(new Error(`silent for ${SILENCE_TIMEOUT_MS / 1000} s`)));
    call.on('error', reject);
    call.on('response', (response) => collect(response, request, { resolve, reject }));
    call.end(body);
  });

const secretsOf = ({ tls: options = {} }: HttpRequest): tls.SecureContextOptions & tls.ConnectionOptions => ({
  ...(options.authorities && { ca: options.authorities }),
  ...(options.clientCertificate && { cert: options.clientCertificate }),
  ...(options.clientKey && { key: options.clientKey }),
  ...(options.skipVerification && { rejectUnauthorized: false }),
});

const over = (request: HttpRequest, url: URL, socket: Socket): https.RequestOptions => ({
  createConnection: () => tls.connect({ ...secretsOf(request), socket, servername: url.hostname }),
});

/** Plain HTTP through a proxy is a request for the whole address. */
const plainTarget = (
  request: HttpRequest,
  url: URL,
  common: http.RequestOptions,
): readonly [URL, http.RequestOptions] => {
  if (!request.proxy) return [url, { ...common, agent: false }];
  const proxy = parseProxy(request.proxy);
  const headers = { ...(common.headers as Record<string, string>), host: url.host, ...proxyHeaders(proxy) };
  return [new URL(proxy.origin), { ...common, headers, path: url.href, agent: false }];
};

const openTunnel = (request: HttpRequest, url: URL, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const proxy = parseProxy(request.proxy ?? '');
    const target = `${url.hostname}:${url.port || '443'}`;
    const headers = { host: target, ...proxyHeaders(proxy) };
    const call = http.request(new URL(proxy.origin), {
      method: 'CONNECT',
      path: target,
      headers,
      signal,
      agent: false,
    });
    call.on('error', (error) => reject(new Error(`proxy ${proxy.host}: ${reasonOf(error)}`)));
    call.on('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`proxy ${proxy.host} answered ${response.statusCode ?? 0}`));
    });
    call.end();
  });

const parseProxy = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:') return url;
  throw new Failure(`proxy ${shownUrl(text)} is not supported for charts and registries; use an http:// one`, {
    code: 'NotSupported',
  });
};

const proxyHeaders = ({ username, password }: URL): Readonly<Record<string, string>> =>
  username === ''
    ? {}
    : {
        'proxy-authorization': `Basic ${Buffer.from(
          `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
        ).toString('base64')}`,
      };

interface Settle {
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (reason: unknown) => void;
}

const collect = (response: http.IncomingMessage, request: HttpRequest, { resolve, reject }: Settle): void => {
  const parts: Buffer[] = [];
  let size = 0;
  response.on('data', (part: Buffer) => {
    size += part.byteLength;
    if (size <= request.limitBytes) return void parts.push(part);
    reject(
      new Failure(`${shownUrl(request.url)}: the answer is larger than ${request.limitBytes} bytes`, {
        code: 'TooLarge',
      }),
    );
    response.destroy();
  });
  response.on('error', reject);
  response.on('end', () =>
    resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), body: Buffer.concat(parts) }),
  );
};

const flatten = (headers: http.IncomingHttpHeaders): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
    ),
  );
