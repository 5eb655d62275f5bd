/**
 * Requests that become streams: exec, attach and port-forward, over WebSocket or SPDY, and logs over WebSocket.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { messageOf } from '@argosy/base';
import { ApiStatusError, notFound, type Caller, type ObjectKey, type Pod } from '@argosy/kube';
import { WebSocketServer, type WebSocket } from 'ws';

import type { Access } from '../../access/access.ts';
import type { Authenticate } from '../../access/authenticate.ts';
import { attributesOf, authorize } from '../../access/authorize.ts';
import { impersonate } from '../../access/impersonate.ts';
import type { PodAccess, ProcessStreams } from '../../kubelet/pod-runtime.ts';
import type { ApiContext } from '../api-context.ts';
import { logOptions } from '../http/resources/pod-subresources.ts';
import { parseResourcePath } from '../http/request-path.ts';
import { admitConnection, type StreamSubresource } from './admit-connection.ts';
import { COMMAND_PROTOCOLS, commandChannels } from './channel-sockets.ts';
import {
  FORWARD_CHANNEL_PROTOCOLS,
  FORWARD_PROTOCOL,
  forwardedPorts,
  forwardInChannels,
  forwardOverSpdy,
  TUNNEL_PROTOCOL,
  tunnelOf,
} from './forward-ports.ts';
import { serveLogSocket } from './log-sockets.ts';
import { commandOptions, joinCommand, type CommandChannels, type CommandOptions } from './remote-command.ts';
import { SPDY_COMMAND_PROTOCOLS, spdyCommandChannels } from './spdy-command.ts';

/** What upgrades need. */
export interface UpgradeDeps {
  readonly context: ApiContext;
  readonly access: Access;
  readonly podAccess: () => PodAccess | undefined;
  readonly authenticate: Authenticate;
}

interface Upgrade {
  readonly deps: UpgradeDeps;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly query: URLSearchParams;
  readonly subresource: StreamSubresource;
  readonly caller: Caller;
  readonly pod: Pod;
  readonly pods: PodAccess;
}

/** Largest message a client may send, in bytes. */
const LARGEST_MESSAGE = 4 * 1024 * 1024;

/** Creates the handler of a server's `upgrade` event. Whatever goes wrong is answered as a Status or closes the connection. */
export const createUpgradeHandler = (
  deps: UpgradeDeps,
): ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) => {
  return (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    try {
      const { subresource, ...found } = addressed(deps, request);
      if (subresource === 'log') return serveLogs({ deps, request, socket, head, ...found });
      serve({ deps, request, socket, head, ...found, subresource });
    } catch (thrown) {
      if (!(thrown instanceof ApiStatusError)) deps.context.log.error('upgrade failed', { error: messageOf(thrown) });
      refuse(socket, thrown);
    }
  };
};

const addressed = (
  deps: UpgradeDeps,
  request: IncomingMessage,
): Pick<Upgrade, 'query' | 'caller' | 'pod' | 'pods'> & { readonly subresource: StreamSubresource | 'log' } => {
  const url = new URL(request.url ?? '/', 'http://server');
  const real = deps.authenticate(request);
  const caller: Caller = impersonate(deps.access, real, request.headers);
  const path = parseResourcePath(url.pathname);
  if (!path) throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  authorize(deps.access, caller, attributesOf(request.method ?? 'GET', path, url.searchParams));
  const { group, resource, subresource, namespace, name = '' } = path;
  if (group !== '' || resource !== 'pods' || !isUpgradable(subresource) || !namespace)
    throw new ApiStatusError('BadRequest', 'only exec, attach, portforward and logs of pods become streams');
  const key: ObjectKey = { namespace, name };
  const pod = deps.context.store.get('/pods', key) as Pod | undefined;
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  const pods = deps.podAccess();
  if (!pods) throw new ApiStatusError('ServiceUnavailable', 'no kubelet runs in this cluster: start one to reach pods');
  return { query: url.searchParams, subresource, caller, pod, pods };
};

const isUpgradable = (subresource: string | undefined): subresource is StreamSubresource | 'log' =>
  subresource === 'exec' || subresource === 'attach' || subresource === 'portforward' || subresource === 'log';

const serveLogs = ({ deps, request, socket, head, query, pod, pods }: Omit<Upgrade, 'subresource'>): void => {
  const open = (signal: AbortSignal) => pods.logs(pod, logOptions(query, signal));
  serveLogSocket({ request, socket, head, clock: deps.context.clock, open }).catch((thrown: unknown) =>
    refuse(socket, thrown),
  );
};

const serve = (upgrade: Upgrade): void => {
  const wanted = (upgrade.request.headers.upgrade ?? '').toLowerCase();
  if (wanted === 'websocket') return serveWebSocket(upgrade);
  if (wanted === 'spdy/3.1') return serveOverSpdy(upgrade);
  throw new ApiStatusError('BadRequest', `unable to upgrade to ${JSON.stringify(wanted)}: use WebSocket or SPDY/3.1`);
};

const serveWebSocket = (upgrade: Upgrade): void => {
  const supported =
    upgrade.subresource === 'portforward' ? [TUNNEL_PROTOCOL, ...FORWARD_CHANNEL_PROTOCOLS] : COMMAND_PROTOCOLS;
  const offered = (upgrade.request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const protocol = supported.find((one) => offered.includes(one));
  if (protocol === undefined)
    throw new ApiStatusError(
      'BadRequest',
      `unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(supported)}`,
    );
  const accept = (socket: WebSocket): void => {
    if (upgrade.subresource !== 'portforward')
      return void runCommand(upgrade, (options) => Promise.resolve(commandChannels(socket, options)));
    const connect = connectTo(upgrade);
    if (protocol === TUNNEL_PROTOCOL) return forwardOverSpdy(tunnelOf(socket), connect);
    forwardInChannels(socket, forwardedPorts(upgrade.query), connect);
  };
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: () => protocol,
  });
  beginWhenChecked(upgrade, () => server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, accept));
};

const serveOverSpdy = (upgrade: Upgrade): void => {
  const header = upgrade.request.headers['x-stream-protocol-version'];
  const offered = (Array.isArray(header) ? header : (header ?? '').split(',')).map((one) => one.trim());
  const supported = upgrade.subresource === 'portforward' ? [FORWARD_PROTOCOL] : SPDY_COMMAND_PROTOCOLS;
  const protocol = supported.find((one) => offered.includes(one));
  if (protocol === undefined)
    throw new ApiStatusError(
      'Forbidden',
      `unable to upgrade: unsupported protocols ${JSON.stringify(offered)}; use ${supported.join(', ')}`,
    );
  const { socket, head } = upgrade;
  const begin = (): void => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    if (upgrade.subresource === 'portforward') return forwardOverSpdy(socket, connectTo(upgrade));
    const { clock } = upgrade.deps.context;
    void runCommand(upgrade, (options) =>
      spdyCommandChannels(socket, options, (delayMs, callback) => clock.setTimer(delayMs, callback)),
    );
  };
  beginWhenChecked(upgrade, begin);
};

/** What cannot be done is said before the connection changes its nature. Whatever happens then ends this connection alone. */
const beginWhenChecked = (upgrade: Upgrade, begin: () => void): void => {
  const { socket, deps } = upgrade;
  checkFirst(upgrade)
    .then(begin, (thrown: unknown) => refuse(socket, thrown))
    .catch((thrown: unknown) => {
      deps.context.log.error('stream failed', { error: messageOf(thrown) });
      socket.destroy();
    });
};

const checkFirst = async (upgrade: Upgrade): Promise<void> => {
  const { subresource, query, pods } = upgrade;
  const name = ({ portforward: 'connect', exec: 'exec', attach: 'attach' } as const)[subresource];
  if (pods[name] === undefined) throw new ApiStatusError('MethodNotAllowed', `not supported here: ${subresource}`);
  if (subresource === 'exec' && commandOptions(query).command.length === 0)
    throw new ApiStatusError('BadRequest', 'you must specify at least one command for the container');
  if (subresource === 'portforward') forwardedPorts(query);
  await admitConnection(upgrade.deps.context, upgrade);
};

const connectTo =
  ({ pods, pod }: Upgrade) =>
  (port: number): Promise<Duplex> =>
    pods.connect ? pods.connect(pod, port) : Promise.reject(new Error('nobody forwards ports here'));

const runCommand = async (
  upgrade: Upgrade,
  open: (options: CommandOptions) => Promise<CommandChannels>,
): Promise<void> => {
  const options = commandOptions(upgrade.query);
  let channels: CommandChannels | undefined;
  try {
    channels = await open(options);
    await joinCommand(await startCommand(upgrade, options), channels, upgrade.subresource === 'exec');
  } catch (thrown) {
    const status = thrown instanceof ApiStatusError ? thrown : new ApiStatusError('InternalError', messageOf(thrown));
    if (channels) channels.finish(status.toStatus());
    else upgrade.socket.destroy();
  }
};

const startCommand = async (
  { pods, pod, subresource }: Upgrade,
  { command, ...options }: CommandOptions,
): Promise<ProcessStreams> => {
  const started =
    subresource === 'exec' ? await pods.exec?.(pod, { command, ...options }) : await pods.attach?.(pod, options);
  if (!started) throw new ApiStatusError('MethodNotAllowed', `not supported here: ${subresource}`);
  return started;
};

/** Answers what did not become a stream. */
const refuse = (socket: Duplex, thrown: unknown): void => {
  const error = thrown instanceof ApiStatusError ? thrown : new ApiStatusError('InternalError', messageOf(thrown));
  const body = `${JSON.stringify(error.toStatus())}\n`;
  socket.end(
    `HTTP/1.1 ${error.httpCode} ${error.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
};
