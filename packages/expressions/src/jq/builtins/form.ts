/**
 * How built-ins are written that run their filters themselves: once for both ways of running, for values and for values
 * with their paths.
 */
import type { JqPathPlace, JqPlace, Located, Machine, Native } from '../run/machine.ts';
import type { JqNode } from '../syntax/ast.ts';
import { isJqArray, isJqObject, keysOf, valueAt, type Jq } from '../values/jq-value.ts';

/** The two ways of running, written once: a form gives what comes of a place by running filters there. */
export interface Runner<T> {
  readonly input: T;
  readonly valueOf: (item: T) => Jq;
  /** Runs a filter at an item for items. */
  readonly run: (node: JqNode, item: T) => Iterable<T>;
  /** Runs a filter at an item for plain values. */
  readonly ask: (node: JqNode, item: T) => Iterable<Jq>;
  readonly spend: (steps: number) => void;
  /** Parts of an item, none when it has none. */
  readonly parts: (item: T) => readonly T[];
}

type Form = <T>(runner: Runner<T>, args: readonly JqNode[]) => Iterable<T>;

/** A built-in written once for both ways of running. */
export const form = (body: Form): Native => ({
  kind: 'filter',
  values: (machine, args, at) => body(valueRunner(machine, at), args),
  paths: (machine, args, at) => body(pathRunner(machine, at), args),
});

/** A filter of values only: as a path it is a computed value. */
export const valuesOnly = (body: (machine: Machine, args: readonly JqNode[], at: JqPlace) => Iterable<Jq>): Native => ({
  kind: 'filter',
  values: body,
  paths: function* (machine, args, at) {
    for (const value of body(machine, args, { scope: at.scope, input: at.input.value }))
      yield { path: undefined, value };
  },
});

/** A filter given to a form; what is not given is the input itself. */
export const argument = (args: readonly JqNode[], index: number): JqNode => args[index] ?? { kind: 'identity' };

const valueRunner = (machine: Machine, at: JqPlace): Runner<Jq> => ({
  input: at.input,
  valueOf: (item) => item,
  run: (node, item) => machine.values(node, at.scope, item),
  ask: (node, item) => machine.values(node, at.scope, item),
  spend: (steps) => machine.spend(steps),
  parts: (item) => {
    if (isJqArray(item)) return item;
    return isJqObject(item) ? keysOf(item).map((key) => valueAt(item, key)) : [];
  },
});

const pathRunner = (machine: Machine, at: JqPathPlace): Runner<Located> => ({
  input: at.input,
  valueOf: (item) => item.value,
  run: (node, item) => machine.paths(node, at.scope, item),
  ask: (node, item) => machine.values(node, at.scope, item.value),
  spend: (steps) => machine.spend(steps),
  parts: ({ path, value }) => {
    if (!path) return [];
    if (isJqArray(value)) return value.map((part, index) => ({ path: [...path, index], value: part }));
    if (!isJqObject(value)) return [];
    return keysOf(value).map((key) => ({ path: [...path, key], value: valueAt(value, key) }));
  },
});
