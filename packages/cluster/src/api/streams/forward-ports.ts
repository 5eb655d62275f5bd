/**
 * port-forward: connections of the client to ports of a pod, over SPDY (alone or inside a WebSocket) or in channels.
 * @upstream kubernetes staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward
 */
import { Duplex, PassThrough, type Writable } from 'node:stream';

import { messageOf } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';
import type { WebSocket } from 'ws';

import { bytesOf, channelWriter, takeInput } from './channel-sockets.ts';
import { serveSpdy } from './spdy/spdy-connection.ts';

/** Protocol in which SPDY itself travels inside a WebSocket. */
export const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';
/** The one it carries. */
export const FORWARD_PROTOCOL = 'portforward.k8s.io';
/** Protocols in which each port is two channels. */
export const FORWARD_CHANNEL_PROTOCOLS: readonly string[] = ['v4.channel.k8s.io', FORWARD_PROTOCOL];

/** Connects to a port of the pod. */
export type ConnectPort = (port: number) => Promise<Duplex>;

/** Forwards what the client opens: a pair of streams per connection, one for data and one for errors. */
export const forwardOverSpdy = (transport: Duplex, connect: ConnectPort): void => {
  const errors = new Map<string, Duplex>();
  serveSpdy(transport, ({ headers, channel }) => {
    const id = headers.get('requestid') ?? headers.get('port') ?? '';
    if (headers.get('streamtype') === 'error') {
      errors.set(id, channel);
      channel.resume();
      return;
    }
    const error = errors.get(id);
    errors.delete(id);
    void forward(channel, Number(headers.get('port')), { connect, error });
  });
};

const forward = async (
  channel: Duplex,
  port: number,
  of: { readonly connect: ConnectPort; readonly error: Duplex | undefined },
): Promise<void> => {
  try {
    if (!isPort(port)) throw new Error(`${port} is no port`);
    const socket = await of.connect(port);
    await join(channel, socket);
    of.error?.end();
  } catch (thrown) {
    of.error?.end(`error forwarding port ${port}: ${messageOf(thrown)}`);
    channel.end();
  }
};

/** Two-way traffic until both sides have ended. */
const join = (channel: Duplex, socket: Duplex): Promise<void> =>
  new Promise((resolve) => {
    channel.pipe(socket);
    socket.pipe(channel);
    channel.once('close', () => socket.destroy());
    socket.once('error', () => channel.end());
    socket.once('close', () => {
      channel.end();
      resolve();
    });
  });

/** A WebSocket as the stream of bytes it carries. */
export const tunnelOf = (socket: WebSocket): Duplex => {
  const tunnel = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      if (socket.readyState !== socket.OPEN) return done();
      socket.send(chunk, () => done());
    },
    final: (done) => {
      socket.close(1000);
      done();
    },
    destroy: (error, done) => {
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (data) => {
    if (!tunnel.push(bytesOf(data))) socket.pause();
  });
  socket.on('close', () => {
    tunnel.push(null);
    tunnel.destroy();
  });
  socket.on('error', () => tunnel.destroy());
  return tunnel;
};

/** Ports named in the address. Throws BadRequest for what is none. */
export const forwardedPorts = (query: URLSearchParams): readonly number[] => {
  const ports = query.getAll('ports').flatMap((text) => text.split(',').map(parsePort));
  if (ports.length <= MOST_PORTS) return ports;
  throw new ApiStatusError(
    'BadRequest',
    `${ports.length} ports are too many for one connection: at most ${MOST_PORTS}`,
  );
};

/** Each takes two channels, and a channel's number is one byte. */
const MOST_PORTS = 127;

const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (isPort(port)) return port;
  throw new ApiStatusError('BadRequest', `unable to parse ${JSON.stringify(text)} as a port`);
};

/** Forwards ports named in the address: channel 2n carries data of the n-th, 2n+1 its errors, each begun by the port's number. */
export const forwardInChannels = (socket: WebSocket, ports: readonly number[], connect: ConnectPort): void => {
  const inputs = ports.map(() => new PassThrough());
  socket.on('message', (data) => {
    const bytes = bytesOf(data);
    const input = inputs[(bytes[0] ?? 0) / 2];
    if (input) takeInput(socket, input, bytes.subarray(1));
  });
  socket.on('close', () => inputs.forEach((input) => input.end()));
  socket.on('error', () => socket.terminate());
  ports.forEach((port, at) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    const [out, errors] = [channelWriter(socket, 2 * at), channelWriter(socket, 2 * at + 1)];
    out.write(number);
    errors.write(number);
    void joinChannel({ port, input: inputs[at] ?? new PassThrough(), out, errors, connect }).then(() =>
      socket.close(1000),
    );
  });
};

const joinChannel = async (of: {
  readonly port: number;
  readonly input: PassThrough;
  readonly out: Writable;
  readonly errors: Writable;
  readonly connect: ConnectPort;
}): Promise<void> => {
  try {
    if (!isPort(of.port)) throw new Error(`${of.port} is no port`);
    await join(Duplex.from({ readable: of.input, writable: of.out }), await of.connect(of.port));
  } catch (thrown) {
    of.errors.write(`error forwarding port ${of.port}: ${messageOf(thrown)}`);
  }
};

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536;
