/**
 * What goes between a render pool and its workers. Trees and functions stay where they are: the other side gets a
 * number, and asks.
 */
import { Failure } from '@argosy/base';

/** To a worker. */
export type ToWorker =
  | { readonly kind: 'run'; readonly job: string; readonly input: unknown }
  | { readonly kind: 'answer'; readonly ask: number; readonly answer: Answer };

/** From a worker. */
export type FromWorker =
  | { readonly kind: 'ask'; readonly ask: number; readonly of: Ask }
  | { readonly kind: 'done'; readonly answer: Answer };

/** A call of something that lives in the pool's thread. `isBlocking`: the worker stands still until it has the answer. */
export interface Ask {
  readonly reference: number;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly isBlocking: boolean;
}

/** A result, or what was thrown. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorParts };

/** An error without its class. */
export interface ErrorParts {
  readonly message: string;
  readonly code: string | undefined;
  readonly retryable: boolean;
  readonly object: string | undefined;
  readonly stack: string | undefined;
}

/** Something of the pool's thread, as a worker gets it. */
export interface Reference {
  readonly [REFERENCE]: number;
  readonly what: 'tree' | 'function' | 'blocking';
  /** Of a tree. */
  readonly id: string;
}

/** The key that tells a reference; no manifest has it. */
export const REFERENCE = '\0argosy-reference';

/** Takes an error apart. */
export const toErrorParts = (thrown: unknown): ErrorParts => {
  const failure = thrown instanceof Failure ? thrown : undefined;
  return {
    message: thrown instanceof Error ? thrown.message : String(thrown),
    code: failure?.code,
    retryable: failure?.retryable ?? false,
    object: failure?.object,
    stack: thrown instanceof Error ? thrown.stack : undefined,
  };
};

/** Puts it together: a Failure stays one, with its code. */
export const toError = ({ message, code, retryable, object, stack }: ErrorParts): Error => {
  if (code !== undefined) return new Failure(message, { code, retryable, ...(object !== undefined && { object }) });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
};

/** Copies plain values, with some parts replaced; Maps, dates and bytes are copied by the message itself. */
export const mapParts = (value: unknown, replace: (part: object) => unknown): unknown => {
  if (typeof value === 'function') return replace(value);
  if (typeof value !== 'object' || value === null) return value;
  const replaced = replace(value);
  if (replaced !== undefined) return replaced;
  if (Array.isArray(value)) return value.map((part) => mapParts(part, replace));
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, mapParts(part, replace)] as const));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapParts(part, replace)] as const));
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
