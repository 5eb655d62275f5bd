/**
 * One worker thread, one job at a time.
 */
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';

import { messageOf } from '@argosy/base';

import { toError, toErrorParts, type Answer, type FromWorker, type ToWorker } from './messages.ts';
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
  const thread = startThread(limits);
  let current: Current | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => void (await thread.worker.terminate());

  followThread(thread, {
    current: () => current,
    onExit: () => {
      clearTimeout(idleTimer);
      onGone();
    },
  });
  const rest = (): void => {
    thread.worker.unref();
    idleTimer = setTimeout(() => {
      // At once, not when the thread has ended: nobody may give it a job in between.
      onGone();
      void end();
    }, limits.idleMs);
    idleTimer.unref();
  };
  const run = ({ name, input, references }: WorkerJob): Promise<WorkerEnd> => {
    clearTimeout(idleTimer);
    // Before anything is noted: what cannot be copied is refused here.
    thread.worker.postMessage({ kind: 'run', job: name, input: references.lend(input) } satisfies ToWorker);
    thread.worker.ref();
    return new Promise((resolve) => {
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
    });
  };
  return {
    end,
    run: async (job) => {
      try {
        return await run(job);
      } catch (thrown) {
        rest();
        throw thrown;
      }
    },
  };
};

interface Current {
  readonly references: References;
  readonly settle: (end: WorkerEnd) => void;
}

/** A thread, the port of answers that it stands still for, and the sign that one is there. */
interface Thread {
  readonly worker: Worker;
  readonly answers: MessagePort;
  readonly signal: Int32Array<SharedArrayBuffer>;
}

const startThread = ({ entry, execArgv, memoryLimitMiB }: WorkerLimits): Thread => {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const setup: WorkerSetup = { answers: port2, signal };
  const worker = new Worker(entry, {
    workerData: setup,
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: memoryLimitMiB, stackSizeMb: STACK_MIB },
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  return { worker, answers: port1, signal };
};

/** Hands what a thread says and how it ends to the job it runs. */
const followThread = (
  thread: Thread,
  of: { readonly current: () => Current | undefined; readonly onExit: () => void },
): void => {
  thread.worker.on('message', (message: FromWorker) => {
    const job = of.current();
    if (message.kind === 'done') job?.settle({ kind: 'done', answer: withError(message.answer) });
    else if (job) void answerAsk(thread, job.references, message);
  });
  thread.worker.on('error', (thrown: NodeJS.ErrnoException) => {
    const isMemory = thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
    of.current()?.settle(isMemory ? { kind: 'memory' } : { kind: 'died', message: messageOf(thrown) });
  });
  thread.worker.on('exit', (code) => {
    thread.answers.close();
    of.current()?.settle({ kind: 'died', message: `exit code ${code}` });
    of.onExit();
  });
};

const answerAsk = async (
  { worker, answers, signal }: Thread,
  references: References,
  { ask, of }: Extract<FromWorker, { readonly kind: 'ask' }>,
): Promise<void> => {
  const send = (answer: Answer): void => {
    if (of.isBlocking) answers.postMessage(answer);
    else worker.postMessage({ kind: 'answer', ask, answer } satisfies ToWorker);
  };
  try {
    send(await references.answer(of));
  } catch (thrown) {
    // An answer that cannot be copied; its asker must not wait for ever.
    send({ ok: false, error: toErrorParts(thrown) });
  }
  if (!of.isBlocking) return;
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
};

const withError = (answer: Answer): Extract<WorkerEnd, { readonly kind: 'done' }>['answer'] =>
  answer.ok ? answer : { ok: false, error: toError(answer.error) };
