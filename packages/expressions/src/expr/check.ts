/**
 * Checks an expression before it runs, as expr-lang's compiler does with an environment: unknown names and operands
 * that can never fit are refused. What is only known at run time passes.
 * @upstream expr-lang/expr checker/checker.go
 */
import { compileRegularExpression } from '../regular-expression.ts';
import type { BinaryOperator, ExprNode } from './ast.ts';
import { BUILTIN_NAMES } from './builtin-names.ts';
import { ExprError } from './expr-error.ts';
import { kindOf, type ExprKind, type ExprMap } from './values.ts';

type Static = ExprKind | 'any';
type Scope = ReadonlyMap<string, Static>;

/** Checks; throws ExprError of stage compile. */
export const checkExpr = (node: ExprNode, env: ExprMap): void => {
  infer(node, new Map(), env);
};

const typeError = (message: string, at: number): ExprError => new ExprError('compile', 'type', message, at);
const isNumber = (kind: Static): boolean => kind === 'int' || kind === 'float' || kind === 'any';
const fits = (kind: Static, ...allowed: readonly Static[]): boolean => kind === 'any' || allowed.includes(kind);

const infer = (node: ExprNode, scope: Scope, env: ExprMap): Static => {
  const inside = (child: ExprNode, inner: Scope = scope): Static => infer(child, inner, env);
  switch (node.kind) {
    case 'literal':
      return kindOf(node.value);
    case 'name':
      return inferName(node, scope, env);
    case 'pointer':
      return inferPointer(node, scope);
    case 'chain':
    case 'closure':
      return inside(node.body);
    case 'member':
      return inferMember(node, inside, env);
    case 'slice':
      return inferSlice(node, inside);
    case 'call':
      inside(node.callee);
      for (const argument of node.args) inside(argument);
      return 'any';
    case 'builtin':
      return inferBuiltin(node, inside, scope);
    case 'unary':
      return inferUnary(node, inside);
    case 'binary':
      return inferBinary(node, inside(node.left), inside(node.right));
    case 'conditional':
      return inferConditional(node, inside);
    case 'list':
      for (const item of node.items) inside(item);
      return 'array';
    case 'map':
      for (const pair of node.pairs) {
        inside(pair.key);
        inside(pair.value);
      }
      return 'map';
    case 'let':
      if (scope.has(node.name) || Object.hasOwn(env, node.name) || BUILTIN_NAMES.has(node.name))
        throw typeError(`cannot redeclare variable ${node.name}`, node.at);
      return inside(node.body, new Map([...scope, [node.name, inside(node.value)]]));
    case 'sequence':
      return node.nodes.map((part) => inside(part)).at(-1) ?? 'nil';
  }
};

const inferName = (node: Extract<ExprNode, { kind: 'name' }>, scope: Scope, env: ExprMap): Static => {
  const local = scope.get(node.name);
  if (local !== undefined) return local;
  if (node.name === '$env') return 'map';
  if (Object.hasOwn(env, node.name)) return kindOf(env[node.name]);
  throw new ExprError('compile', 'unknownName', `unknown name ${node.name}`, node.at);
};

type Inside = (child: ExprNode, inner?: Scope) => Static;

/** `#index` and `#acc` are there in some closures only. */
const inferPointer = (node: Extract<ExprNode, { kind: 'pointer' }>, scope: Scope): Static => {
  const known = scope.get(`#${node.name}`);
  if (known === undefined) throw typeError(`unknown pointer #${node.name}`, node.at);
  return known;
};

const inferMember = (node: Extract<ExprNode, { kind: 'member' }>, inside: Inside, env: ExprMap): Static => {
  const object = inside(node.object);
  inside(node.property);
  const { property } = node;
  if (
    node.object.kind === 'name' &&
    node.object.name === '$env' &&
    property.kind === 'literal' &&
    typeof property.value === 'string'
  )
    return inferName({ kind: 'name', at: property.at, name: property.value }, new Map(), env);
  if (!fits(object, 'map', 'array', 'time', 'duration', 'named'))
    throw typeError(`type ${object} has no member to take`, node.at);
  return 'any';
};

const inferSlice = (node: Extract<ExprNode, { kind: 'slice' }>, inside: Inside): Static => {
  const object = inside(node.object);
  if (!fits(object, 'string', 'array')) throw typeError(`cannot slice ${object}`, node.at);
  for (const bound of [node.from, node.to])
    if (bound && !fits(inside(bound), 'int')) throw typeError('non-integer slice index', bound.at);
  return object;
};

const inferUnary = (node: Extract<ExprNode, { kind: 'unary' }>, inside: Inside): Static => {
  const operand = inside(node.operand);
  if (node.operator === '!') {
    if (!fits(operand, 'bool')) throw typeError(`invalid operation: ! (mismatched type ${operand})`, node.at);
    return 'bool';
  }
  if (!isNumber(operand)) throw typeError(`invalid operation: ${node.operator} (mismatched type ${operand})`, node.at);
  return operand;
};

const inferConditional = (node: Extract<ExprNode, { kind: 'conditional' }>, inside: Inside): Static => {
  if (!fits(inside(node.condition), 'bool'))
    throw typeError('non-bool expression used as condition', node.condition.at);
  const whenTrue = inside(node.whenTrue);
  const otherwise = inside(node.otherwise);
  return whenTrue === otherwise ? whenTrue : 'any';
};

const inferBinary = (node: Extract<ExprNode, { kind: 'binary' }>, left: Static, right: Static): Static => {
  if (node.operator === 'in' && right === 'map' && !fits(left, 'string', 'nil'))
    throw typeError(`cannot use ${left} as type string in map key`, node.at);
  const result = binaryResult(node.operator, left, right);
  if (result === undefined)
    throw typeError(`invalid operation: ${node.operator} (mismatched types ${left} and ${right})`, node.at);
  if (node.operator === 'matches' && node.right.kind === 'literal' && typeof node.right.value === 'string') {
    const compiled = compileRegularExpression(node.right.value);
    if (!compiled.ok) throw typeError(compiled.error, node.right.at);
  }
  return result;
};

const binaryResult = (operator: BinaryOperator, left: Static, right: Static): Static | undefined => {
  const both = (test: (kind: Static) => boolean): boolean => test(left) && test(right);
  const anyOf = left === 'any' || right === 'any';
  switch (operator) {
    case '||':
    case '&&':
      return both((kind) => fits(kind, 'bool')) ? 'bool' : undefined;
    case '==':
    case '!=':
      return anyOf || left === 'nil' || right === 'nil' || left === right || both(isNumber) ? 'bool' : undefined;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return both(isNumber) ||
        both((kind) => fits(kind, 'string')) ||
        both((kind) => fits(kind, 'time')) ||
        both((kind) => fits(kind, 'duration'))
        ? 'bool'
        : undefined;
    case 'in':
      return fits(right, 'array', 'map') ? 'bool' : undefined;
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return both((kind) => fits(kind, 'string')) ? 'bool' : undefined;
    case '..':
      return both((kind) => fits(kind, 'int')) ? 'array' : undefined;
    case '%':
      return both((kind) => fits(kind, 'int')) ? 'int' : undefined;
    case '**':
    case '/':
      return both(isNumber) ? 'float' : undefined;
    case '??':
      return left === 'nil' ? right : left === right ? left : 'any';
    case '+':
    case '-':
    case '*':
      return arithmeticResult(operator, left, right);
  }
};

const arithmeticResult = (operator: '+' | '-' | '*', left: Static, right: Static): Static | undefined => {
  if (left === 'any' && right === 'any') return 'any';
  if (isNumber(left) && isNumber(right))
    return left === 'any' || right === 'any' ? 'any' : left === 'int' && right === 'int' ? 'int' : 'float';
  if (operator === '+' && fits(left, 'string') && fits(right, 'string')) return 'string';
  const temporal = fits(left, 'time', 'duration') && fits(right, 'time', 'duration');
  return operator !== '*' && temporal
    ? 'any'
    : operator === '*' && (left === 'duration' || right === 'duration')
      ? 'any'
      : undefined;
};

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

const inferBuiltin = (node: BuiltinNode, inside: Inside, scope: Scope): Static => {
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
