/**
 * Parts of an expression under estimation: what each costs, how large it is, and where in the variables it stands.
 * @spec github.com/google/cel-go/checker/cost.go
 */
import type { CelNode } from '../syntax/ast.ts';
import type { CelType } from '../values/cel-type.ts';
import type { CelValue } from '../values/cel-value.ts';
import { add, addSizes, ANY_SIZE, larger, sizeOf, sumOf, union, unionOf, type Size } from './size.ts';

/** How large a variable may be, and all within it. */
export interface SizedType {
  /** Most characters, bytes, items or entries; 0 for what has none. */
  readonly most: bigint;
  /** Fields of an object, by the names that expressions use. */
  readonly fields?: ReadonlyMap<string, SizedType>;
  readonly key?: SizedType;
  /** Items of a list, values of a map. */
  readonly element?: SizedType;
}

/** Sizes of the entries of a list or map that was made by the expression. */
export interface EntrySize {
  readonly container: 'list' | 'map';
  readonly key: Size;
  readonly value: Size;
}

/** What is known of a part of an expression. */
export interface Estimate {
  readonly cost: bigint;
  readonly type: CelType;
  /** Where it stands in the variables; empty for what was made on the way. */
  readonly path: readonly string[];
  readonly size: Size | undefined;
  readonly entry: EntrySize | undefined;
  /** Its value, when it is written out. */
  readonly literal?: CelValue;
}

/** Variables of macros, the innermost first. */
export interface LocalSizes {
  readonly name: string;
  readonly path: readonly string[];
  readonly size: Size | undefined;
  readonly entry: EntrySize | undefined;
  readonly outer: LocalSizes | undefined;
}

/** An estimation under way. */
export interface CostEstimator {
  typeOf(node: CelNode): CelType;
  estimate(node: CelNode, locals: LocalSizes | undefined): Estimate;
  /** How large what stands at a path may be; `undefined` when the variables do not tell. */
  sizeAt(path: readonly string[]): Size | undefined;
}

/** An estimate of what was made on the way; its size, unless given, is what its type tells. */
export const madeOf = (type: CelType, cost: bigint, of: Partial<Pick<Estimate, 'size' | 'entry'>> = {}): Estimate => ({
  cost,
  type,
  path: [],
  size: of.size ?? sizeOfType(type),
  entry: of.entry,
});

/** What is known of the size, else that nothing is. */
export const sizeOrAny = ({ size }: Pick<Estimate, 'size'>): Size => size ?? ANY_SIZE;

/** Sizes of the entries of one or the other. */
export const unionEntries = (left: EntrySize | undefined, right: EntrySize | undefined): EntrySize | undefined =>
  left &&
  right && { container: left.container, key: union(left.key, right.key), value: union(left.value, right.value) };

/** Costs of lists and maps that are written out. */
export const [LIST_COST, MAP_COST] = [10n, 30n];

/** Whichever of two values a condition chooses. */
export const estimateChoice = (
  type: CelType,
  [condition, whenTrue, whenFalse]: readonly [Estimate, Estimate, Estimate],
): Estimate =>
  madeOf(type, add(condition.cost, larger(whenTrue.cost, whenFalse.cost)), {
    size: union(sizeOrAny(whenTrue), sizeOrAny(whenFalse)),
    entry: unionEntries(whenTrue.entry, whenFalse.entry),
  });

/** A list of these items. */
export const estimateList = (type: CelType, items: readonly Estimate[]): Estimate =>
  madeOf(type, add(sumOf(items.map(({ cost }) => cost)), LIST_COST), {
    size: sizeOf(items.length),
    entry: { container: 'list', key: sizeOf(1), value: unionOf(items.map(sizeOrAny)) },
  });

/** Two lists, one behind the other. */
export const estimateJoined = (type: CelType, left: Estimate, right: Estimate): Estimate =>
  madeOf(type, sumOf([1n, left.cost, right.cost]), {
    size: addSizes(sizeOrAny(left), sizeOrAny(right)),
    entry: unionEntries(left.entry, right.entry),
  });

/** Whether a type is a list, as far as it is known. */
export const isList = (type: CelType): boolean => type.kind === 'list';

const SCALARS: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

/** How large all values of a type are; `undefined` where they differ. */
export const sizeOfType = (type: CelType): Size | undefined => {
  if (type.kind === 'optional') return sizeOfType(type.of);
  return type.kind === 'simple' && SCALARS.has(type.name) ? sizeOf(1) : undefined;
};
