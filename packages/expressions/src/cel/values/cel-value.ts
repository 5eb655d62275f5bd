/**
 * Values of CEL: `bigint` is int, `number` double; other types have classes of their own.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#values
 */
import { compareText } from '../../template/go-text.ts';
import { CelError } from '../cel-error.ts';

/** An unsigned integer. */
export class CelUint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A list. Those of Kubernetes' list types `set` and `map` compare without regard to order. */
export class CelList {
  readonly items: readonly CelValue[];
  /** Keys that tell items of a `map` list apart; empty for a `set`, `undefined` for an ordinary list. */
  readonly keys: readonly string[] | undefined;

  constructor(items: readonly CelValue[], keys?: readonly string[]) {
    this.items = items;
    this.keys = keys;
  }
}

/** A map, or an object of a schema: then the keys are its fields. */
export class CelMap {
  readonly entries: ReadonlyMap<string, { readonly key: CelValue; readonly value: CelValue }>;

  constructor(pairs: Iterable<readonly [CelValue, CelValue]>) {
    const entries = new Map<string, { readonly key: CelValue; readonly value: CelValue }>();
    for (const [key, value] of pairs) entries.set(keyOf(key), { key, value });
    this.entries = entries;
  }

  get(key: CelValue): { readonly value: CelValue } | undefined {
    const canonical = canonicalKey(key);
    return canonical === undefined ? undefined : this.entries.get(canonical);
  }
}

/** An instant, to the nanosecond since 1970. */
export class CelTimestamp {
  readonly nanoseconds: bigint;
  /** The zone it was written in, in which it is written again. */
  readonly zone: string;

  constructor(nanoseconds: bigint, zone = 'UTC') {
    this.nanoseconds = nanoseconds;
    this.zone = zone;
  }
}

/** A span, to the nanosecond. */
export class CelDuration {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

/** A type as a value. */
export class CelTypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may be absent. */
export class CelOptional {
  readonly held: { readonly value: CelValue } | undefined;

  constructor(held?: { readonly value: CelValue }) {
    this.held = held;
  }
}

/** A value of one of Kubernetes' types: a quantity, a URL, an address. */
export class CelOpaque {
  readonly type: string;
  readonly inner: unknown;
  /** What tells it from others of its type. */
  readonly identity: string;

  constructor(type: string, inner: unknown, identity: string) {
    this.type = type;
    this.inner = inner;
    this.identity = identity;
  }
}

/** Any value. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelList
  | CelMap
  | CelTimestamp
  | CelDuration
  | CelTypeValue
  | CelOptional
  | CelOpaque;

/** Name of a value's type. */
export const celTypeName = (value: CelValue): string => {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return value === null ? 'null_type' : nameOfObject(value);
  }
};

const nameOfObject = (value: Exclude<CelValue, null | boolean | bigint | number | string>): string => {
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof CelList) return 'list';
  if (value instanceof CelMap) return 'map';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelTypeValue) return 'type';
  return value instanceof CelOptional ? 'optional_type' : value.type;
};

/** A number of any type as what JavaScript compares exactly; `undefined` for other values. */
export const numericOf = (value: CelValue): bigint | number | undefined => {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof CelUint ? value.value : undefined;
};

/** Keys of equal numbers are one, whatever their type. */
const canonicalKey = (key: CelValue): string | undefined => {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  const number = numericOf(key);
  if (typeof number === 'bigint') return `n${number}`;
  return number !== undefined && Number.isInteger(number) ? `n${BigInt(number)}` : undefined;
};

const keyOf = (key: CelValue): string => {
  const canonical = canonicalKey(key);
  if (canonical === undefined || typeof key === 'number')
    throw new CelError(`unsupported key type: ${celTypeName(key)}`);
  return canonical;
};

/** Equality of any two values: of different types they differ, but numbers compare as numbers. */
export const areEqual = (left: CelValue, right: CelValue): boolean => {
  const [a, b] = [numericOf(left), numericOf(right)];
  if (a !== undefined && b !== undefined) return typeof a === typeof b ? a === b : Number(a) === Number(b);
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (left instanceof Uint8Array && right instanceof Uint8Array)
    return left.length === right.length && left.every((byte, index) => byte === right[index]);
  if (left instanceof CelList && right instanceof CelList) return areListsEqual(left, right);
  if (left instanceof CelMap && right instanceof CelMap) return areMapsEqual(left, right);
  if (left instanceof CelTimestamp && right instanceof CelTimestamp) return left.nanoseconds === right.nanoseconds;
  if (left instanceof CelDuration && right instanceof CelDuration) return left.nanoseconds === right.nanoseconds;
  if (left instanceof CelTypeValue && right instanceof CelTypeValue) return left.name === right.name;
  if (left instanceof CelOptional && right instanceof CelOptional) return areOptionalsEqual(left, right);
  return (
    left instanceof CelOpaque &&
    right instanceof CelOpaque &&
    left.type === right.type &&
    left.identity === right.identity
  );
};

const areOptionalsEqual = (left: CelOptional, right: CelOptional): boolean =>
  left.held && right.held ? areEqual(left.held.value, right.held.value) : !left.held && !right.held;

const areListsEqual = (left: CelList, right: CelList): boolean => {
  if (left.items.length !== right.items.length) return false;
  const keys = left.keys ?? right.keys;
  if (!keys) return left.items.every((item, index) => areEqual(item, right.items[index] ?? null));
  return left.items.every((item) => right.items.some((other) => areEqual(item, other)));
};

const areMapsEqual = (left: CelMap, right: CelMap): boolean =>
  left.entries.size === right.entries.size &&
  [...left.entries].every(([key, { value }]) => {
    const other = right.entries.get(key);
    return other !== undefined && areEqual(value, other.value);
  });

/** Items equal in what tells them apart: the item of a set, the keys of an item of a map list. */
export const isSameItem = (left: CelValue, right: CelValue, keys: readonly string[]): boolean => {
  if (keys.length === 0 || !(left instanceof CelMap) || !(right instanceof CelMap)) return areEqual(left, right);
  return keys.every((key) => areEqual(left.get(key)?.value ?? null, right.get(key)?.value ?? null));
};

/** Order of two values of one type (or two numbers); `undefined` when they have none. */
export const compareCel = (left: CelValue, right: CelValue): number | undefined => {
  const [a, b] = [numericOf(left), numericOf(right)];
  if (a !== undefined && b !== undefined) {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
    // An integer beside a double is one, with the digits a double has.
    const [one, other] = typeof a === typeof b ? [a, b] : [Number(a), Number(b)];
    return one < other ? -1 : one > other ? 1 : 0;
  }
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right);
  if (left instanceof CelTimestamp && right instanceof CelTimestamp)
    return signOf(left.nanoseconds - right.nanoseconds);
  if (left instanceof CelDuration && right instanceof CelDuration) return signOf(left.nanoseconds - right.nanoseconds);
  return undefined;
};

const signOf = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);

const compareBytes = (left: Uint8Array, right: Uint8Array): number => {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.length - right.length);
};

/** A condition's value; anything but true and false is an error. */
export const conditionOf = (value: CelValue): boolean => {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
};
