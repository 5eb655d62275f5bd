/**
 * Takes connections for a service and leads each to one of its endpoints.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import type { Clock } from '@argosy/base';

import { createTargetChooser } from './choose-target.ts';
import type { ServiceListener, Target } from './decide-listeners.ts';

/** An open listener. */
export interface OpenListener {
  readonly address: string;
  readonly port: number;
  /** Changes where it leads from now on; connections go on where they are. */
  lead(listener: ServiceListener): void;
  /** Takes no more; connections there are go on, as those to pods that have become unready do. */
  stop(): void;
  /** Takes no more and ends what there is. */
  close(): Promise<void>;
}

/** An endpoint that does not answer this long is passed over for the next. */
const CONNECT_MS = 3000;

/** Opens it. Rejects when the address or port cannot be had. */
export const openTcpListener = (clock: Clock, given: ServiceListener): Promise<OpenListener> =>
  new Promise((resolve, reject) => {
    const chooser = createTargetChooser(clock);
    const sockets = new Set<Socket>();
    let listener = given;
    const remember = (socket: Socket): void => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    };
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      remember(client);
      client.on('error', () => client.destroy());
      const from = client.remoteAddress ?? '';
      const order = chooser.order(from, listener.targets, listener.affinitySeconds);
      void connectFirst(order).then((found) => {
        if (!found || client.destroyed)
          return void (client.destroyed ? found?.socket.destroy() : client.resetAndDestroy());
        chooser.settle(from, found.target);
        remember(found.socket);
        join(client, found.socket);
      });
    });
    server.once('error', reject);
    server.listen(given.port, given.address, () => {
      server.off('error', reject);
      resolve({
        address: given.address,
        port: (server.address() as AddressInfo).port,
        lead: (next) => {
          listener = next;
        },
        stop: () => void server.close(),
        close: async () => {
          const closed = new Promise<void>((done) => server.close(() => done()));
          for (const socket of sockets) socket.destroy();
          await closed;
        },
      });
    });
  });

const connectFirst = async (
  targets: readonly Target[],
): Promise<{ readonly socket: Socket; readonly target: Target } | undefined> => {
  for (const target of targets) {
    const socket = await connectTo(target);
    if (socket) return { socket, target };
  }
  return undefined;
};

const connectTo = ({ address, port }: Target): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true, timeout: CONNECT_MS });
    const fail = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once('error', fail);
    socket.once('timeout', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      socket.off('timeout', fail);
      socket.setTimeout(0);
      resolve(socket);
    });
  });

/** Passes bytes and ends on in both directions; who breaks off breaks off both. */
const join = (client: Socket, server: Socket): void => {
  client.setNoDelay(true);
  server.on('error', () => client.resetAndDestroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroySoon());
  client.pipe(server);
  server.pipe(client);
};
