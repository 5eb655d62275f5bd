/**
 * How functions of the library are written: parameters by name, arguments checked when they are asked for.
 */
import { callWith } from '../runtime/call.ts';
import type { Machine } from '../runtime/machine.ts';
import { JsonnetObject } from '../runtime/object.ts';
import { withArticle } from '../runtime/operations.ts';
import { Env, force, isArray, JsonnetFunction, problem, Thunk } from '../runtime/values.ts';
import type { JsonnetArray, Lazy, Value } from '../runtime/values.ts';

/** One call of a library function. */
export class Call {
  readonly machine: Machine;
  private readonly name: string;
  private readonly names: readonly string[];
  private readonly args: readonly (Lazy | undefined)[];

  constructor(
    machine: Machine,
    of: { readonly name: string; readonly parameters: readonly string[] },
    args: readonly (Lazy | undefined)[],
  ) {
    this.machine = machine;
    this.name = of.name;
    this.names = of.parameters;
    this.args = args;
  }

  /** Whether an optional argument is given. */
  has(at: number): boolean {
    return this.args[at] !== undefined;
  }

  /** An argument as it was handed over. */
  lazy(at: number): Lazy {
    return this.args[at] ?? null;
  }

  value(at: number): Value {
    return force(this.lazy(at));
  }

  text(at: number): string {
    const value = this.value(at);
    if (typeof value !== 'string') throw this.refuse(at, 'a string', value);
    return value;
  }

  number(at: number): number {
    const value = this.value(at);
    if (typeof value !== 'number') throw this.refuse(at, 'a number', value);
    return value;
  }

  whole(at: number): number {
    const value = this.number(at);
    if (!Number.isInteger(value)) throw problem(`std.${this.name}: ${this.names[at]} is a whole number, not ${value}`);
    return value;
  }

  truth(at: number): boolean {
    const value = this.value(at);
    if (typeof value !== 'boolean') throw this.refuse(at, 'true or false', value);
    return value;
  }

  list(at: number): JsonnetArray {
    const value = this.value(at);
    if (!isArray(value)) throw this.refuse(at, 'an array', value);
    this.machine.spend(1 + value.length / 8);
    return value;
  }

  object(at: number): JsonnetObject {
    const value = this.value(at);
    if (!(value instanceof JsonnetObject)) throw this.refuse(at, 'an object', value);
    return value;
  }

  callee(at: number): JsonnetFunction {
    const value = this.value(at);
    if (!(value instanceof JsonnetFunction)) throw this.refuse(at, 'a function', value);
    return value;
  }

  /** Calls a function of the program now. */
  call(callee: JsonnetFunction, ...args: readonly Lazy[]): Value {
    return callWith(this.machine, callee, ...args);
  }

  /** Calls it when its result is asked for. */
  later(compute: () => Value): Lazy {
    this.machine.reserve(1);
    return new Thunk(compute, Env.root(this.machine, []));
  }

  /** An optional key function, applied; the value itself without. */
  keyed(at: number): (value: Lazy) => Value {
    if (!this.has(at)) return force;
    const callee = this.callee(at);
    return (value) => this.call(callee, value);
  }

  /** Charges the making of an array, and refuses one too long. */
  reserve(length: number): void {
    this.machine.reserve(length);
    this.machine.spend(length / 8);
  }

  /** A refusal of an argument. */
  refuse(at: number, wanted: string, value: Value): Error {
    return problem(`std.${this.name}: ${this.names[at]} is ${wanted}, not ${withArticle(value)}`);
  }

  /** A refusal in this function's name. */
  fail(message: string): Error {
    return problem(`std.${this.name}: ${message}`);
  }
}

/** A library function: its parameters (`x?` may be left out) and what it does. */
export type Native = readonly [parameters: string, run: (call: Call) => Value];

/** Library functions by name. */
export type Natives = Readonly<Record<string, Native>>;

/** Makes a value of a library function. */
export const toFunction = (name: string, [parameters, run]: Native): JsonnetFunction => {
  const names = parameters === '' ? [] : parameters.split(' ');
  const plain = names.map((parameter) => parameter.replace('?', ''));
  return new JsonnetFunction(
    `std.${name}`,
    plain.map((parameter, at) => ({ name: parameter, isOptional: names[at]?.endsWith('?') === true })),
    (args, machine) => run(new Call(machine, { name, parameters: plain }, args)),
  );
};
