/**
 * What built-in functions take and give, as far as it is known before they run.
 * @upstream expr-lang/expr builtin/builtin.go, checker/checker.go
 */
import type { ExprNode } from './ast.ts';
import { fits, typeError, type Inside, type Scope, type Static } from './static-kinds.ts';

const RESULTS: Readonly<Record<string, Static>> = {
  len: 'int',
  count: 'int',
  int: 'int',
  float: 'float',
  string: 'string',
  type: 'string',
  upper: 'string',
  lower: 'string',
  trim: 'string',
  trimPrefix: 'string',
  trimSuffix: 'string',
  replace: 'string',
  repeat: 'string',
  join: 'string',
  toJSON: 'string',
  toBase64: 'string',
  fromBase64: 'string',
  all: 'bool',
  any: 'bool',
  none: 'bool',
  one: 'bool',
  hasPrefix: 'bool',
  hasSuffix: 'bool',
  filter: 'array',
  map: 'array',
  sortBy: 'array',
  sort: 'array',
  split: 'array',
  splitAfter: 'array',
  keys: 'array',
  values: 'array',
  toPairs: 'array',
  fromPairs: 'map',
  reverse: 'array',
  concat: 'array',
  flatten: 'array',
  uniq: 'array',
  take: 'array',
  groupBy: 'map',
  now: 'time',
  date: 'time',
  duration: 'duration',
  indexOf: 'int',
  lastIndexOf: 'int',
  findIndex: 'int',
  findLastIndex: 'int',
  bitand: 'int',
  bitor: 'int',
  bitxor: 'int',
  bitnand: 'int',
  bitnot: 'int',
  bitshl: 'int',
  bitshr: 'int',
  bitushr: 'int',
  ceil: 'float',
  floor: 'float',
  round: 'float',
};

/** What the first argument must be. */
const FIRST: Readonly<Record<string, readonly Static[]>> = {
  len: ['string', 'array', 'map'],
  upper: ['string'],
  lower: ['string'],
  trim: ['string'],
  trimPrefix: ['string'],
  trimSuffix: ['string'],
  split: ['string'],
  splitAfter: ['string'],
  replace: ['string'],
  repeat: ['string'],
  indexOf: ['string'],
  lastIndexOf: ['string'],
  hasPrefix: ['string'],
  hasSuffix: ['string'],
  fromJSON: ['string'],
  toBase64: ['string'],
  fromBase64: ['string'],
  join: ['array'],
  keys: ['map'],
  values: ['map'],
  toPairs: ['map'],
  fromPairs: ['array'],
  filter: ['array'],
  map: ['array'],
  all: ['array'],
  any: ['array'],
  none: ['array'],
  one: ['array'],
  count: ['array'],
  find: ['array'],
  findIndex: ['array'],
  findLast: ['array'],
  findLastIndex: ['array'],
  groupBy: ['array'],
  sortBy: ['array'],
  reduce: ['array'],
  sum: ['array'],
  sort: ['array'],
  uniq: ['array'],
  reverse: ['array'],
  take: ['array'],
  get: ['array', 'map'],
  min: ['int', 'float', 'array'],
  mean: ['int', 'float', 'array'],
  median: ['int', 'float', 'array'],
  max: ['int', 'float', 'array'],
  first: ['array'],
  last: ['array'],
  flatten: ['array'],
  concat: ['array'],
  abs: ['int', 'float'],
  ceil: ['int', 'float'],
  floor: ['int', 'float'],
  round: ['int', 'float'],
  int: ['int', 'float', 'string'],
  float: ['int', 'float', 'string'],
  duration: ['string'],
  timezone: ['string'],
  bitand: ['int'],
  bitor: ['int'],
  bitxor: ['int'],
  bitnand: ['int'],
  bitnot: ['int'],
  bitshl: ['int'],
  bitshr: ['int'],
  bitushr: ['int'],
};

/** What the arguments after the first must be. */
const FURTHER: Readonly<Record<string, readonly Static[]>> = {
  trim: ['string'],
  trimPrefix: ['string'],
  trimSuffix: ['string'],
  split: ['string', 'int'],
  splitAfter: ['string', 'int'],
  replace: ['string', 'string', 'int'],
  repeat: ['int'],
  join: ['string'],
  indexOf: ['string'],
  lastIndexOf: ['string'],
  hasPrefix: ['string'],
  hasSuffix: ['string'],
  take: ['int'],
  bitand: ['int'],
  bitor: ['int'],
  bitxor: ['int'],
  bitnand: ['int'],
  bitshl: ['int'],
  bitshr: ['int'],
  bitushr: ['int'],
};

/** Functions whose closure says yes or no. */
const PREDICATES: ReadonlySet<string> = new Set([
  'all',
  'none',
  'any',
  'one',
  'filter',
  'count',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
]);

type BuiltinNode = Extract<ExprNode, { kind: 'builtin' }>;

/** Checks the arguments of a built-in function and tells the kind of its result. Throws ExprError of stage compile. */
export const inferBuiltin = (node: BuiltinNode, inside: Inside, scope: Scope): Static => {
  const [first] = node.args;
  const firstKind = first && inside(first);
  checkFirst(node, firstKind);
  if (node.name === 'get') checkKey(firstKind, node.args[1] && inside(node.args[1]), node.at);
  node.args.slice(1).forEach((argument, at) => {
    if (argument.kind === 'closure')
      return checkClosure(node, argument, (body) => inside(body, closureScope(node, scope)));
    const kind = inside(argument);
    const wanted = Object.hasOwn(FURTHER, node.name) ? FURTHER[node.name]?.[at] : undefined;
    if (wanted !== undefined && !fits(kind, wanted))
      throw typeError(`cannot use ${kind} as argument (type ${wanted}) to call ${node.name}`, argument.at);
  });
  return (Object.hasOwn(RESULTS, node.name) ? RESULTS[node.name] : undefined) ?? 'any';
};

const checkFirst = (node: BuiltinNode, kind: Static | undefined): void => {
  const allowed = Object.hasOwn(FIRST, node.name) ? FIRST[node.name] : undefined;
  if (!allowed) return;
  if (kind === undefined) throw typeError(`not enough arguments to call ${node.name}`, node.at);
  if (fits(kind, ...allowed)) return;
  throw typeError(
    node.name === 'get' ? `type ${kind} does not support indexing` : `invalid argument for ${node.name} (type ${kind})`,
    node.at,
  );
};

/** What some closures see besides the element. */
const MORE_POINTERS: Readonly<Record<string, readonly (readonly [string, Static])[]>> = {
  map: [['#index', 'int']],
  reduce: [
    ['#index', 'int'],
    ['#acc', 'any'],
  ],
};

const checkKey = (object: Static | undefined, key: Static | undefined, at: number): void => {
  if (key === undefined) throw typeError('not enough arguments to call get', at);
  if (object === 'array' && !fits(key, 'int')) throw typeError(`non-integer slice index ${key}`, at);
  if (object === 'map' && !fits(key, 'string')) throw typeError(`cannot use ${key} to get an element from map`, at);
};

/** A closure sees one element; that of a range is known to be an integer. */
const closureScope = (node: BuiltinNode, scope: Scope): Scope => {
  const [list] = node.args;
  const element: Static = list?.kind === 'binary' && list.operator === '..' ? 'int' : 'any';
  const outer = [...scope].filter(([name]) => !name.startsWith('#'));
  const more = (Object.hasOwn(MORE_POINTERS, node.name) ? MORE_POINTERS[node.name] : undefined) ?? [];
  return new Map<string, Static>([...outer, ['#', element], ...more]);
};

const checkClosure = (node: BuiltinNode, closure: ExprNode, infer: (body: ExprNode) => Static): void => {
  const kind = infer(closure);
  if (kind === 'nil') throw typeError('predicate should has one input and one output param', closure.at);
  if (PREDICATES.has(node.name) && !fits(kind, 'bool'))
    throw typeError(`predicate should return boolean (got ${kind})`, closure.at);
};
