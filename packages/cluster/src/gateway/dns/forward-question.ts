/**
 * Questions about the rest of the world, asked of the resolvers this machine uses.
 */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';

import type { Clock } from '@argosy/base';

/** How long one resolver may take. */
const PATIENCE_MS = 2000;

/** Whether the asker came over TCP: then the answer may be long, and is asked for the same way. */
export type Transport = 'udp' | 'tcp';

/** Asks one resolver after the other; `undefined` when none answers. Resolvers are addresses, with a port if not 53. */
export const forwardQuestion = async (
  clock: Clock,
  of: { readonly message: Buffer; readonly transport: Transport; readonly resolvers: readonly string[] },
): Promise<Buffer | undefined> => {
  for (const resolver of of.resolvers) {
    const { host, port } = parseResolver(resolver);
    const ask = of.transport === 'tcp' ? askOverTcp : askOverUdp;
    const answer = await ask(clock, { message: of.message, host, port });
    if (answer) return answer;
  }
  return undefined;
};

interface Ask {
  readonly message: Buffer;
  readonly host: string;
  readonly port: number;
}

/** As node:dns writes them: `1.1.1.1`, `1.1.1.1:5353`, `[::1]:53`. */
const parseResolver = (text: string): { readonly host: string; readonly port: number } => {
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(text);
  if (bracketed) return { host: bracketed[1] ?? '', port: Number(bracketed[2]) };
  if (isIPv6(text)) return { host: text, port: 53 };
  const [host = '', port] = text.split(':');
  return { host, port: port === undefined ? 53 : Number(port) };
};

const askOverUdp = (clock: Clock, { message, host, port }: Ask): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const finish = (answer: Buffer | undefined): void => {
      cancel();
      socket.close();
      resolve(answer);
    };
    const cancel = clock.setTimer(PATIENCE_MS, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.on('message', (answer) => {
      // Anybody may send to an open port; only the same question's answer counts.
      if (answer.length > 2 && answer.readUInt16BE(0) === message.readUInt16BE(0)) finish(answer);
    });
    socket.connect(port, host, () => socket.send(message));
  });

const askOverTcp = (clock: Clock, { message, host, port }: Ask): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    let seen = Buffer.alloc(0);
    const finish = (answer: Buffer | undefined): void => {
      cancel();
      socket.destroy();
      resolve(answer);
    };
    const cancel = clock.setTimer(PATIENCE_MS, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
    socket.on('data', (part: Buffer) => {
      seen = Buffer.concat([seen, part]);
      if (seen.length >= 2 && seen.length >= 2 + seen.readUInt16BE(0))
        finish(seen.subarray(2, 2 + seen.readUInt16BE(0)));
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.write(Buffer.concat([length, message]));
  });
