/**
 * What Kubernetes' own functions cost, and those it reckons otherwise than the language does.
 * @spec k8s.io/apiserver/pkg/cel/library/cost.go
 */
import { formatType, type CelType } from '../values/cel-type.ts';
import type { CallCost, CallToEstimate, CostOf } from './estimate-call.ts';
import { matchingCost, PATTERN_FACTOR, readingCost, TEXT_FACTOR } from './operator-costs.ts';
import { sizeOrAny, type CostEstimator, type Estimate } from './part.ts';
import { add, addSizes, ANY_SIZE, multiply, multiplySizes, scale, sizeOf, type Size } from './size.ts';

const cheap: CostOf = () => ({ cost: 1n });
const firstSize = ({ args }: CallToEstimate): Size | undefined => args[0] && sizeOrAny(args[0]);

/** Reads its argument so many times. */
const reading =
  (times: number): CostOf =>
  (call) => {
    const size = firstSize(call);
    return size && { cost: readingCost(size, times) };
  };

/** Reads its receiver, and gives a text no longer. */
const changing: CostOf = ({ target }) => {
  const size = target && sizeOrAny(target);
  return size && { cost: readingCost(size), size };
};

/** The size of a list's items, when it is known where they stand. */
const itemSize = (list: Estimate, estimator: CostEstimator): Size =>
  (list.path.length > 0 ? estimator.sizeAt([...list.path, '@items']) : undefined) ?? ANY_SIZE;

/** What there is a type for within a type: lists are gone through item by item, anything else is read as a text. */
const hasItems = ({ kind }: CelType): boolean => kind === 'list' || kind === 'map' || kind === 'optional';

const traversing: CostOf = ({ target }, _signature, estimator) => {
  if (!target) return undefined;
  const size = sizeOrAny(target);
  if (!hasItems(target.type)) return { cost: readingCost(size) };
  const isText = target.type.kind === 'list' && ['string', 'bytes'].includes(formatType(target.type.element));
  const each = isText ? add(1n, readingCost(itemSize(target, estimator))) : 1n;
  return { cost: multiply(size.most, each) };
};

const replacing: CostOf = ({ target, args: [from, to] }) => {
  if (!target || !from || !to) return undefined;
  const size = sizeOrAny(target);
  return { cost: readingCost(size, 2), size: replacedSize(size, sizeOrAny(from), sizeOrAny(to)) };
};

/** From as few replacements by the shortest to as many by the longest. */
const replacedSize = (text: Size, from: Size, to: Size): Size => {
  const bound = (of: bigint, part: bigint, isKept: boolean, by: bigint): bigint => {
    // Nothing stands between all characters.
    if (part === 0n) return add(multiply(add(of, 1n), by), of);
    return isKept ? of : multiply(BigInt(Math.ceil(Number(of) / Number(part))), by);
  };
  return {
    least: bound(text.least, from.most, from.most <= to.least, to.least),
    most: bound(text.most, from.least, to.most <= from.least, to.most),
  };
};

const splitting: CostOf = ({ target, args }) => {
  if (!target) return undefined;
  const size = sizeOrAny(target);
  const count = args[1]?.literal;
  const most = typeof count === 'bigint' ? BigInt.asUintN(64, count) : size.most;
  return { cost: readingCost(size, 2), size: { least: 0n, most } };
};

const joining: CostOf = ({ target, args }, _signature, estimator) => {
  if (!target) return undefined;
  const list = sizeOrAny(target);
  const items = hasItems(target.type) ? multiplySizes(list, itemSize(target, estimator)) : sizeOf(0);
  const [separator] = args;
  const gap = (count: bigint): bigint => (count > 0n ? count - 1n : 0n);
  const gaps = { least: gap(list.least), most: gap(list.most) };
  const size = separator ? addSizes(items, multiplySizes(sizeOrAny(separator), gaps)) : items;
  return { cost: readingCost(size), size };
};

const finding: CostOf = (call) => {
  const { target } = call;
  const pattern = firstSize(call);
  if (!target || !pattern) return undefined;
  const size = sizeOrAny(target);
  return { cost: matchingCost(size, pattern), size: { least: 0n, most: size.most } };
};

/** Bytes of the longest address. */
const ADDRESS = sizeOf(16);

const within =
  (more: bigint): CostOf =>
  (call, { parameters }) => {
    const text = firstSize(call);
    if (!text) return undefined;
    const isText = parameters.at(-1)?.kind === 'simple' && formatType(parameters.at(-1) ?? call.type) === 'string';
    const cost = add(readingCost(addSizes(ADDRESS, ADDRESS)), more);
    return { cost: isText ? add(cost, readingCost(text)) : cost };
  };

/** The longest pattern of a named format. */
const LONGEST_PATTERN = 128;
const LONGEST_FORMAT = sizeOf(64);

const validating: CostOf = (call) => {
  const size = firstSize(call);
  return size && { cost: scale(readingCost(size), LONGEST_PATTERN * PATTERN_FACTOR) };
};

const EQUAL_COSTS: ReadonlyMap<string, bigint> = new Map([
  ['net.IP', 1n],
  ['net.CIDR', 1n],
  ['kubernetes.Quantity', 1n],
  ['kubernetes.Semver', 1n],
  ['kubernetes.URL', 1n],
  ['kubernetes.NamedFormat', scale(LONGEST_FORMAT.most, TEXT_FACTOR)],
]);

const equality: CostOf = ({ args: [left, right] }): CallCost | undefined => {
  if (!left || !right || formatType(left.type) !== formatType(right.type)) return undefined;
  const cost = EQUAL_COSTS.get(formatType(left.type));
  return cost === undefined ? undefined : { cost };
};

const url: CostOf = (call) => {
  const size = firstSize(call);
  return size && { cost: readingCost(size), size };
};

const CHEAP = [
  'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast',
  'format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch',
  'getScheme getHostname getHost getPort getEscapedPath getQuery',
]
  .join(' ')
  .split(' ');

/** By name. */
export const KUBERNETES_COSTS: ReadonlyMap<string, CostOf> = new Map<string, CostOf>([
  ...CHEAP.map((name) => [name, cheap] as const),
  ...['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'].map((name) => [name, traversing] as const),
  ...['lowerAscii', 'upperAscii', 'substring', 'trim'].map((name) => [name, changing] as const),
  ...['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'].map(
    (name) => [name, reading(1)] as const,
  ),
  ['ip', (call, ...more) => (call.target ? cheap(call, ...more) : reading(1)(call, ...more))],
  ['ip.isCanonical', reading(2)],
  ['url', url],
  ['jsonpatch.escapeKey', url],
  ['replace', replacing],
  ['split', splitting],
  ['join', joining],
  ['find', finding],
  ['findAll', finding],
  ['containsIP', within(0n)],
  ['containsCIDR', within(readingCost(ADDRESS) + 1n)],
  ['validate', validating],
  ['_==_', equality],
]);
