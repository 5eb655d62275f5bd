/**
 * Functions of lists and sets: Kubernetes' own, and the extensions of cel-go.
 * @spec k8s.io/apiserver/pkg/cel/library/lists.go, https://github.com/google/cel-go/tree/master/ext#lists
 */
import { CelError } from '../cel-error.ts';
import { areEqual, CelDuration, CelList, CelUint, compareCel, type CelValue } from '../values/cel-value.ts';
import { chargeParts, declare, dispatch, type CelMeter, type CelOverload } from './overloads.ts';
import { OPERATORS } from './operators.ts';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const SUMMABLE: Readonly<Record<string, CelValue>> = {
  int: 0n,
  uint: new CelUint(0n),
  double: 0,
  duration: new CelDuration(0n),
};
const ADDITION = OPERATORS.filter(({ signature }) => signature.name === '_+_');

const itemsOf = (list: CelValue | undefined, meter: CelMeter): readonly CelValue[] => {
  const { items } = list as CelList;
  meter.spend(items.length);
  return items;
};

const order = (left: CelValue, right: CelValue): number => {
  const compared = compareCel(left, right);
  if (compared === undefined) throw new CelError('no such overload');
  return compared;
};

const isSorted = (items: readonly CelValue[]): boolean =>
  items.every((item, index) => index === 0 || order(items[index - 1] ?? null, item) <= 0);

const extreme = (name: string, items: readonly CelValue[], sign: number): CelValue => {
  const [first, ...rest] = items;
  if (first === undefined) throw new CelError(`${name} called on empty list`);
  return rest.reduce((best, item) => (order(item, best) * sign > 0 ? item : best), first);
};

const orderings: readonly CelOverload[] = COMPARABLE.flatMap((type) => [
  declare(`list(${type}).isSorted() -> bool`, ([list], meter) => isSorted(itemsOf(list, meter))),
  declare(`list(${type}).max() -> ${type}`, ([list], meter) => extreme('max', itemsOf(list, meter), 1)),
  declare(`list(${type}).min() -> ${type}`, ([list], meter) => extreme('min', itemsOf(list, meter), -1)),
  declare(
    `list(${type}).sort() -> list(${type})`,
    ([list], meter) => new CelList([...itemsOf(list, meter)].sort(order)),
  ),
]);

const sums: readonly CelOverload[] = Object.entries(SUMMABLE).map(([type, zero]) =>
  declare(`list(${type}).sum() -> ${type}`, ([list], meter) => {
    const items = itemsOf(list, meter);
    const [first = zero, ...rest] = items;
    return rest.reduce((total, item) => dispatch(ADDITION, [total, item], meter), first);
  }),
);

const contains = (items: readonly CelValue[], wanted: CelValue, meter: CelMeter): boolean => {
  meter.spend(items.length);
  chargeParts(wanted, meter);
  return items.some((item) => areEqual(item, wanted));
};

const isWithin = (part: readonly CelValue[], whole: readonly CelValue[], meter: CelMeter): boolean =>
  part.every((item) => contains(whole, item, meter));

const flatten = (items: readonly CelValue[], depth: number, meter: CelMeter): readonly CelValue[] => {
  meter.spend(items.length);
  return items.flatMap((item) =>
    item instanceof CelList && depth > 0 ? flatten(item.items, depth - 1, meter) : [item],
  );
};

const slice = (items: readonly CelValue[], start: bigint, end: bigint): CelList => {
  if (start < 0n || end < 0n) throw new CelError(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    throw new CelError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > BigInt(items.length)) throw new CelError(`cannot slice(${start}, ${end}), list is length ${items.length}`);
  return new CelList(items.slice(Number(start), Number(end)));
};

const range = (count: bigint, meter: CelMeter): CelList => {
  meter.spend(Math.max(0, Number(count)));
  return new CelList(Array.from({ length: Math.max(0, Number(count)) }, (_, index) => BigInt(index)));
};

const distinct = (items: readonly CelValue[], meter: CelMeter): CelList => {
  const seen: CelValue[] = [];
  for (const item of items) if (!contains(seen, item, meter)) seen.push(item);
  return new CelList(seen);
};

const set = (name: string, body: (left: readonly CelValue[], right: readonly CelValue[], meter: CelMeter) => boolean) =>
  declare(`sets::${name}(list(A), list(A)) -> bool`, ([left, right], meter) =>
    body(itemsOf(left, meter), itemsOf(right, meter), meter),
  );

/** Functions of lists. */
export const LISTS: readonly CelOverload[] = [
  ...orderings,
  ...sums,
  declare('list(A).indexOf(A) -> int', ([list, wanted = null], meter) => {
    chargeParts(wanted, meter);
    return BigInt(itemsOf(list, meter).findIndex((item) => areEqual(item, wanted)));
  }),
  declare('list(A).lastIndexOf(A) -> int', ([list, wanted = null], meter) => {
    chargeParts(wanted, meter);
    return BigInt(itemsOf(list, meter).findLastIndex((item) => areEqual(item, wanted)));
  }),
  declare('list(A).distinct() -> list(A)', ([list], meter) => distinct(itemsOf(list, meter), meter)),
  declare('list(A).reverse() -> list(A)', ([list], meter) => new CelList(itemsOf(list, meter).toReversed())),
  declare('list(A).slice(int, int) -> list(A)', ([list, start, end], meter) =>
    slice(itemsOf(list, meter), start as bigint, end as bigint),
  ),
  declare(
    'list(list(A)).flatten() -> list(A)',
    ([list], meter) => new CelList(flatten((list as CelList).items, 1, meter)),
  ),
  declare('list(dyn).flatten(int) -> list(dyn)', ([list, depth], meter) => {
    if ((depth as bigint) < 0n) throw new CelError('level must be non-negative');
    return new CelList(flatten((list as CelList).items, Math.min(100, Number(depth as bigint)), meter));
  }),
  declare('lists::range(int) -> list(int)', ([count], meter) => range(count as bigint, meter)),
  set('contains', (left, right, meter) => isWithin(right, left, meter)),
  set('equivalent', (left, right, meter) => isWithin(left, right, meter) && isWithin(right, left, meter)),
  set('intersects', (left, right, meter) => left.some((item) => contains(right, item, meter))),
];
