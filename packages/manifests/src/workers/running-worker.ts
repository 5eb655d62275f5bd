/**
 * One worker thread, one job at a time.
 */
import { MessageChannel, Worker } from 'node:worker_threads';

import { messageOf } from '@argosy/base';

import { toError, type Answer, type FromWorker, type ToWorker } from './messages.ts';
import type { References } from './references.ts';
import type { WorkerSetup } from './serve-jobs.ts';

/** How a job ended. After anything but `done` the worker is gone. */
export type WorkerEnd =
  | {
      readonly kind: 'done';
      readonly answer: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Error };
    }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'died'; readonly message: string };

/** A job as a worker takes it. */
export interface WorkerJob {
  readonly name: string;
  readonly input: unknown;
  readonly references: References;
}

/** A worker. */
export interface RunningWorker {
  /** Runs a job; never two at once. Throws when its input cannot be copied. */
  run(job: WorkerJob): Promise<WorkerEnd>;
  end(): Promise<void>;
}

/** What a worker may use. */
export interface WorkerLimits {
  readonly entry: URL;
  readonly execArgv?: readonly string[];
  readonly timeLimitMs: number;
  readonly memoryLimitMiB: number;
  readonly idleMs: number;
}

/** Room for deep recursion of programs, in MiB: their own limits come first. */
const STACK_MIB = 8;

/** Starts a worker; `onGone` is called once its thread has ended. An idle one does not keep the program alive. */
export const startWorker = (limits: WorkerLimits, onGone: () => void): RunningWorker => {
  const answers = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const setup: WorkerSetup = { answers: answers.port2, signal };
  const worker = new Worker(limits.entry, {
    workerData: setup,
    transferList: [answers.port2],
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryLimitMiB, stackSizeMb: STACK_MIB },
    ...(limits.execArgv && { execArgv: [...limits.execArgv] }),
  });
  let current: { readonly references: References; readonly settle: (end: WorkerEnd) => void } | undefined;
  let idleTimer: NodeJS.Timeout | undefined;

  const answerAsk = async ({ ask, of }: Extract<FromWorker, { readonly kind: 'ask' }>): Promise<void> => {
    const answer = await current?.references.answer(of);
    if (!answer) return;
    if (!of.isBlocking) return worker.postMessage({ kind: 'answer', ask, answer } satisfies ToWorker);
    answers.port1.postMessage(answer);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'done') current?.settle({ kind: 'done', answer: withError(message.answer) });
    else void answerAsk(message);
  });
  worker.on('error', (thrown: NodeJS.ErrnoException) => {
    const isMemory = thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
    current?.settle(isMemory ? { kind: 'memory' } : { kind: 'died', message: messageOf(thrown) });
  });
  worker.on('exit', (code) => {
    clearTimeout(idleTimer);
    answers.port1.close();
    current?.settle({ kind: 'died', message: `exit code ${code}` });
    onGone();
  });
  const end = async (): Promise<void> => void (await worker.terminate());

  const rest = (): void => {
    worker.unref();
    idleTimer = setTimeout(() => {
      // At once, not when the thread has ended: nobody may give it a job in between.
      onGone();
      void end();
    }, limits.idleMs);
    idleTimer.unref();
  };
  return {
    end,
    run: ({ name, input, references }) =>
      new Promise((resolve, reject) => {
        clearTimeout(idleTimer);
        const timer = setTimeout(() => {
          current?.settle({ kind: 'timeout' });
          void end();
        }, limits.timeLimitMs);
        const settle = (outcome: WorkerEnd): void => {
          current = undefined;
          clearTimeout(timer);
          if (outcome.kind === 'done') rest();
          resolve(outcome);
        };
        current = { references, settle };
        try {
          worker.ref();
          worker.postMessage({ kind: 'run', job: name, input: references.lend(input) } satisfies ToWorker);
        } catch (thrown) {
          current = undefined;
          clearTimeout(timer);
          rest();
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      }),
  };
};

const withError = (answer: Answer): Extract<WorkerEnd, { readonly kind: 'done' }>['answer'] =>
  answer.ok ? answer : { ok: false, error: toError(answer.error) };
