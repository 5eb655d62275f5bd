/**
 * Writers at a steady pace, in a process of their own: whoever measures what they write is not kept from reading by
 * writing, as watchers and writers are different programs wherever they matter.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

import { aConfigMapText, connectConfigMaps } from './cluster.ts';
import { connectEtcd } from './etcd.ts';

/** Where the writers write. */
export type WritersTarget =
  | { readonly kind: 'argosy'; readonly kubeconfig: string }
  | { readonly kind: 'etcd'; readonly port: number };

/** What is written, and how fast. */
export interface WritersPlan {
  readonly target: WritersTarget;
  /** Writes in all, and per second. */
  readonly count: number;
  readonly perSecond: number;
  /** Connections that take turns. */
  readonly writers: number;
}

/** What came of it. */
export interface WritersReport {
  /** Writes per second there really were. */
  readonly rate: number;
  /** When each was sent, and when its answer was there, by `machineNow`. */
  readonly sentAt: Float64Array;
  readonly answeredAt: Float64Array;
}

/** Connected writers. */
export interface PacedWriters {
  /** Writes everything. Call once. */
  run(): Promise<WritersReport>;
}

const OFFSET = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds of a clock that every process of the machine reads alike. */
export const machineNow = (): number => performance.now() + OFFSET;

/** Starts the process and waits until its writers are connected. Throws when they cannot be. */
export const startPacedWriters = async (plan: WritersPlan): Promise<PacedWriters> => {
  const child = fork(new URL(import.meta.url), [PACED], { serialization: 'advanced' });
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the writers ended with ${code}`)));
  const told = async (): Promise<unknown> => ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0];
  child.send(plan);
  await told();
  return {
    run: async () => {
      child.send('go');
      const report = (await told()) as WritersReport;
      child.disconnect();
      await ended.catch(() => undefined);
      return report;
    },
  };
};

const PACED = '--paced-writers';

type Write = (name: string) => Promise<unknown>;

const connectWriter = async (target: WritersTarget): Promise<Write> => {
  if (target.kind === 'argosy') {
    const client = await connectConfigMaps(target.kubeconfig);
    return (name) => client.create(name);
  }
  const client = await connectEtcd(target.port);
  return (name) => client.put(`/w/${name}`, aConfigMapText(name));
};

/** What a write is called: its number has six digits. */
const nameOfWrite = (at: number): string => `w-${String(at).padStart(6, '0')}`;

const writeAll = async ({ count, perSecond }: WritersPlan, writers: readonly Write[]): Promise<WritersReport> => {
  const [sentAt, answeredAt] = [new Float64Array(count), new Float64Array(count)];
  let next = 0;
  const started = machineNow();
  const writeInTurn = async (write: Write): Promise<void> => {
    for (let at = next++; at < count; at = next++) {
      const due = started + (at * 1000) / perSecond;
      if (machineNow() < due) await new Promise((resolve) => setTimeout(resolve, due - machineNow()));
      sentAt[at] = machineNow();
      await write(nameOfWrite(at));
      answeredAt[at] = machineNow();
    }
  };
  await Promise.all(writers.map(writeInTurn));
  return { rate: count / ((machineNow() - started) / 1000), sentAt, answeredAt };
};

const serve = async (): Promise<void> => {
  const [plan] = (await once(process, 'message')) as [WritersPlan];
  const writers = await Promise.all(Array.from({ length: plan.writers }, () => connectWriter(plan.target)));
  process.send?.('connected');
  await once(process, 'message');
  process.send?.(await writeAll(plan, writers));
  // The connections would keep it.
  process.once('disconnect', () => process.exit());
};

if (process.argv.includes(PACED)) await serve();
