/**
 * Takes datagrams for a service. Each client has a socket of its own towards an endpoint, so that answers find back.
 */
import { createSocket, type Socket } from 'node:dgram';

import type { Clock } from '@argosy/base';

import { createTargetChooser } from './choose-target.ts';
import type { ServiceListener } from './decide-listeners.ts';
import type { OpenListener } from './tcp-listener.ts';

/** Silence after which a client's way is forgotten. @upstream the kernel's nf_conntrack_udp_timeout_stream */
const SILENCE_MS = 120_000;

interface Way {
  readonly socket: Socket;
  forgetLater: () => void;
}

/** Opens it. Rejects when the address or port cannot be had. */
export const openUdpListener = (clock: Clock, given: ServiceListener): Promise<OpenListener> =>
  new Promise((resolve, reject) => {
    const chooser = createTargetChooser(clock);
    const ways = new Map<string, Way>();
    let listener = given;
    const server = createSocket('udp4');
    const forget = (client: string): void => {
      const way = ways.get(client);
      ways.delete(client);
      way?.forgetLater();
      way?.socket.close();
    };
    const close = (): void => {
      for (const client of ways.keys()) forget(client);
      server.close();
    };
    const wayOf = (client: { readonly address: string; readonly port: number }): Way | undefined => {
      const key = `${client.address}:${client.port}`;
      const known = ways.get(key);
      const target = chooser.order(client.address, listener.targets, listener.affinitySeconds)[0];
      if (known || !target) return known;
      chooser.settle(client.address, target);
      const socket = createSocket('udp4');
      // A refusal comes back as an error: the next datagram tries somebody else.
      socket.on('error', () => forget(key));
      socket.on('message', (answer) => server.send(answer, client.port, client.address));
      socket.connect(target.port, target.address);
      const way: Way = { socket, forgetLater: () => undefined };
      ways.set(key, way);
      return way;
    };
    server.on('message', (message, client) => {
      const way = wayOf(client);
      if (!way) return;
      way.forgetLater();
      way.forgetLater = clock.setTimer(SILENCE_MS, () => forget(`${client.address}:${client.port}`));
      whenConnected(way.socket, () => way.socket.send(message));
    });
    server.once('error', reject);
    server.bind(given.port, given.address, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve({
        address: given.address,
        port: server.address().port,
        lead: (next) => {
          listener = next;
          for (const client of ways.keys()) forget(client);
        },
        stop: close,
        close: async () => close(),
      });
    });
  });

const whenConnected = (socket: Socket, then: () => void): void => {
  try {
    socket.remoteAddress();
    then();
  } catch {
    socket.once('connect', then);
  }
};
