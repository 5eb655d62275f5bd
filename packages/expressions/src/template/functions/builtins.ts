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
  if (item === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  if (item === null) throw new GoError('len of nil pointer');
  if (typeof item === 'string') return BigInt(byteLength(item));
  if (item instanceof GoList) return BigInt(item.items.length);
  if (item instanceof GoMap) return BigInt(item.entries.size);
  throw new GoError(`len of type ${goTypeOf(item)}`);
};

/** The text that escaping works on: the arguments as `print` writes them. */
const printed = (args: readonly GoValue[]): string => formatArguments(args.map((arg) => arg ?? '<no value>'));

/** Functions every template has. */
export const GO_BUILTINS: GoFunctions = {
  // Both are short-circuited by the evaluator and never called from here.
  and: goFunction(['value', '...value'], ([first]) => first),
  or: goFunction(['value', '...value'], ([first]) => first),
  // No value is a function here, so the evaluator refuses it, by the words of its argument.
  call: goFunction(['value', '...value'], ([callee]) => callee),
  html: goFunction(['...any'], ([args]) => escapeHtml(printed(args))),
  js: goFunction(['...any'], ([args]) => escapeJs(printed(args))),
  urlquery: goFunction(['...any'], ([args]) => escapeQuery(printed(args))),
  index: goFunction(['value', '...value'], ([item, indexes]) => {
    if (item === null || item === undefined) throw new GoError('index of untyped nil');
    return indexes.reduce<GoValue>(indexInto, item);
  }),
  slice: goFunction(['value', '...value'], ([item, indexes]) => sliceOf(item, indexes)),
  len: goFunction(['value'], ([item]) => lengthOf(item)),
  not: goFunction(['value'], ([value]) => !isTrue(value)),
  print: goFunction(['...any'], ([args]) => formatArguments(args)),
  printf: goFunction(['string', '...any'], ([format, args]) => formatPrintf(format, args)),
  println: goFunction(['...any'], ([args]) => `${args.map(formatValue).join(' ')}\n`),
  eq: goFunction(['value', '...value'], ([left, others]) => isEqualToAny(left, others)),
  ne: goFunction(['value', 'value'], ([left, right]) => !isEqualToAny(left, [right])),
  lt: goFunction(['value', 'value'], ([left, right]) => isLess(left, right)),
  le: goFunction(['value', 'value'], ([left, right]) => isLessOrEqual(left, right)),
  gt: goFunction(['value', 'value'], ([left, right]) => !isLessOrEqual(left, right)),
  ge: goFunction(['value', 'value'], ([left, right]) => !isLess(left, right)),
};
