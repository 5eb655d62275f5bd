/**
 * What macros cost: each is reckoned as the loop that cel-go makes of it, once for each item there may be.
 * @spec github.com/google/cel-go/parser/macro.go, ext/comprehensions.go, ext/lists.go, cel/library.go
 */
import type { CelNode } from '../syntax/ast.ts';
import { BOOL, listOf, type CelType } from '../values/cel-type.ts';
import { sortingBy } from './extension-costs.ts';
import {
  estimateChoice,
  estimateJoined,
  estimateList,
  isList,
  LIST_COST,
  madeOf,
  MAP_COST,
  sizeOrAny,
  type CostEstimator,
  type Estimate,
  type LocalSizes,
} from './part.ts';
import { add, larger, multiply, sizeOf, sumOf } from './size.ts';

type Loop = Extract<CelNode, { kind: 'loop' }>;
type OptionalMap = Extract<CelNode, { kind: 'optionalMap' }>;

/** A loop over what a macro's receiver holds. */
export const estimateLoop = (estimator: CostEstimator, node: Loop, locals: LocalSizes | undefined): Estimate => {
  const target = estimator.estimate(node.target, locals);
  if (node.macro === 'sortBy') return estimateSort(estimator, node, { target, locals });
  const scope = scopeOf(node, target, locals);
  const parts: Parts = {
    type: estimator.typeOf(node),
    target,
    filter: node.filter && estimator.estimate(node.filter, scope),
    body: estimator.estimate(node.body, scope),
    item: node.macro === 'filter' ? estimator.estimate(nameNode(node), scope) : undefined,
  };
  return looped(node, parts);
};

/** `optMap` and `optFlatMap`: a choice by whether there is a value. */
export const estimateOptionalMap = (
  estimator: CostEstimator,
  node: OptionalMap,
  locals: LocalSizes | undefined,
): Estimate => {
  const type = estimator.typeOf(node);
  const target = estimator.estimate(node.target, locals);
  const held = target.type.kind === 'optional' ? target.type.of : target.type;
  const value = madeOf(held, add(target.cost, 1n));
  const body = estimator.estimate(node.body, { name: node.variable, ...value, outer: locals });
  // The value is bound by a loop over an empty list.
  const bound: Estimate = { ...body, cost: sumOf([LIST_COST, value.cost, body.cost]) };
  const whenTrue = node.isFlat ? bound : madeOf(type, add(bound.cost, 1n));
  return estimateChoice(type, [madeOf(BOOL, add(target.cost, 1n)), whenTrue, madeOf(type, 1n)]);
};

interface Parts {
  readonly type: CelType;
  readonly target: Estimate;
  readonly filter: Estimate | undefined;
  readonly body: Estimate;
  /** The variable itself, where it is what is kept. */
  readonly item: Estimate | undefined;
}

const nameNode = ({ at, variables }: Loop): CelNode => ({ kind: 'identifier', at, name: variables[0] ?? '' });

/** One variable is an item or a key; of two, the first is the place or the key. */
const scopeOf = (
  { variables }: Loop,
  { path, entry, type }: Estimate,
  outer: LocalSizes | undefined,
): LocalSizes | undefined => {
  const [first = '', second] = variables;
  const ofList = entry ? entry.container === 'list' : isList(type);
  const local = (name: string, part: string, size: Estimate['size'], around: LocalSizes | undefined): LocalSizes => ({
    name,
    path: [...path, part],
    size,
    entry: undefined,
    outer: around,
  });
  const value = (name: string, around: LocalSizes | undefined): LocalSizes =>
    local(name, ofList ? '@items' : '@values', entry?.value, around);
  if (second !== undefined) return value(second, local(first, ofList ? '@indices' : '@keys', entry?.key, outer));
  return ofList ? value(first, outer) : local(first, '@keys', entry?.key, outer);
};

/** What has been gathered so far: it is named for a cost of one. */
const gathered = (type: CelType, of: Pick<Estimate, 'size' | 'entry'>): Estimate => ({ ...madeOf(type, 1n, of) });

const looped = (node: Loop, parts: Parts): Estimate => {
  const { target, type, body, filter } = parts;
  const around = (init: bigint, each: bigint, result: bigint): bigint =>
    sumOf([target.cost, init, result, multiply(sizeOrAny(target).most, each)]);
  switch (node.macro) {
    case 'all':
      return madeOf(BOOL, around(0n, add(body.cost, 3n), 1n));
    case 'exists':
      return madeOf(BOOL, around(0n, add(body.cost, 4n), 1n));
    case 'existsOne':
      return madeOf(BOOL, around(0n, add(body.cost, 2n), 2n), { size: sizeOf(1) });
    case 'transformMap':
    case 'transformMapEntry': {
      const step = add(body.cost, node.macro === 'transformMap' ? 3n : 2n);
      const each = filter ? add(filter.cost, larger(step, 1n)) : step;
      return madeOf(type, around(MAP_COST, each, 1n), { size: sizeOrAny(target) });
    }
    default: {
      const step = gatherStep(parts, node.macro === 'filter');
      return madeOf(type, around(LIST_COST, step.cost, 1n), { size: sizeOrAny(target), entry: step.entry });
    }
  }
};

/** `map`, `filter` and `transformList` add lists of one item to a list that begins empty. */
const gatherStep = ({ type, body, filter, item }: Parts, isFilter: boolean): Estimate => {
  const start = estimateList(type, []);
  const before = gathered(type, start);
  const after = estimateJoined(type, before, estimateList(type, [item ?? body]));
  const condition = isFilter ? body : filter;
  return condition ? estimateChoice(type, [condition, after, before]) : after;
};

/** The receiver is bound, mapped to what it is sorted by, and sorted. */
const estimateSort = (
  estimator: CostEstimator,
  node: Loop,
  { target, locals }: { readonly target: Estimate; readonly locals: LocalSizes | undefined },
): Estimate => {
  const type = estimator.typeOf(node);
  const bound: Estimate = { ...target, cost: 1n };
  const body = estimator.estimate(node.body, scopeOf(node, bound, locals));
  const keyType = listOf(body.type);
  const keys = looped(
    { ...node, macro: 'map' },
    { type: keyType, target: bound, filter: undefined, body, item: undefined },
  );
  const sorted = sortingBy(keys);
  return madeOf(type, sumOf([LIST_COST, target.cost, bound.cost, keys.cost, sorted.cost]), sorted);
};
