/**
 * From a write to its watchers: 1, 16, 100 and 256 watchers of 1,000 events a second, beside etcd's watch in the same run.
 * Five seconds are measured, after three in which programs are compiled, which are told apart. Watchers count bytes and read
 * no more of an event than its number.
 */
import { aConfigMapText, quantile, startPlatform } from './peers/cluster.ts';
import { startEtcd } from './peers/etcd.ts';

const WATCHERS = [1, 16, 100, 256] as const;
const WRITES = 1_000;
/** Writers that take turns, so that about a thousand writes end in a second. */
const WRITERS = 32;
const WARM_UP_COUNT = WRITES * 3;
const COUNT = WARM_UP_COUNT + WRITES * 5;

interface Peer {
  /** Begins to watch; what comes is given on as it is. */
  readonly watch: (onBytes: (bytes: Buffer) => void) => Promise<() => void>;
  readonly write: (name: string, writer: number) => Promise<unknown>;
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
    for (let at = bytes.indexOf(mark); at >= 0 && at < end; at = bytes.indexOf(mark, at + mark.byteLength))
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

/** Writes at a steady pace and measures each delivery. */
const measure = async (who: string, watchers: number, peer: Peer): Promise<void> => {
  const sentAt = new Float64Array(COUNT);
  const early = createDelays(WARM_UP_COUNT * watchers);
  const late = createDelays((COUNT - WARM_UP_COUNT) * watchers);
  const seen = (at: number): void => {
    (at < WARM_UP_COUNT ? early : late).add(performance.now() - (sentAt[at] ?? Number.NaN));
  };
  const stops = await Promise.all(Array.from({ length: watchers }, () => peer.watch(readNumbers(peer, seen))));
  await pause(200);
  let next = 0;
  const started = performance.now();
  const write = async (writer: number): Promise<void> => {
    for (let at = next++; at < COUNT; at = next++) {
      const due = started + (at * 1000) / WRITES;
      if (performance.now() < due) await pause(due - performance.now());
      sentAt[at] = performance.now();
      await peer.write(`w-${String(at).padStart(6, '0')}`, writer);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  const rate = COUNT / ((performance.now() - started) / 1000);
  const delivered = (): number => early.count + late.count;
  const isComplete = (): boolean => delivered() === COUNT * watchers;
  for (let wait = 0; wait < 200 && !isComplete(); wait += 1) await pause(50);
  for (const stop of stops) stop();
  console.log(
    `${who.padEnd(7)} ${String(watchers).padStart(3)} watchers: ${late.told()}; at first ${early.told()}; ` +
      `${Math.round(rate)} writes/s, ${delivered().toLocaleString('en')} of ${(COUNT * watchers).toLocaleString('en')} deliveries`,
  );
};

const createDelays = (most: number) => {
  const delays = new Float64Array(most);
  let count = 0;
  return {
    add: (delay: number): void => {
      delays[count++] = delay;
    },
    get count() {
      return count;
    },
    told: (): string => {
      const got = delays.subarray(0, count);
      return `median ${quantile(got, 0.5).toFixed(2)} ms, p99 ${quantile(got, 0.99).toFixed(2)} ms`;
    },
  };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const argosy = async (watchers: number): Promise<void> => {
  const platform = await startPlatform('--runtime', 'simulated');
  const writers = await Promise.all(Array.from({ length: WRITERS }, () => platform.connectLean()));
  await measure('argosy', watchers, {
    watch: async (onBytes) => {
      const client = await platform.connectLean();
      await client.watch(onBytes);
      return () => client.end();
    },
    write: async (name, writer) => writers[writer]?.create(name),
    mark: Buffer.from('"metadata":{"name":"w-'),
    numberAt: (bytes, at) => Number(bytes.toString('latin1', at, at + 6)),
  });
  for (const writer of writers) writer.end();
  await platform.stop();
};

const etcd = async (watchers: number): Promise<void> => {
  const peer = await startEtcd();
  if (!peer) return console.log('etcd is not installed');
  const writers = await Promise.all(Array.from({ length: WRITERS }, () => peer.connect()));
  await measure('etcd', watchers, {
    watch: async (onBytes) => {
      const client = await peer.connect();
      client.watch('/w/', onBytes);
      return () => client.end();
    },
    write: async (name, writer) => writers[writer]?.put(`/w/${name}`, aConfigMapText(name)),
    mark: Buffer.from('"key":"'),
    // "/w/w-000017" in base64, of which the first three letters say nothing.
    numberAt: (bytes, at) =>
      Number(Buffer.from(bytes.toString('latin1', at, at + 16), 'base64').toString('latin1', 5, 11)),
  });
  for (const writer of writers) writer.end();
  await peer.stop();
};

for (const watchers of WATCHERS) {
  await argosy(watchers);
  await etcd(watchers);
}
