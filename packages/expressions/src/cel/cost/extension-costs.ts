/**
 * What the extensions of cel-go for lists and sets cost. They are asked before Kubernetes' own functions.
 * @spec github.com/google/cel-go/ext/lists.go, sets.go
 */
import type { CostOf } from './estimate-call.ts';
import { takes, TEXT_FACTOR } from './operator-costs.ts';
import { LIST_COST, sizeOrAny, type Estimate } from './part.ts';
import { add, BOUNDLESS, multiply, multiplySizes, scale, sizeOf, type Size } from './size.ts';

/** A call that makes a list. */
const making = (factor: number, size: Size): { readonly cost: bigint; readonly size: Size } => ({
  cost: add(scale(size.most, factor), 1n + LIST_COST),
  size,
});

/** Each item is compared with each. */
const sorting = (list: Size, isText: boolean): ReturnType<typeof making> =>
  making(isText ? 2 + TEXT_FACTOR : 2, multiplySizes(list, list));

const numberOf = (node: Estimate | undefined, otherwise: bigint): bigint => {
  const literal = node?.literal;
  if (typeof literal !== 'bigint') return otherwise;
  return literal < 0n ? 0n : literal;
};

const comparingSets =
  (factor: number): CostOf =>
  ({ args: [left, right] }) =>
    left && right && { cost: add(scale(multiply(sizeOrAny(left).most, sizeOrAny(right).most), factor), 1n) };

const slicing: CostOf = ({ target, args }) => {
  if (!target) return undefined;
  const end = numberOf(args[1], sizeOrAny(target).most);
  return making(1, sizeOf(BigInt.asUintN(64, end - numberOf(args[0], 0n))));
};

const flattening: CostOf = ({ target, args }) =>
  target && making(args.length === 0 ? 1 : Number(numberOf(args[0], BOUNDLESS)), sizeOrAny(target));

const distinguishing: CostOf = ({ target }) => target && sorting(sizeOrAny(target), false);

const isTextList = (list: Estimate): boolean =>
  list.type.kind === 'list' && list.type.element.kind === 'simple' && TEXTS.has(list.type.element.name);

const TEXTS: ReadonlySet<string> = new Set(['string', 'bytes', 'dyn']);

/** By name. */
export const EXTENSION_COSTS: ReadonlyMap<string, CostOf> = new Map<string, CostOf>([
  ['sets.contains', comparingSets(1)],
  ['sets.intersects', comparingSets(1)],
  ['sets.equivalent', comparingSets(2)],
  ['slice', slicing],
  ['flatten', flattening],
  ['distinct', distinguishing],
  ['lists.range', ({ args }) => making(1, sizeOf(numberOf(args[0], BOUNDLESS)))],
  [
    'reverse',
    ({ target }, signature) => (target && takes(signature, 'list') ? making(1, sizeOrAny(target)) : undefined),
  ],
  ['sort', ({ target }) => target && sorting(sizeOrAny(target), isTextList(target))],
]);

/** A list that is sorted by another of keys. */
export const sortingBy = (keys: Estimate): ReturnType<typeof making> => sorting(sizeOrAny(keys), isTextList(keys));
