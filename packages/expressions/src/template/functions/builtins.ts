/**
 * Go's own functions of templates. `and` and `or` are the evaluator's: they do not look at what they need not.
 * @spec https://pkg.go.dev/text/template#hdr-Functions
 */
import { formatArguments, formatValue } from '../format/print.ts';
import { formatPrintf } from '../format/printf.ts';
import { byteLength, sliceBytes, toBytes } from '../go-text.ts';
import { GoError, goTypeOf, GoList, GoMap, GoNumber, isTrue, type GoFunctions, type GoValue } from '../values.ts';
import { isEqualToAny, isLess, isLessOrEqual } from './compare.ts';
import { escapeHtml, escapeJs, escapeQuery } from './escape.ts';
import { canBeNil, goFunction, nilOf } from './signature.ts';

/** Index of a list or text: an integer between 0 and the length. */
const indexOf = (index: GoValue, length: number): number => {
  const raw = index instanceof GoNumber ? index.value : index;
  if (index === null || index === undefined) throw new GoError('cannot index slice/array with nil');
  if (typeof raw !== 'bigint') throw new GoError(`cannot index slice/array with type ${goTypeOf(index)}`);
  if (raw < 0n || raw > BigInt(length)) throw new GoError(`index out of range: ${raw}`);
  return Number(raw);
};

const keyOf = (index: GoValue): string => {
  if (index === null || index === undefined) throw new GoError('value is nil; should be of type string');
  if (typeof index !== 'string') throw new GoError(`value has type ${goTypeOf(index)}; should be string`);
  return index;
};

const zeroOf = (type: string): GoValue => {
  if (canBeNil(type)) return nilOf(type);
  if (type === 'string') return '';
  return type === 'int' ? 0n : type === 'float64' ? 0 : type === 'bool' ? false : null;
};

const indexInto = (item: GoValue, index: GoValue): GoValue => {
  if (item === null || item === undefined) throw new GoError('index of nil pointer');
  if (item instanceof GoMap) {
    const key = keyOf(index);
    return item.entries.has(key) ? item.entries.get(key) : zeroOf(item.element);
  }
  if (typeof item === 'string') {
    const bytes = toBytes(item);
    const at = indexOf(index, bytes.length);
    if (at >= bytes.length) throw new GoError('reflect: string index out of range');
    return new GoNumber('uint8', 'uint8', BigInt(bytes[at] ?? 0));
  }
  if (!(item instanceof GoList)) throw new GoError(`can't index item of type ${goTypeOf(item)}`);
  const at = indexOf(index, item.items.length);
  if (at >= item.items.length) throw new GoError('reflect: slice index out of range');
  return item.items[at];
};

const sliceOf = (item: GoValue, indexes: readonly GoValue[]): GoValue => {
  if (item === null || item === undefined) throw new GoError('slice of untyped nil');
  if (indexes.length > 3) throw new GoError(`too many slice indexes: ${indexes.length}`);
  if (typeof item === 'string' && indexes.length === 3) throw new GoError('cannot 3-index slice a string');
  if (typeof item !== 'string' && !(item instanceof GoList))
    throw new GoError(`can't slice item of type ${goTypeOf(item)}`);
  const length = typeof item === 'string' ? byteLength(item) : item.items.length;
  const [from = 0, to = length, cap = length] = indexes.map((index) => indexOf(index, length));
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`);
  if (to > cap) throw new GoError(`invalid slice index: ${to} > ${cap}`);
  return typeof item === 'string' ? sliceBytes(item, from, to) : new GoList(item.items.slice(from, to), item.element);
};

const lengthOf = (item: GoValue): bigint => {
  if (item === null || item === undefined) throw new GoError('len of nil pointer');
  if (typeof item === 'string') return BigInt(byteLength(item));
  if (item instanceof GoList) return BigInt(item.items.length);
  if (item instanceof GoMap) return BigInt(item.entries.size);
  throw new GoError(`len of type ${goTypeOf(item)}`);
};

/** The text that escaping works on: the arguments as `print` writes them. */
const printed = (args: readonly GoValue[]): string => formatArguments(args);

/** Functions every template has. */
export const GO_BUILTINS: GoFunctions = {
  // Both are short-circuited by the evaluator and never called through here.
  and: goFunction(['any', '...any'], ([first]) => first),
  or: goFunction(['any', '...any'], ([first]) => first),
  call: goFunction(['any', '...any'], ([callee]) => {
    if (callee === null || callee === undefined) throw new GoError('call of nil');
    throw new GoError(`non-function ${formatValue(callee)} of type ${goTypeOf(callee)}`);
  }),
  html: goFunction(['...any'], ([args]) => escapeHtml(printed(args))),
  js: goFunction(['...any'], ([args]) => escapeJs(printed(args))),
  urlquery: goFunction(['...any'], ([args]) => escapeQuery(printed(args))),
  index: goFunction(['any', '...any'], ([item, indexes]) => {
    if (item === null || item === undefined) throw new GoError('index of untyped nil');
    return indexes.reduce<GoValue>(indexInto, item);
  }),
  slice: goFunction(['any', '...any'], ([item, indexes]) => sliceOf(item, indexes)),
  len: goFunction(['any'], ([item]) => lengthOf(item)),
  not: goFunction(['any'], ([value]) => !isTrue(value)),
  print: goFunction(['...any'], ([args]) => formatArguments(args)),
  printf: goFunction(['string', '...any'], ([format, args]) => formatPrintf(format, args)),
  println: goFunction(['...any'], ([args]) => `${args.map(formatValue).join(' ')}\n`),
  eq: goFunction(['any', '...any'], ([left, others]) => isEqualToAny(left, others)),
  ne: goFunction(['any', 'any'], ([left, right]) => !isEqualToAny(left, [right])),
  lt: goFunction(['any', 'any'], ([left, right]) => isLess(left, right)),
  le: goFunction(['any', 'any'], ([left, right]) => isLessOrEqual(left, right)),
  gt: goFunction(['any', 'any'], ([left, right]) => !isLessOrEqual(left, right)),
  ge: goFunction(['any', 'any'], ([left, right]) => !isLess(left, right)),
};
