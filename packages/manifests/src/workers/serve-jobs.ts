/**
 * A worker's side: runs the jobs it is given, one at a time, and asks its pool for what stayed there.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';

import { Failure } from '@argosy/base';

import type { Tree, TreeEntry } from '../tree/tree.ts';
import { mapParts, REFERENCE, toError, toErrorParts } from './messages.ts';
import type { Answer, Ask, FromWorker, Reference, ToWorker } from './messages.ts';

/** What a job does with its input. */
export type JobHandler = (input: never) => Promise<unknown>;

/** What a worker is started with. */
export interface WorkerSetup {
  /** Where answers arrive that the worker stands still for. */
  readonly answers: MessagePort;
  /** Set to 1 when such an answer is there. */
  readonly signal: Int32Array<SharedArrayBuffer>;
}

/** Serves jobs on a worker's port until its thread ends. */
export const serveJobs = (
  port: MessagePort,
  setup: WorkerSetup,
  handlers: Readonly<Record<string, JobHandler>>,
): void => {
  const asker = createAsker(port, setup);
  const run = async (message: Extract<ToWorker, { readonly kind: 'run' }>): Promise<Answer> => {
    try {
      const handler = Object.hasOwn(handlers, message.job) ? handlers[message.job] : undefined;
      if (!handler) throw new Failure(`there is no job ${message.job}`, { code: 'RenderFailed' });
      // The pool's caller and the handler agree on the input by the job's name.
      return { ok: true, value: await handler(asker.borrow(message.input) as never) };
    } catch (thrown) {
      return { ok: false, error: toErrorParts(thrown) };
    }
  };
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'answer') return asker.settle(message.ask, message.answer);
    const send = (answer: Answer): void => port.postMessage({ kind: 'done', answer } satisfies FromWorker);
    // A result that cannot be copied is a failure as well.
    void run(message)
      .then(send)
      .catch((thrown: unknown) => send({ ok: false, error: toErrorParts(thrown) }));
  });
};

interface Asker {
  /** Copies a value; references in it become trees and functions that ask. */
  borrow(value: unknown): unknown;
  settle(ask: number, answer: Answer): void;
}

const createAsker = (port: MessagePort, { answers, signal }: WorkerSetup): Asker => {
  const waiting = new Map<number, (answer: Answer) => void>();
  let asked = 0;
  const send = (of: Ask): number => {
    asked += 1;
    port.postMessage({ kind: 'ask', ask: asked, of } satisfies FromWorker);
    return asked;
  };
  const ask = (reference: number, method: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const number = send({ reference, method, args, isBlocking: false });
      waiting.set(number, (answer) => (answer.ok ? resolve(borrow(answer.value)) : reject(toError(answer.error))));
    });
  const askAtOnce = (reference: number, args: readonly unknown[]): unknown => {
    Atomics.store(signal, 0, 0);
    send({ reference, method: '', args, isBlocking: true });
    Atomics.wait(signal, 0, 0);
    const { message: answer } = receiveMessageOnPort(answers) as { readonly message: Answer };
    if (!answer.ok) throw toError(answer.error);
    return borrow(answer.value);
  };
  const borrow = (value: unknown): unknown =>
    mapParts(value, (part) => {
      if (!isReference(part)) return undefined;
      const reference = part[REFERENCE];
      if (part.what === 'tree') return askingTree(part.id, (method, path) => ask(reference, method, [path]));
      if (part.what === 'blocking') return (...args: readonly unknown[]) => askAtOnce(reference, args);
      return (...args: readonly unknown[]) => ask(reference, '', args);
    });
  return {
    borrow,
    settle: (number, answer) => {
      waiting.get(number)?.(answer);
      waiting.delete(number);
    },
  };
};

const isReference = (part: object): part is Reference => REFERENCE in part;

/** A tree does not change while it is rendered: what was asked once is known. */
const askingTree = (id: string, ask: (method: keyof Tree, path: string) => Promise<unknown>): Tree => {
  const known = new Map<string, Promise<unknown>>();
  const askOnce = (method: keyof Tree, path: string): Promise<unknown> => {
    const key = `${method} ${path}`;
    const answer = known.get(key) ?? ask(method, path);
    known.set(key, answer);
    return answer;
  };
  return {
    id,
    find: (path) => askOnce('find', path) as Promise<TreeEntry | undefined>,
    list: (path) => askOnce('list', path) as Promise<readonly TreeEntry[]>,
    read: (path) => askOnce('read', path) as Promise<Uint8Array>,
  };
};
