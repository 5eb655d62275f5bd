/**
 * A name server for pods: the cluster's names from memory, all others from the machine's resolvers.
 */
import { createSocket, type Socket } from 'node:dgram';
import { getServers } from 'node:dns';
import { createServer, type Server } from 'node:net';

import { messageOf, type Clock, type Logger } from '@argosy/base';

import { decideAnswer, type NamedWorld } from './decide-answer.ts';
import { formatAnswer, parseQuestion, type Answer, type Question } from './dns-message.ts';
import { forwardQuestion, type Transport } from './forward-question.ts';

/** Ports of the server. */
export interface DnsServerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly world: NamedWorld;
}

/** An open server. */
export interface DnsServer {
  readonly address: string;
  close(): Promise<void>;
}

/** The port resolvers ask; /etc/resolv.conf can name no other. */
const DNS_PORT = 53;
const LONGEST_MESSAGE = 65_535;

/** Opens both transports at one address. Throws the error of the one that cannot be opened. */
export const openDnsServer = async (deps: DnsServerDeps, address: string, port = DNS_PORT): Promise<DnsServer> => {
  // Asked once: what the machine resolves with when it starts, without this server itself.
  const resolvers = getServers().filter((one) => one !== address);
  const answer = (message: Buffer, transport: Transport): Promise<Buffer | undefined> =>
    answerMessage(deps, { message, transport, resolvers });
  const udp = await openUdp(deps, { address, port, answer });
  try {
    const tcp = await openTcp(deps, { address, port: udp.address().port, answer });
    return {
      address,
      close: async () => {
        udp.close();
        await new Promise<void>((resolve) => tcp.close(() => resolve()));
      },
    };
  } catch (thrown) {
    udp.close();
    throw thrown;
  }
};

interface Listening {
  readonly address: string;
  readonly port: number;
  readonly answer: (message: Buffer, transport: Transport) => Promise<Buffer | undefined>;
}

const openUdp = ({ log }: DnsServerDeps, { address, port, answer }: Listening): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.on('message', (message, from) => {
      answer(message, 'udp')
        .then((bytes) => bytes && socket.send(bytes, from.port, from.address))
        .catch((thrown: unknown) => log.warn('name not answered', { error: messageOf(thrown) }));
    });
    socket.bind(port, address, () => {
      socket.off('error', reject);
      socket.on('error', (thrown) => log.warn('name server', { error: messageOf(thrown) }));
      resolve(socket);
    });
  });

const openTcp = ({ log }: DnsServerDeps, { address, port, answer }: Listening): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      let seen = Buffer.alloc(0);
      socket.on('error', () => socket.destroy());
      socket.setTimeout(10_000, () => socket.destroy());
      socket.on('data', (part: Buffer) => {
        seen = Buffer.concat([seen, part]);
        for (let message = nextMessage(seen); message; message = nextMessage(seen)) {
          seen = seen.subarray(2 + message.length);
          answer(message, 'tcp')
            .then((bytes) => bytes && socket.write(withLength(bytes)))
            .catch((thrown: unknown) => log.warn('name not answered', { error: messageOf(thrown) }));
        }
      });
    });
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve(server);
    });
  });

const nextMessage = (seen: Buffer): Buffer | undefined => {
  if (seen.length < 2 || seen.length < 2 + seen.readUInt16BE(0)) return undefined;
  return seen.subarray(2, 2 + seen.readUInt16BE(0));
};

const withLength = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const answerMessage = async (
  deps: DnsServerDeps,
  of: { readonly message: Buffer; readonly transport: Transport; readonly resolvers: readonly string[] },
): Promise<Buffer | undefined> => {
  const question = parseQuestion(of.message);
  if (!question) return undefined;
  const own = decideAnswer(question.name, question.type, deps.world);
  if (own)
    return formatAnswer(question, inTurn(question, own), of.transport === 'tcp' ? LONGEST_MESSAGE : question.maxBytes);
  const forwarded = await forwardQuestion(deps.clock, of);
  return forwarded ?? formatAnswer(question, FAILED, question.maxBytes);
};

const FAILED: Answer = { code: 'SERVFAIL', records: [], authoritative: false };

/** Records of a name in another order for each question, so that pods of a headless service share the work. */
const inTurn = ({ id }: Question, answer: Answer): Answer => {
  const first = answer.records.length > 1 ? id % answer.records.length : 0;
  return { ...answer, records: [...answer.records.slice(first), ...answer.records.slice(0, first)] };
};
