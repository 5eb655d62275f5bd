/**
 * From a write to its watchers: 1, 16, 100 and 256 watchers of 1,000 events a second, beside etcd's watch in the same run.
 * Watch latency is what etcd's own `benchmark watch-latency` calls so: from the answer to the write until the event is
 * there, 0 where the event came first. The whole way, which the time of the write is part of, is told beside it. Five seconds are measured, after three in which programs are compiled, which are told apart. Watchers count bytes and read
 * no more of an event than its number; who writes is a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { quantile, startPlatform, TEXT_BYTES } from './peers/cluster.ts';
import { startEtcd } from './peers/etcd.ts';
import { machineNow, startPacedWriters, type WritersTarget } from './peers/paced-writers.ts';

const WATCHERS = [1, 16, 100, 256] as const;
const WRITES = 1_000;
/** Writers that take turns, so that about a thousand writes end in a second. */
const WRITERS = 32;
const WARM_UP_COUNT = WRITES * 3;
const COUNT = WARM_UP_COUNT + WRITES * 5;
/** An event is longer than the text in its object, in bytes: so far nothing need be looked at. */
const LEAST_BETWEEN_MARKS = TEXT_BYTES;

interface Peer {
  /** Begins to watch; what comes is given on as it is. */
  readonly watch: (onBytes: (bytes: Buffer) => void) => Promise<() => void>;
  readonly writersTarget: WritersTarget;
  /** What stands before the number of an event, once per event. */
  readonly mark: Buffer;
  readonly numberAt: (bytes: Buffer, at: number) => number;
}

/** Looks for the mark and gives each number on; a mark may be torn between two reads. */
const readNumbers = ({ mark, numberAt }: Peer, onNumber: (at: number) => void): ((bytes: Buffer) => void) => {
  const longest = mark.byteLength + 16;
  let rest = Buffer.alloc(0);
  /** Gives the numbers whose marks begin before `end`. */
  const scan = (bytes: Buffer, end: number): void => {
    for (let at = bytes.indexOf(mark); at >= 0 && at < end; at = bytes.indexOf(mark, at + LEAST_BETWEEN_MARKS))
      onNumber(numberAt(bytes, at + mark.byteLength));
  };
  return (bytes) => {
    // What began in the read before ends at the beginning of this one, or of one after it.
    const torn = Buffer.concat([rest, bytes.subarray(0, longest)]);
    const isTiny = bytes.byteLength < longest;
    const scanned = Math.max(0, torn.byteLength - longest + 1);
    scan(torn, isTiny ? scanned : rest.byteLength);
    const end = Math.max(0, bytes.byteLength - longest + 1);
    scan(bytes, isTiny ? 0 : end);
    rest = isTiny ? torn.subarray(scanned) : Buffer.from(bytes.subarray(end));
  };
};

/** Has writes made at a steady pace and measures each delivery. */
const measure = async (who: string, watchers: number, peer: Peer): Promise<void> => {
  const seen = createDeliveries(COUNT * watchers);
  const plan = { target: peer.writersTarget, count: COUNT, perSecond: WRITES, writers: WRITERS };
  const writers = await startPacedWriters(plan);
  const stops = await Promise.all(Array.from({ length: watchers }, () => peer.watch(readNumbers(peer, seen.add))));
  await pause(200);
  const report = await writers.run();
  for (let wait = 0; wait < 200 && seen.count < COUNT * watchers; wait += 1) await pause(50);
  for (const stop of stops) stop();
  const [latency, wholeWay] = [seen.delays(report.answeredAt), seen.delays(report.sentAt)];
  console.log(
    `${who.padEnd(7)} ${String(watchers).padStart(3)} watchers: ${told(latency.late)} (at first ${told(latency.early)}); ` +
      `from sending ${told(wholeWay.late)} (at first ${told(wholeWay.early)}); ${Math.round(report.rate)} writes/s, ` +
      `${seen.count.toLocaleString('en')} of ${(COUNT * watchers).toLocaleString('en')} deliveries`,
  );
};

/** What came, and when. What it is compared with is known at the end. */
const createDeliveries = (most: number) => {
  const [numbers, times] = [new Uint32Array(most), new Float64Array(most)];
  let count = 0;
  return {
    add: (at: number): void => {
      numbers[count] = at;
      times[count++] = machineNow();
    },
    get count() {
      return count;
    },
    /** How long after `since` each write came, in ms. */
    delays: (since: Float64Array): { readonly early: readonly number[]; readonly late: readonly number[] } => {
      const [early, late]: [number[], number[]] = [[], []];
      for (const [index, at] of numbers.subarray(0, count).entries())
        (at < WARM_UP_COUNT ? early : late).push(Math.max(0, (times[index] ?? Number.NaN) - (since[at] ?? Number.NaN)));
      return { early, late };
    },
  };
};

const told = (delays: readonly number[]): string =>
  `median ${quantile(delays, 0.5).toFixed(2)} ms, p99 ${quantile(delays, 0.99).toFixed(2)} ms`;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const argosy = async (watchers: number): Promise<void> => {
  const platform = await startPlatform('--runtime', 'simulated');
  await measure('argosy', watchers, {
    watch: async (onBytes) => {
      const client = await platform.connectLean();
      await client.watch(onBytes);
      return () => client.end();
    },
    writersTarget: { kind: 'argosy', kubeconfig: platform.kubeconfig },
    mark: Buffer.from('"metadata":{"name":"w-'),
    numberAt: (bytes, at) => Number(bytes.toString('latin1', at, at + 6)),
  });
  await platform.stop();
};

const etcd = async (watchers: number): Promise<void> => {
  const peer = await startEtcd();
  if (!peer) return console.log('etcd is not installed');
  await measure('etcd', watchers, {
    watch: async (onBytes) => {
      const client = await peer.connect();
      client.watch('/w/', onBytes);
      return () => client.end();
    },
    writersTarget: { kind: 'etcd', port: peer.port },
    mark: Buffer.from('"key":"'),
    // "/w/w-000017" in base64, of which the first three letters say nothing.
    numberAt: (bytes, at) =>
      Number(Buffer.from(bytes.toString('latin1', at, at + 16), 'base64').toString('latin1', 5, 11)),
  });
  await peer.stop();
};

/** Each measurement has a process of its own: who reads for one peer is not what was compiled for another. */
const measureApart = (who: string, watchers: number): void => {
  const program = [...process.execArgv, fileURLToPath(import.meta.url), who, String(watchers)];
  const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
};

const PEERS: Readonly<Record<string, (watchers: number) => Promise<void>>> = { argosy, etcd };
const [asked = '', watchersAsked] = process.argv.slice(2);
const peer = PEERS[asked];
if (peer) await peer(Number(watchersAsked));
else for (const watchers of WATCHERS) for (const who of Object.keys(PEERS)) measureApart(who, watchers);
