/**
 * Filters that go to a part of what they are given: written once for both ways of running.
 */
import type { JqNode, JqNodeOf } from '../syntax/ast.ts';
import { isCatchable } from '../jq-error.ts';
import type { Jq } from '../values/jq-value.ts';
import type { Flow } from './flow.ts';
import type { Machine, Place } from './machine.ts';

/** One way of going to parts. */
export interface Walk<T> extends Flow<T> {
  readonly index: (target: T, key: Jq) => T;
  readonly slice: (target: T, from: Jq, to: Jq) => T;
  /** Items of an array, or values of an object in the order of its keys; throws JqError for others. */
  readonly parts: (target: T) => readonly T[];
}

/** Filters that go to parts. */
export type StepNode = JqNodeOf<'identity' | 'recurse' | 'index' | 'slice' | 'iterate'>;

/** Runs one. */
export const evaluateStep = <T>(walk: Walk<T>, machine: Machine, node: StepNode, at: Place<T>): Iterable<T> => {
  switch (node.kind) {
    case 'identity':
      return [at.input];
    case 'recurse':
      return recurse(walk, machine, at.input);
    case 'index':
      return index(walk, machine, node, at);
    case 'slice':
      return slice(walk, machine, node, at);
    case 'iterate':
      return iterate(walk, machine, node, at);
  }
};

const recurse = function* <T>(walk: Walk<T>, machine: Machine, input: T): Generator<T> {
  const pending: T[] = [input];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    machine.spend(1);
    yield next;
    const value = walk.valueOf(next);
    if (typeof value === 'object' && value !== null) pending.push(...walk.parts(next).toReversed());
  }
};

const index = function* <T>(
  walk: Walk<T>,
  machine: Machine,
  node: JqNodeOf<'index'>,
  { scope, input }: Place<T>,
): Generator<T> {
  for (const key of machine.values(node.key, scope, walk.valueOf(input)))
    for (const target of walk.run(machine, node.target, scope, input))
      yield* reach(node, () => [walk.index(target, key)]);
};

const NULL: JqNode = { kind: 'literal', value: null };

const slice = function* <T>(
  walk: Walk<T>,
  machine: Machine,
  node: JqNodeOf<'slice'>,
  { scope, input }: Place<T>,
): Generator<T> {
  const value = walk.valueOf(input);
  for (const from of machine.values(node.from ?? NULL, scope, value))
    for (const to of machine.values(node.to ?? NULL, scope, value))
      for (const target of walk.run(machine, node.target, scope, input))
        yield* reach(node, () => [walk.slice(target, from, to)]);
};

const iterate = function* <T>(
  walk: Walk<T>,
  machine: Machine,
  node: JqNodeOf<'iterate'>,
  { scope, input }: Place<T>,
): Generator<T> {
  for (const target of walk.run(machine, node.target, scope, input)) yield* reach(node, () => walk.parts(target));
};

/** What a step reaches: nothing where an optional one would refuse. */
const reach = <T>(node: { readonly isOptional?: boolean }, body: () => readonly T[]): readonly T[] => {
  try {
    return body();
  } catch (thrown) {
    if (node.isOptional === true && isCatchable(thrown)) return [];
    throw thrown;
  }
};
