/**
 * The macros that run an expression for each item.
 */
import type { CelNode } from '../syntax/ast.ts';
import { CelError } from '../cel-error.ts';
import { textOf } from '../values/cel-text.ts';
import { CelList, CelMap, compareCel, conditionOf, type CelValue } from '../values/cel-value.ts';
import type { CelMachine, CelScope } from './evaluate.ts';

type Loop = Extract<CelNode, { kind: 'loop' }>;

/** One turn: the place or key, the item, and the scope that has them. */
interface Turn {
  readonly key: CelValue;
  readonly item: CelValue;
  readonly scope: CelScope;
}

/** Runs a loop. */
export const runLoop = (machine: CelMachine, node: Loop, scope: CelScope | undefined): CelValue => {
  const target = machine.evaluate(node.target, scope);
  const turns = turnsOf(node, target, scope);
  machine.meter.spend(turns.length);
  const body = (turn: Turn): CelValue => machine.evaluate(node.body, turn.scope);
  const kept = (): readonly Turn[] => {
    const { filter } = node;
    return filter ? turns.filter((turn) => conditionOf(machine.evaluate(filter, turn.scope))) : turns;
  };
  switch (node.macro) {
    case 'all':
      return decideAll(turns, body, false);
    case 'exists':
      return decideAll(turns, body, true);
    case 'existsOne':
      return turns.filter((turn) => conditionOf(body(turn))).length === 1;
    case 'filter':
      return new CelList(turns.filter((turn) => conditionOf(body(turn))).map(({ item }) => item));
    case 'map':
    case 'transformList':
      return new CelList(kept().map(body));
    case 'transformMap':
      return new CelMap(kept().map((turn): [CelValue, CelValue] => [turn.key, body(turn)]));
    case 'transformMapEntry':
      return mergeEntries(kept().map(body));
    case 'sortBy':
      return sortTurns(turns, body);
  }
};

const turnsOf = (node: Loop, target: CelValue, outer: CelScope | undefined): readonly Turn[] => {
  const [first = '', second] = node.variables;
  const turn = (key: CelValue, item: CelValue, alone: CelValue): Turn => {
    if (second === undefined) return { key, item: alone, scope: { name: first, value: alone, outer } };
    return { key, item, scope: { name: second, value: item, outer: { name: first, value: key, outer } } };
  };
  if (target instanceof CelList) return target.items.map((item, index) => turn(BigInt(index), item, item));
  if (!(target instanceof CelMap)) throw new CelError('no such overload');
  return [...target.entries.values()].map(({ key, value }) => turn(key, value, key));
};

/** The first decisive item ends the loop; an error counts only when none decides. */
const decideAll = (turns: readonly Turn[], body: (turn: Turn) => CelValue, decisive: boolean): boolean => {
  let failure: CelError | undefined;
  for (const turn of turns) {
    try {
      if (conditionOf(body(turn)) === decisive) return decisive;
    } catch (thrown) {
      if (!(thrown instanceof CelError)) throw thrown;
      failure ??= thrown;
    }
  }
  if (failure) throw failure;
  return !decisive;
};

const mergeEntries = (maps: readonly CelValue[]): CelMap => {
  const pairs = maps.flatMap((map) => {
    if (!(map instanceof CelMap)) throw new CelError('no such overload');
    return [...map.entries].map(([canonical, { key, value }]) => ({ canonical, key, value }));
  });
  const seen = new Set<string>();
  for (const { canonical, key } of pairs) {
    if (seen.has(canonical)) throw new CelError(`insert failed: key ${textOf(key) ?? ''} already exists`);
    seen.add(canonical);
  }
  return new CelMap(pairs.map(({ key, value }): [CelValue, CelValue] => [key, value]));
};

const sortTurns = (turns: readonly Turn[], body: (turn: Turn) => CelValue): CelList => {
  const keyed = turns.map((turn) => ({ item: turn.item, key: body(turn) }));
  keyed.sort((left, right) => {
    const order = compareCel(left.key, right.key);
    if (order === undefined) throw new CelError('no such overload');
    return order;
  });
  return new CelList(keyed.map(({ item }) => item));
};
