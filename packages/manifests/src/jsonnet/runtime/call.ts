/**
 * Calls: arguments matched with parameters, strict tail calls in a loop.
 */
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import type { Machine } from './machine.ts';
import { problem, TailCall, type CallArguments, type JsonnetFunction, type Lazy, type Value } from './values.ts';

/** Calls a function. */
export const callFunction = (machine: Machine, callee: JsonnetFunction, args: CallArguments): Value => {
  machine.enter();
  let result = callee.run(matchArguments(callee, args), machine);
  while (result instanceof TailCall) result = runTail(machine, result);
  machine.leave();
  return result;
};

/** Calls a function with arguments by position only. */
export const callWith = (machine: Machine, callee: JsonnetFunction, ...positional: readonly Lazy[]): Value =>
  callFunction(machine, callee, { positional, named: [] });

const runTail = (machine: Machine, { callee, args, place }: TailCall): Value | TailCall => {
  machine.spend(1);
  try {
    return callee.run(matchArguments(callee, args), machine);
  } catch (thrown) {
    if (thrown instanceof JsonnetProblem) {
      thrown.place ??= place;
      thrown.through(`function ${callee.name}`, place);
    }
    throw thrown;
  }
};

const matchArguments = (callee: JsonnetFunction, args: CallArguments): readonly (Lazy | undefined)[] => {
  const { parameters, name } = callee;
  if (args.positional.length > parameters.length)
    throw problem(`${name} takes ${parameters.length} arguments, and is given ${args.positional.length}`);
  if (args.named.length === 0 && args.positional.length === parameters.length) return args.positional;
  const matched: (Lazy | undefined)[] = parameters.map((_, at) => args.positional[at]);
  for (const [given, value] of args.named) {
    const at = parameters.findIndex((parameter) => parameter.name === given);
    if (at < 0) throw problem(`${name} has no parameter ${given}`);
    if (matched[at] !== undefined) throw problem(`${name} is given ${given} twice`);
    matched[at] = value;
  }
  const missing = parameters.find((parameter, at) => !parameter.isOptional && matched[at] === undefined);
  if (missing) throw problem(`${name} needs an argument ${missing.name}`);
  return matched;
};
