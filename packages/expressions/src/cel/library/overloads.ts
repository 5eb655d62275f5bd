/**
 * Functions by name, each with the types it takes: one table serves the checker and the evaluator.
 */
import {
  DYN,
  isAssignable,
  parseSignature,
  type CelSignature,
  type CelType,
  type TypeBindings,
} from '../values/cel-type.ts';
import { CelError } from '../cel-error.ts';
import { CelList, CelMap, CelOptional, celTypeName, type CelValue } from '../values/cel-value.ts';

/** What a function may charge its work to. */
export interface CelMeter {
  spend(cost: number): void;
}

/** A function for one choice of types. */
export interface CelOverload {
  readonly signature: CelSignature;
  readonly call: (args: readonly CelValue[], meter: CelMeter) => CelValue;
}

/** Declares an overload. Its arguments are of the declared types when it is called: the dispatcher has looked. */
export const declare = (signature: string, call: CelOverload['call']): CelOverload => ({
  signature: parseSignature(signature),
  call,
});

/** Overloads by kind and name. */
export type CelFunctions = ReadonlyMap<string, readonly CelOverload[]>;

const keyOf = (name: string, isMember: boolean): string => `${isMember ? '.' : ''}${name}`;

/** A table of overloads. */
export const tableOf = (overloads: readonly CelOverload[]): CelFunctions => {
  const table = new Map<string, CelOverload[]>();
  for (const overload of overloads) {
    const key = keyOf(overload.signature.name, overload.signature.isMember);
    table.set(key, [...(table.get(key) ?? []), overload]);
  }
  return table;
};

/** Overloads of a call. */
export const overloadsOf = (table: CelFunctions, name: string, isMember: boolean): readonly CelOverload[] =>
  table.get(keyOf(name, isMember)) ?? [];

/** A call by the types of its arguments, the receiver's first. */
export interface TypedCall {
  readonly name: string;
  readonly isMember: boolean;
  readonly args: readonly CelType[];
}

/** Overloads that may take arguments of these types, and what their parameters then stand for. */
export const candidatesOf = (
  table: CelFunctions,
  { name, isMember, args }: TypedCall,
): readonly { readonly signature: CelSignature; readonly bindings: TypeBindings }[] =>
  overloadsOf(table, name, isMember).flatMap(({ signature }) => {
    const bindings: TypeBindings = new Map();
    const fits =
      signature.parameters.length === args.length &&
      signature.parameters.every((type, index) => isAssignable(type, args[index] ?? DYN, bindings));
    return fits ? [{ signature, bindings }] : [];
  });

/** Calls whichever overload takes the values. */
export const dispatch = (overloads: readonly CelOverload[], args: readonly CelValue[], meter: CelMeter): CelValue => {
  const found = overloads.find(
    ({ signature }) =>
      signature.parameters.length === args.length &&
      signature.parameters.every((type, index) => fits(args[index] ?? null, type)),
  );
  if (!found) throw new CelError('no such overload');
  return found.call(args, meter);
};

/** Whether a value is of a type, as far as values know theirs. */
const fits = (value: CelValue, type: CelType): boolean => {
  switch (type.kind) {
    case 'param':
      return true;
    case 'list':
      return value instanceof CelList;
    case 'map':
    case 'object':
      return value instanceof CelMap;
    case 'optional':
      return value instanceof CelOptional;
    case 'simple':
      return type.name === 'dyn' || nameOf(value) === type.name;
  }
};

const nameOf = (value: CelValue): string => {
  const name = celTypeName(value);
  if (name === 'google.protobuf.Timestamp') return 'timestamp';
  return name === 'google.protobuf.Duration' ? 'duration' : name;
};

/** Charges for every part of a value: what looks at all of it pays for all of it, shared parts as often as they occur. */
export const chargeParts = (value: CelValue, meter: CelMeter): void => {
  if (typeof value === 'string') meter.spend(value.length / 10);
  else if (value instanceof CelOptional) chargeParts(value.held?.value ?? null, meter);
  else if (value instanceof CelList) {
    meter.spend(value.keys ? value.items.length * value.items.length : value.items.length);
    for (const item of value.items) chargeParts(item, meter);
  } else if (value instanceof CelMap) {
    meter.spend(value.entries.size);
    for (const { value: part } of value.entries.values()) chargeParts(part, meter);
  }
};
