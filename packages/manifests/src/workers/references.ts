/**
 * The pool's side of references: what a job was given that cannot be copied.
 */
import { Failure } from '@argosy/base';

import type { Tree } from '../tree/tree.ts';
import { mapParts, REFERENCE, toErrorParts, type Answer, type Ask, type Reference } from './messages.ts';

/** Things of one job, by number. */
export interface References {
  /** Copies a value; trees and functions in it become references. */
  lend(value: unknown): unknown;
  /** Makes the call that a worker asks for. Never throws. */
  answer(ask: Ask): Promise<Answer>;
}

const blocking = new WeakSet<object>();

/**
 * Marks a function whose caller expects its answer at once, not a promise: a worker that calls it stands still until
 * it is answered.
 */
export const answeredAtOnce = <T extends (...args: never[]) => unknown>(call: T): T => {
  blocking.add(call);
  return call;
};

/** Creates an empty set. */
export const createReferences = (): References => {
  const lent: object[] = [];
  const lend = (value: unknown): unknown => mapParts(value, lendPart);
  const lendPart = (part: object): unknown => {
    const isFunction = typeof part === 'function';
    if (!isFunction && !isTree(part)) return undefined;
    lent.push(part);
    const what = isFunction ? (blocking.has(part) ? 'blocking' : 'function') : 'tree';
    return { [REFERENCE]: lent.length - 1, what, id: isTree(part) ? part.id : '' } satisfies Reference;
  };
  return {
    lend,
    answer: async ({ reference, method, args }) => {
      try {
        return { ok: true, value: lend(await call(lent[reference], method, args)) };
      } catch (thrown) {
        return { ok: false, error: toErrorParts(thrown) };
      }
    },
  };
};

const TREE_METHODS = ['find', 'list', 'read'] as const;

const isTree = (part: object): part is Tree =>
  'id' in part && TREE_METHODS.every((method) => method in part && typeof Reflect.get(part, method) === 'function');

const call = async (target: object | undefined, method: string, args: readonly unknown[]): Promise<unknown> => {
  if (typeof target === 'function') return Reflect.apply(target, undefined, [...args]) as unknown;
  const known = TREE_METHODS.find((name) => name === method);
  if (target && isTree(target) && known) return target[known](String(args[0]));
  throw new Failure(`a worker asks for ${method} of nothing`, { code: 'RenderFailed' });
};
