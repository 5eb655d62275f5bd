/**
 * Operators: arithmetic that never wraps, comparison, membership, indexing.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
 */
import { CelError } from '../cel-error.ts';
import {
  areEqual,
  CelDuration,
  CelList,
  CelMap,
  CelOptional,
  CelTimestamp,
  celTypeName,
  CelUint,
  compareCel,
  isSameItem,
  type CelValue,
} from '../values/cel-value.ts';
import { chargeParts, declare, type CelMeter, type CelOverload } from './overloads.ts';

const integer = (value: bigint): bigint => {
  if (BigInt.asIntN(64, value) !== value) throw new CelError('integer overflow');
  return value;
};

const unsigned = (value: bigint): CelUint => {
  if (BigInt.asUintN(64, value) !== value) throw new CelError('unsigned integer overflow');
  return new CelUint(value);
};

const uintOf = (value: CelValue | undefined): bigint => (value instanceof CelUint ? value.value : 0n);
const zoneOf = (value: CelValue | undefined): string => (value instanceof CelTimestamp ? value.zone : 'UTC');
const nanosecondsOf = (value: CelValue | undefined): bigint =>
  value instanceof CelTimestamp || value instanceof CelDuration ? value.nanoseconds : 0n;

/** Years 1 to 9999. */
const [EARLIEST, LATEST] = [-62_135_596_800n * 1_000_000_000n, 253_402_300_800n * 1_000_000_000n];

/** A timestamp within the years CEL knows. */
export const timestampOf = (nanoseconds: bigint, zone = 'UTC'): CelTimestamp => {
  if (nanoseconds < EARLIEST || nanoseconds >= LATEST) throw new CelError('timestamp overflow');
  return new CelTimestamp(nanoseconds, zone);
};

const durationOf = (nanoseconds: bigint): CelDuration => {
  if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) throw new CelError('duration overflow');
  return new CelDuration(nanoseconds);
};

const nonZero = (value: bigint, what: string): bigint => {
  if (value === 0n) throw new CelError(what);
  return value;
};

type Wide = (left: bigint, right: bigint) => bigint;

const arithmetic = (
  operator: string,
  on: { readonly integers: Wide; readonly doubles?: (left: number, right: number) => number },
): readonly CelOverload[] => [
  // Casts here and below: the dispatcher has matched the declared types.
  declare(`_${operator}_(int, int) -> int`, ([a, b]) => integer(on.integers(a as bigint, b as bigint))),
  declare(`_${operator}_(uint, uint) -> uint`, ([a, b]) => unsigned(on.integers(uintOf(a), uintOf(b)))),
  ...(on.doubles
    ? [declare(`_${operator}_(double, double) -> double`, ([a, b]) => on.doubles?.(a as number, b as number) ?? 0)]
    : []),
];

const addLists = (left: CelList, right: CelList, meter: CelMeter): CelList => {
  meter.spend(left.items.length + right.items.length);
  const { keys } = left;
  if (!keys) return new CelList([...left.items, ...right.items]);
  // Kubernetes' sets and keyed lists: what the right has too takes its place on the left.
  meter.spend(left.items.length * right.items.length);
  chargeParts(left, meter);
  const kept = left.items.map((item) => right.items.find((other) => isSameItem(item, other, keys)) ?? item);
  const added = right.items.filter((item) => !left.items.some((other) => isSameItem(item, other, keys)));
  return new CelList([...kept, ...added], keys);
};

const addition: readonly CelOverload[] = [
  ...arithmetic('+', { integers: (a, b) => a + b, doubles: (a, b) => a + b }),
  declare('_+_(string, string) -> string', ([a, b], meter) => {
    meter.spend(((a as string).length + (b as string).length) / 10);
    return `${a as string}${b as string}`;
  }),
  declare('_+_(bytes, bytes) -> bytes', ([a, b]) => Uint8Array.from([...(a as Uint8Array), ...(b as Uint8Array)])),
  declare('_+_(list(A), list(A)) -> list(A)', ([a, b], meter) => addLists(a as CelList, b as CelList, meter)),
  declare('_+_(timestamp, duration) -> timestamp', ([a, b]) =>
    timestampOf(nanosecondsOf(a) + nanosecondsOf(b), zoneOf(a)),
  ),
  declare('_+_(duration, timestamp) -> timestamp', ([a, b]) =>
    timestampOf(nanosecondsOf(a) + nanosecondsOf(b), zoneOf(b)),
  ),
  declare('_+_(duration, duration) -> duration', ([a, b]) => durationOf(nanosecondsOf(a) + nanosecondsOf(b))),
];

const subtraction: readonly CelOverload[] = [
  ...arithmetic('-', { integers: (a, b) => a - b, doubles: (a, b) => a - b }),
  declare('_-_(timestamp, timestamp) -> duration', ([a, b]) => durationOf(nanosecondsOf(a) - nanosecondsOf(b))),
  declare('_-_(timestamp, duration) -> timestamp', ([a, b]) =>
    timestampOf(nanosecondsOf(a) - nanosecondsOf(b), zoneOf(a)),
  ),
  declare('_-_(duration, duration) -> duration', ([a, b]) => durationOf(nanosecondsOf(a) - nanosecondsOf(b))),
  declare('-_(int) -> int', ([a]) => integer(-(a as bigint))),
  declare('-_(double) -> double', ([a]) => -(a as number)),
];

const multiplication: readonly CelOverload[] = [
  ...arithmetic('*', { integers: (a, b) => a * b, doubles: (a, b) => a * b }),
  ...arithmetic('/', { integers: (a, b) => a / nonZero(b, 'division by zero'), doubles: (a, b) => a / b }),
  ...arithmetic('%', { integers: (a, b) => a % nonZero(b, 'modulus by zero') }),
];

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
const NUMBERS = ['int', 'uint', 'double'];
const ORDERED = ['bool', 'string', 'bytes', 'timestamp', 'duration'];

const comparison: readonly CelOverload[] = Object.entries(ORDERS).flatMap(([operator, holds]) => {
  const pairs = [
    ...ORDERED.map((type) => [type, type] as const),
    ...NUMBERS.flatMap((left) => NUMBERS.map((right) => [left, right] as const)),
  ];
  return pairs.map(([left, right]) =>
    declare(`_${operator}_(${left}, ${right}) -> bool`, ([a = null, b = null], meter) => {
      chargeText(a, meter);
      const order = compareCel(a, b) ?? Number.NaN;
      if (Number.isNaN(order)) throw new CelError('NaN values cannot be ordered');
      return holds(order);
    }),
  );
});

const chargeText = (value: CelValue, meter: CelMeter): void => {
  if (typeof value === 'string') meter.spend(value.length / 10);
};

const equality: readonly CelOverload[] = [
  declare('_==_(A, A) -> bool', ([a = null, b = null], meter) => {
    chargeParts(a, meter);
    return areEqual(a, b);
  }),
  declare('_!=_(A, A) -> bool', ([a = null, b = null], meter) => {
    chargeParts(a, meter);
    return !areEqual(a, b);
  }),
  declare('!_(bool) -> bool', ([a]) => a !== true),
  declare('@in(A, list(A)) -> bool', ([item = null, list], meter) => {
    chargeParts(list as CelList, meter);
    return (list as CelList).items.some((other) => areEqual(item, other));
  }),
  declare('@in(A, map(A, B)) -> bool', ([key = null, map]) => (map as CelMap).get(key) !== undefined),
];

/** An item of a list, or a value of a map; `undefined` when there is none. */
const itemAt = (target: CelList | CelMap, key: CelValue): { readonly value: CelValue } | undefined => {
  if (target instanceof CelMap) return target.get(key);
  const index =
    key instanceof CelUint ? key.value : typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
  if (typeof index !== 'bigint') throw new CelError(`unsupported index type '${celTypeName(key)}' in list`);
  const value = index >= 0n && index < BigInt(target.items.length) ? target.items[Number(index)] : undefined;
  return value === undefined ? undefined : { value };
};

const indexing: readonly CelOverload[] = [
  declare('_[_](list(A), int) -> A', ([list, index = null]) => {
    const found = itemAt(list as CelList, index);
    if (!found) throw new CelError(`index out of bounds: ${index as bigint}`);
    return found.value;
  }),
  declare('_[_](map(A, B), A) -> B', ([map, key = null]) => {
    const found = itemAt(map as CelMap, key);
    if (!found) throw new CelError(`no such key: ${typeof key === 'string' ? key : describeKey(key)}`);
    return found.value;
  }),
  declare('_[_](optional(list(A)), int) -> optional(A)', ([held, index = null]) => optionalItem(held, index)),
  declare('_[_](optional(map(A, B)), A) -> optional(B)', ([held, key = null]) => optionalItem(held, key)),
  declare(
    '_[?_](list(A), int) -> optional(A)',
    ([list, index = null]) => new CelOptional(itemAt(list as CelList, index)),
  ),
  declare('_[?_](map(A, B), A) -> optional(B)', ([map, key = null]) => new CelOptional(itemAt(map as CelMap, key))),
  declare('_[?_](optional(list(A)), int) -> optional(A)', ([held, index = null]) => optionalItem(held, index)),
  declare('_[?_](optional(map(A, B)), A) -> optional(B)', ([held, key = null]) => optionalItem(held, key)),
];

const describeKey = (key: CelValue): string => (key instanceof CelUint ? String(key.value) : String(key as bigint));

const optionalItem = (held: CelValue | undefined, key: CelValue): CelOptional => {
  const value = held instanceof CelOptional ? held.held?.value : undefined;
  if (value instanceof CelList || value instanceof CelMap) return new CelOptional(itemAt(value, key));
  return new CelOptional();
};

/** Operators by the names the parser gives them. */
export const OPERATORS: readonly CelOverload[] = [
  ...addition,
  ...subtraction,
  ...multiplication,
  ...comparison,
  ...equality,
  ...indexing,
];
