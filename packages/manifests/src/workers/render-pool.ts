/**
 * Jobs on worker threads, each within its time and memory. One bad chart stops nothing: its worker is ended, its caller
 * is told which limit it was, and the next job gets a new worker. Workers are started when there is work, and ended
 * when there has been none for a while.
 */
import { Failure, messageOf } from '@argosy/base';

import { createReferences, type References } from './references.ts';
import { startWorker, type RunningWorker, type WorkerEnd } from './running-worker.ts';

/** Limits and size of a pool. */
export interface RenderPoolOptions {
  /** The module that calls `serveJobs`. */
  readonly entry: URL;
  /** Arguments of the worker's node, where its module needs a loader. */
  readonly execArgv?: readonly string[];
  /** Workers at once; default 2. */
  readonly workers?: number;
  /** Longest run of a job, in ms; default 60,000. */
  readonly timeLimitMs?: number;
  /** Most memory of a worker, in MiB; default 512. */
  readonly memoryLimitMiB?: number;
  /** How long an idle worker stays, in ms; default 30,000. */
  readonly idleMs?: number;
}

/** Runs jobs. */
export interface RenderPool {
  /**
   * Runs a job of the entry module; `what` names it in errors. Trees and functions may be anywhere in the input.
   * Throws what the job throws, and Failure `RenderTimeout`, `RenderMemory`, `RenderFailed`.
   */
  run<T>(job: string, input: unknown, what: string): Promise<T>;
  /** Ends all workers; jobs that run or wait fail. */
  close(): Promise<void>;
}

const DEFAULTS = { workers: 2, timeLimitMs: 60_000, memoryLimitMiB: 512, idleMs: 30_000 };

interface Job {
  readonly name: string;
  readonly input: unknown;
  readonly what: string;
  readonly references: References;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Creates a pool; it starts nothing. */
export const createRenderPool = (options: RenderPoolOptions): RenderPool => {
  const limits = { ...DEFAULTS, ...options };
  const idle: RunningWorker[] = [];
  const all = new Set<RunningWorker>();
  const waiting: Job[] = [];
  let isClosed = false;

  const next = (): void => {
    const job = waiting[0];
    if (!job || (idle.length === 0 && all.size >= limits.workers)) return;
    waiting.shift();
    const worker = idle.pop() ?? start();
    void runOn(worker, job).finally(next);
  };
  const start = (): RunningWorker => {
    const worker = startWorker(limits, () => forget(worker));
    all.add(worker);
    return worker;
  };
  const forget = (worker: RunningWorker): void => {
    all.delete(worker);
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
  };
  const runOn = async (worker: RunningWorker, job: Job): Promise<void> => {
    try {
      const end = await worker.run({ name: job.name, input: job.input, references: job.references });
      if (end.kind === 'done') idle.push(worker);
      else forget(worker);
      settle(job, end, limits);
    } catch (thrown) {
      // Its input could not be copied: the worker knows nothing of the job.
      idle.push(worker);
      job.reject(new Failure(`${job.what}: ${messageOf(thrown)}`, { code: 'RenderFailed', cause: thrown }));
    }
  };
  return {
    run: <T>(name: string, input: unknown, what: string) =>
      new Promise<T>((resolve, reject) => {
        if (isClosed) return reject(new Failure(`${what}: the program is closing`, { code: 'RenderFailed' }));
        // What a job gives is known by its name.
        waiting.push({ name, input, what, references: createReferences(), resolve: resolve as Job['resolve'], reject });
        next();
      }),
    close: async () => {
      isClosed = true;
      for (const job of waiting.splice(0))
        job.reject(new Failure(`${job.what}: the program is closing`, { code: 'RenderFailed' }));
      await Promise.all([...all].map((worker) => worker.end()));
    },
  };
};

const settle = (
  { what, resolve, reject }: Job,
  end: WorkerEnd,
  limits: { readonly timeLimitMs: number; readonly memoryLimitMiB: number },
): void => {
  switch (end.kind) {
    case 'done':
      return end.answer.ok ? resolve(end.answer.value) : reject(end.answer.error);
    case 'timeout':
      return reject(
        new Failure(`${what}: took longer than its limit of ${limits.timeLimitMs / 1000} s, and was ended`, {
          code: 'RenderTimeout',
        }),
      );
    case 'memory':
      return reject(
        new Failure(`${what}: needs more memory than its limit of ${limits.memoryLimitMiB} MiB, and was ended`, {
          code: 'RenderMemory',
        }),
      );
    default:
      return reject(new Failure(`${what}: its worker ended: ${end.message}`, { code: 'RenderFailed' }));
  }
};
