/**
 * How built-ins are written: what they do with values, and how they refuse one.
 */
import { JqError } from '../jq-error.ts';
import { chargeParts, describeJq, isJqArray, isJqNumber, previewOf, type Jq } from '../values/jq-value.ts';
import type { Machine, Native } from '../run/machine.ts';

/** A built-in of values. */
export const native = (call: (input: Jq, args: readonly Jq[], machine: Machine) => Jq): Native => ({
  kind: 'value',
  call,
});

/** A built-in that walks its input and arguments whole. */
export const deepNative = (call: (input: Jq, args: readonly Jq[], machine: Machine) => Jq): Native =>
  native((input, args, machine) => {
    chargeParts(input, machine);
    for (const arg of args) chargeParts(arg, machine);
    return call(input, args, machine);
  });

/** Refuses an input in the built-in's name. */
export const refuse = (name: string, input: Jq, ...args: readonly Jq[]): JqError =>
  new JqError(
    `${name}${args.length === 0 ? '' : `(${args.map(previewOf).join('; ')})`} cannot be applied to: ${describeJq(input)}`,
  );

/** A number the built-in works with; anything else is refused in its name. */
export const numberOf = (name: string, value: Jq): number => {
  if (!isJqNumber(value)) throw refuse(name, value);
  return Number(value);
};

/** An array the built-in works with; anything else is refused in its name. */
export const arrayOf = (name: string, input: Jq): readonly Jq[] => {
  if (isJqArray(input)) return input;
  throw refuse(name, input);
};
