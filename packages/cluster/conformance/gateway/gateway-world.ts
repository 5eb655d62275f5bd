/** A gateway on an API server in this process, with real HTTP backends on loopback addresses. */
import { setMaxListeners } from 'node:events';
import {
  Agent,
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { createSeededRandom, createSystemClock, silentLogger } from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import {
  ENDPOINT_SLICES,
  PODS,
  SERVICES,
  type EndpointSlice,
  type HTTPRoute,
  type Ingress,
  type KubeObject,
  type Pod,
  type Service,
} from '@argosy/kube';

import { createApiServer, createGateway, createMemoryStore } from '../../src/index.ts';

export const NS = 'default';

/** A request a backend got. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A backend that answers with its name. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  readonly server: Server;
  readonly seen: Seen[];
  close(): Promise<void>;
}

export interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface AskOptions {
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GatewayWorld {
  readonly client: Client;
  readonly url: string;
  readonly metricsUrl: string;
  backend(name: string, handle?: (request: IncomingMessage, response: ServerResponse) => void): Promise<Backend>;
  /** A service with one ready endpoint per backend. */
  service(name: string, backends: readonly Backend[], hash?: string): Promise<void>;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** Asks until the answer is as wanted. */
  settle(path: string, options: AskOptions, wanted: (answer: Answer) => boolean): Promise<Answer>;
  close(): Promise<void>;
}

export const createGatewayWorld = async (): Promise<GatewayWorld> => {
  const clock = createSystemClock();
  const random = createSeededRandom(7);
  const log = silentLogger;
  const server = await createApiServer({ store: createMemoryStore(), clock, random, log }, { kinds: [] });
  const { client } = server;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const informers = createInformerSet({ client, clock, random, log });
  const gateway = createGateway({ client, informers, clock, random, log }, { port: 0, metricsPort: 0 });
  const running = Promise.all([informers.run(stop.signal), gateway.run(stop.signal)]);
  const { url, metricsUrl } = await gateway.listen();
  const backends: Backend[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ask = (path: string, options: AskOptions = {}): Promise<Answer> => askAt(agent, url, path, options);
  let address = 0;
  return {
    client,
    url,
    metricsUrl,
    backend: async (name, handle) => {
      address += 1;
      const backend = await listenAs(name, `127.66.0.${address}`, handle);
      backends.push(backend);
      return backend;
    },
    service: async (name, members, hash) => {
      await client.create(SERVICES, aService(name));
      for (const [index, { address }] of members.entries())
        await client.create(PODS, aPod(`${name}-${index}`, address, hash));
      await client.create(ENDPOINT_SLICES, aSlice(name, members));
    },
    ask,
    settle: async (path, options, wanted) => {
      const end = clock.now() + 10_000;
      for (;;) {
        const answer = await ask(path, options);
        if (wanted(answer)) return answer;
        if (clock.now() > end) throw new Error(`never settled: ${path}: ${answer.code} ${answer.text}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: async () => {
      agent.destroy();
      await gateway.close();
      await Promise.all(backends.map((backend) => backend.close()));
      stop.abort();
      await running;
      await server.close();
    },
  };
};

export const aGateway = (name = 'gw'): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name, namespace: NS },
  spec: { gatewayClassName: 'argosy', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
});

export const aRoute = (name: string, spec: HTTPRoute['spec']): HTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name, namespace: NS },
  spec: { parentRefs: [{ name: 'gw' }], ...spec },
});

export const anIngress = (
  name: string,
  {
    host,
    path = '/',
    service,
    annotations,
    pathType = 'Prefix',
  }: {
    readonly host?: string;
    readonly path?: string;
    readonly pathType?: string;
    readonly service: string;
    readonly annotations?: Readonly<Record<string, string>>;
  },
): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name,
    namespace: NS,
    annotations: Object.fromEntries(
      Object.entries(annotations ?? {}).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
    ),
  },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        ...(host ? { host } : {}),
        http: { paths: [{ path, pathType, backend: { service: { name: service, port: { number: 80 } } } }] },
      },
    ],
  },
});

export const aSlice = (service: string, backends: readonly Backend[], ready = true): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${service}-0`, namespace: NS, labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  endpoints: backends.map(({ address }, index) => ({
    addresses: [address],
    conditions: { ready },
    targetRef: { kind: 'Pod', namespace: NS, name: `${service}-${index}` },
  })),
  ports: [{ name: 'http', port: backends[0]?.port ?? 1, protocol: 'TCP' }],
});

const aService = (name: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: NS },
  spec: { ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
});

const aPod = (name: string, podIP: string, hash: string | undefined): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NS, labels: hash ? { 'rollouts-pod-template-hash': hash } : {} },
  spec: { containers: [{ name: 'web', image: 'web' }] },
  status: { phase: 'Running', podIP },
});

/** All backends listen on one port, as pods of one template do. */
let sharedPort = 0;

const listenAs = async (
  name: string,
  address: string,
  handle?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Backend> => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    if (handle) return handle(request, response);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      response.setHeader('x-backend', name);
      response.end(name);
    });
  });
  await new Promise<void>((resolve) => server.listen(sharedPort, address, resolve));
  sharedPort = (server.address() as AddressInfo).port;
  return {
    address,
    port: sharedPort,
    server,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const askAt = (agent: Agent, url: string, path: string, options: AskOptions): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = sendRequest(
      `${url}${path}`,
      {
        agent,
        method: options.method ?? 'GET',
        headers: { ...(options.host ? { host: options.host } : {}), ...options.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            code: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(options.body);
  });
