/**
 * Sprig's functions of lists.
 * @spec https://masterminds.github.io/sprig/lists.html
 */
import { goFunction } from '../../functions/signature.ts';
import {
  GoError,
  goKindOf,
  GoList,
  type CallContext,
  type GoFunction,
  type GoFunctions,
  type GoValue,
} from '../../values.ts';
import { isDeepEqual, isEmpty, itemsOf, toInt64 } from '../coerce.ts';

const NIL_LIST = new GoList([], 'interface {}', true);
const list = (items: readonly GoValue[]): GoList => new GoList(items);

const contains = (items: readonly GoValue[], wanted: GoValue, context: CallContext): boolean => {
  context.spend(items.length);
  return items.some((item) => isDeepEqual(item, wanted));
};

/** A function of one list; its name stands in the complaint about other kinds. */
const ofList = (complaint: string, body: (items: readonly GoValue[], context: CallContext) => GoValue): GoFunction =>
  goFunction(['any'], ([value], context) => body(itemsOf(value, complaint), context));

const unique = (items: readonly GoValue[], context: CallContext): GoList => {
  const seen: GoValue[] = [];
  for (const item of items) if (!contains(seen, item, context)) seen.push(item);
  return list(seen);
};

const cut = goFunction(['any', '...any'], ([value, indices]) => {
  const items = itemsOf(value, 'list should be type of slice or array but');
  if (items.length === 0) return null;
  const [start, end] = [indices[0], indices[1]];
  const from = indices.length > 0 ? toInt64(start) : 0n;
  const to = indices.length > 1 ? toInt64(end) : BigInt(items.length);
  if (from < 0n || to < from || to > BigInt(items.length))
    throw new GoError('reflect.Value.Slice: slice index out of bounds');
  return new GoList(items.slice(Number(from), Number(to)), value instanceof GoList ? value.element : undefined);
});

const chunk = goFunction(['int', 'any'], ([size, value]) => {
  const items = itemsOf(value, 'Cannot chunk type');
  const count = Math.floor((items.length - 1) / Number(size)) + 1;
  const tooLarge = new GoError('runtime error: makeslice: len out of range');
  if (!Number.isFinite(count) || count < 0) throw tooLarge;
  if (count > 0 && size <= 0n) throw tooLarge;
  const step = Number(size);
  const parts = Array.from({ length: count }, (_, index) => list(items.slice(index * step, (index + 1) * step)));
  return new GoList(parts, '[]interface {}');
});

const concat = goFunction(['...any'], ([values]) => {
  const items = values.flatMap((value) => {
    if (value instanceof GoList) return value.items;
    if (value === null || value === undefined)
      throw new GoError('runtime error: invalid memory address or nil pointer dereference');
    throw new GoError(`Cannot concat type ${goKindOf(value)} as list`);
  });
  return items.length === 0 ? NIL_LIST : list(items);
});

const append = goFunction(['any', 'any'], ([value, item]) => list([...itemsOf(value, 'Cannot push on type'), item]));
const prepend = goFunction(['any', 'any'], ([value, item]) =>
  list([item, ...itemsOf(value, 'Cannot prepend on type')]),
);
const first = ofList('Cannot find first on type', (items) => items[0] ?? null);
const last = ofList('Cannot find last on type', (items) => items.at(-1) ?? null);
const rest = ofList('Cannot find rest on type', (items) => (items.length === 0 ? NIL_LIST : list(items.slice(1))));
const initial = ofList('Cannot find initial on type', (items) =>
  items.length === 0 ? NIL_LIST : list(items.slice(0, -1)),
);
const reverse = ofList('Cannot find reverse on type', (items) => list(items.toReversed()));
const uniq = ofList('Cannot find uniq on type', unique);
const compact = ofList('Cannot compact on type', (items) => list(items.filter((item) => !isEmpty(item))));
const without = goFunction(['any', '...any'], ([value, omitted], context) =>
  list(itemsOf(value, 'Cannot find without on type').filter((item) => !contains(omitted, item, context))),
);
const has = goFunction(['any', 'any'], ([wanted, value], context) =>
  value === null || value === undefined ? false : contains(itemsOf(value, 'Cannot find has on type'), wanted, context),
);
const make = goFunction(['...any'], ([items]) => list(items));

/** Functions of lists. */
export const LIST_FUNCTIONS: GoFunctions = {
  append,
  chunk,
  compact,
  concat,
  first,
  has,
  initial,
  last,
  list: make,
  mustAppend: append,
  mustChunk: chunk,
  mustCompact: compact,
  mustFirst: first,
  mustHas: has,
  mustInitial: initial,
  mustLast: last,
  mustPrepend: prepend,
  mustPush: append,
  mustRest: rest,
  mustReverse: reverse,
  mustSlice: cut,
  mustUniq: uniq,
  mustWithout: without,
  prepend,
  push: append,
  rest,
  reverse,
  slice: cut,
  tuple: make,
  uniq,
  without,
};
