/**
 * What operators and the functions of the language itself cost.
 * @spec github.com/google/cel-go/checker/cost.go#functionCost; common/cost.go
 */
import type { CelSignature } from '../values/cel-type.ts';
import type { CallCost, CallToEstimate, CostOf } from './estimate-call.ts';
import { sizeOrAny, unionEntries, type Estimate } from './part.ts';
import { add, addSizes, multiply, scale, smaller, type Size } from './size.ts';

/** Of reading a text once, for each character. */
export const TEXT_FACTOR = 0.1;
/** Of a pattern, for each character: about one part of four. */
export const PATTERN_FACTOR = 0.25;

/** The cost of reading all of a text. */
export const readingCost = (size: Size, times = 1): bigint => scale(size.most, times * TEXT_FACTOR);

/** Whether a function was declared for such a first argument, its receiver's included. */
export const takes = ({ parameters }: CelSignature, ...names: readonly string[]): boolean => {
  const [first] = parameters;
  return first !== undefined && names.includes(first.kind === 'simple' ? first.name : first.kind);
};

/** The cost of a pattern on a text: an empty one costs too. */
export const matchingCost = (text: Size, pattern: Size): bigint =>
  multiply(scale(add(text.most, 1n), TEXT_FACTOR), scale(pattern.most, PATTERN_FACTOR));

const sizesOf = ({ args }: CallToEstimate): readonly [Size, Size] => [sizeAt(args, 0), sizeAt(args, 1)];
const sizeAt = (args: readonly Estimate[], at: number): Size => sizeOrAny(args[at] ?? { size: undefined });

/** No more of two is compared than the smaller has. */
const comparison: CostOf = (call) => {
  const [left, right] = sizesOf(call);
  return { cost: scale(smaller(left.most, right.most), TEXT_FACTOR) };
};

const ordering: CostOf = (call, signature, estimator) =>
  takes(signature, 'string', 'bytes') ? comparison(call, signature, estimator) : undefined;

const addition: CostOf = (call, signature) => {
  if (!takes(signature, 'string', 'bytes', 'list')) return undefined;
  const size = addSizes(...sizesOf(call));
  const entry = unionEntries(call.args[0]?.entry, call.args[1]?.entry);
  return { cost: takes(signature, 'list') ? 1n : readingCost(size), size, entry };
};

/** What is taken out stands within, unless it was made on the way. */
const indexing: CostOf = ({ args }, signature): CallCost | undefined => {
  const [target] = args;
  if (!target || !takes(signature, 'list', 'map')) return undefined;
  const part = takes(signature, 'list') ? '@items' : '@values';
  return { cost: 1n, size: target.entry?.value, path: [...target.path, part] };
};

const beginning: CostOf = ({ args }) => ({ cost: readingCost(sizeAt(args, 0)) });

const containing: CostOf = ({ target, args }) =>
  target && { cost: multiply(readingCost(sizeOrAny(target)), readingCost(sizeAt(args, 0))) };

const toBytes: CostOf = ({ args }, signature) => {
  if (!takes(signature, 'string')) return undefined;
  const size = sizeAt(args, 0);
  return { cost: readingCost(size), size: { least: size.least, most: BigInt.asUintN(64, size.most * 4n) } };
};

const toText: CostOf = ({ args }, signature) => {
  if (!takes(signature, 'bytes')) return undefined;
  const size = sizeAt(args, 0);
  return { cost: readingCost(size), size: { least: size.least / 4n, most: size.most } };
};

const quoting: CostOf = ({ args }) => {
  const { least, most } = sizeAt(args, 0);
  return {
    cost: readingCost({ least, most }),
    size: { least: BigInt.asUintN(64, least + 2n), most: BigInt.asUintN(64, most * 2n + 2n) },
  };
};

/** By name. */
export const OPERATOR_COSTS: ReadonlyMap<string, CostOf> = new Map<string, CostOf>([
  ['_==_', comparison],
  ['_!=_', comparison],
  ['_<_', ordering],
  ['_<=_', ordering],
  ['_>_', ordering],
  ['_>=_', ordering],
  ['_+_', addition],
  ['_[_]', indexing],
  [
    '@in',
    ({ args }, { parameters }) =>
      parameters[1]?.kind === 'list' ? { cost: scale(sizeAt(args, 1).most, 1) } : undefined,
  ],
  ['startsWith', beginning],
  ['endsWith', beginning],
  ['contains', containing],
  ['matches', ({ target, args }) => target && { cost: matchingCost(sizeOrAny(target), sizeAt(args, 0)) }],
  ['format', ({ target }) => target && { cost: readingCost(sizeOrAny(target)) }],
  ['bytes', toBytes],
  ['string', toText],
  ['strings.quote', quoting],
]);
