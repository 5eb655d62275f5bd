/**
 * Values of a running program: JSON's own for what JSON has, lazily computed parts, objects that inherit, functions.
 */
import type { Place } from '../syntax/ast.ts';
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import type { Machine } from './machine.ts';
import type { JsonnetObject } from './object.ts';

/** What an expression gives. */
export type Value = null | boolean | number | string | JsonnetArray | JsonnetObject | JsonnetFunction;
/** What may not be computed yet. */
export type Lazy = Value | Thunk;
/** Items are computed when they are looked at. */
export type JsonnetArray = readonly Lazy[];

/** A compiled expression. */
export type Code = (env: Env) => Value;

/** Variables in reach: those of one scope, and the scopes around. `self` and its level are those of the nearest object. */
export class Env {
  readonly slots: Lazy[];
  readonly outer: Env | undefined;
  readonly machine: Machine;
  readonly self: JsonnetObject | undefined;
  readonly level: number;

  constructor(slots: Lazy[], outer: Env, self = outer.self, level = outer.level) {
    this.slots = slots;
    this.outer = outer;
    this.machine = outer.machine;
    this.self = self;
    this.level = level;
  }

  /** The outermost one. */
  static root(machine: Machine, slots: Lazy[]): Env {
    // The only one with none around it.
    const none = { machine, self: undefined, level: 0 } as unknown as Env;
    return new Env(slots, none);
  }
}

/** A value computed when first asked for. */
export class Thunk {
  private code: Code | undefined;
  private env: Env | undefined;
  private value: Value = null;

  constructor(code: Code, env: Env) {
    this.code = code;
    this.env = env;
  }

  force(): Value {
    const { code, env } = this;
    if (code === undefined || env === undefined) return this.value;
    this.code = needsItself;
    env.machine.enter();
    this.value = code(env);
    env.machine.leave();
    this.code = undefined;
    this.env = undefined;
    return this.value;
  }
}

const needsItself = (): never => {
  throw new JsonnetProblem('JsonnetBudget', 'max stack frames exceeded: a value is needed to compute itself');
};

/** Computes a value if it is not yet. */
export const force = (lazy: Lazy): Value => (lazy instanceof Thunk ? lazy.force() : lazy);

/** Arguments of a call, before they are matched with parameters. */
export interface CallArguments {
  readonly positional: readonly Lazy[];
  readonly named: readonly (readonly [name: string, value: Lazy])[];
}

/** A function: of the program or of the library. */
export class JsonnetFunction {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly isOptional: boolean }[];
  /** Runs with one entry per parameter; `undefined` where the fallback is to be taken. */
  readonly run: (args: readonly (Lazy | undefined)[], machine: Machine) => Value | TailCall;

  constructor(
    name: string,
    parameters: JsonnetFunction['parameters'],
    run: (args: readonly (Lazy | undefined)[], machine: Machine) => Value | TailCall,
  ) {
    this.name = name;
    this.parameters = parameters;
    this.run = run;
  }
}

/** A call that its caller makes instead: `f(x) tailstrict` as the last thing a function does takes no frame. */
export class TailCall {
  readonly callee: JsonnetFunction;
  readonly args: CallArguments;
  readonly place: Place;

  constructor(callee: JsonnetFunction, args: CallArguments, place: Place) {
    this.callee = callee;
    this.args = args;
    this.place = place;
  }
}

/** A value's type, as `std.type` names it. */
export const typeOf = (value: Value): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof JsonnetFunction) return 'function';
  return typeof value;
};

/** Tells arrays from other values. */
export const isArray = (value: Value): value is JsonnetArray => Array.isArray(value);

/** What a program did wrong. */
export const problem = (message: string, place?: Place): JsonnetProblem =>
  new JsonnetProblem('JsonnetError', message, place);

/** A number that JSON has. */
export const finite = (value: number, place?: Place): number => {
  if (!Number.isFinite(value)) throw problem('overflow: a number that JSON does not have', place);
  return value;
};
