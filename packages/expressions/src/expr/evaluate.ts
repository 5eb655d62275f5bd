/**
 * Runs a parsed expression. Every step and every element made counts against a budget, so that an untrusted
 * expression ends.
 * @upstream expr-lang/expr vm/vm.go
 */
import { messageOf } from '@argosy/base';

import { compileRegularExpression } from '../regular-expression.ts';
import type { BinaryOperator, ExprNode } from './ast.ts';
import { callBuiltin, type Closure } from './builtins.ts';
import { ExprError, valueError } from './expr-error.ts';
import { GoDuration, goMethod, GoTime } from './go-time.ts';
import {
  areEqual,
  formatGoValue,
  isExprMap,
  isGoValue,
  isNumeric,
  kindOf,
  mapGet,
  toInt64,
  toMap,
  type ExprMap,
  type ExprValue,
} from './values.ts';

/** What an evaluation may know and spend. */
export interface ExprLimits {
  /** For `now()`, in milliseconds; without it `now()` is refused. */
  readonly now?: number | undefined;
  /** Steps and elements; default 1,000,000. */
  readonly budget?: number | undefined;
}

/** State of one evaluation. */
export interface ExprRun {
  readonly env: ExprMap;
  readonly now: number | undefined;
  spend(amount: number, at: number): void;
}

/** Evaluates; throws ExprError of stage run. */
export const evaluateNode = (node: ExprNode, env: ExprMap, limits: ExprLimits): ExprValue => {
  let left = limits.budget ?? 1_000_000;
  const run: ExprRun = {
    env,
    now: limits.now,
    spend: (amount, at) => {
      left -= amount;
      if (left < 0) throw new ExprError('run', 'budget', 'expression is too expensive', at);
    },
  };
  return evaluate(node, new Map(), run);
};

type Scope = ReadonlyMap<string, ExprValue>;

/** Thrown by `?.` on nil, caught by the chain around it. */
class NilChain extends Error {}

const evaluate = (node: ExprNode, scope: Scope, run: ExprRun): ExprValue => {
  run.spend(1, node.at);
  const inside = (child: ExprNode, inner: Scope = scope): ExprValue => evaluate(child, inner, run);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'name':
      return scope.has(node.name) ? scope.get(node.name) : node.name === '$env' ? run.env : mapGet(run.env, node.name);
    case 'pointer':
      return scope.get(`#${node.name}`) ?? null;
    case 'chain':
      return evaluateChain(node.body, inside);
    case 'member':
      return readMember(inside(node.object), inside(node.property), node);
    case 'slice':
      return slice(inside(node.object), node.from && inside(node.from), node.to && inside(node.to), node.at);
    case 'call':
      return call(node, inside);
    case 'builtin':
      return callBuiltin(
        node,
        (child) => (child.kind === 'closure' ? closureOf(child, scope, run) : inside(child)),
        run,
      );
    case 'closure':
      return inside(node.body);
    case 'unary':
      return unary(node.operator, inside(node.operand), node.at);
    case 'binary':
      return binary(node, inside, run);
    case 'conditional':
      return bool(inside(node.condition), node.at) ? inside(node.whenTrue) : inside(node.otherwise);
    case 'list':
      return node.items.map((item) => inside(item));
    case 'map':
      return toMap(node.pairs.map((pair) => [textKey(inside(pair.key), pair.key.at), inside(pair.value)]));
    case 'let':
      return inside(node.body, new Map([...scope, [node.name, inside(node.value)]]));
    case 'sequence':
      return node.nodes.map((part) => inside(part)).at(-1) ?? null;
  }
};

const closureOf =
  (node: Extract<ExprNode, { kind: 'closure' }>, scope: Scope, run: ExprRun): Closure =>
  (element, index, accumulator) =>
    evaluate(
      node.body,
      new Map([...scope, ['#', element], ['#index', BigInt(index)], ['#acc', accumulator ?? null]]),
      run,
    );

const evaluateChain = (body: ExprNode, inside: (child: ExprNode) => ExprValue): ExprValue => {
  try {
    return inside(body);
  } catch (thrown) {
    if (thrown instanceof NilChain) return null;
    throw thrown;
  }
};

const textKey = (key: ExprValue, at: number): string => {
  if (typeof key !== 'string') throw valueError('a map key must be a string', at);
  return key;
};

const bool = (value: ExprValue, at: number): boolean => {
  if (typeof value !== 'boolean') throw valueError(`interface conversion: ${kindOf(value)} is not bool`, at);
  return value;
};

const readMember = (object: ExprValue, property: ExprValue, node: Extract<ExprNode, { kind: 'member' }>): ExprValue => {
  if (object === null || object === undefined) {
    if (node.optional) throw new NilChain();
    throw valueError(`cannot fetch ${formatGoValue(property)} from <nil>`, node.at);
  }
  if (Array.isArray(object)) return readIndex(object, property, node.at);
  if (isGoValue(object)) {
    const method = goMethod(object, formatGoValue(property));
    if (!method) throw valueError(`cannot fetch ${formatGoValue(property)} from ${object.goKind}`, node.at);
    return method;
  }
  if (!isExprMap(object)) throw valueError(`cannot fetch ${formatGoValue(property)} from ${kindOf(object)}`, node.at);
  return mapGet(object, textKey(property, node.at));
};

const readIndex = (list: readonly ExprValue[], property: ExprValue, at: number): ExprValue => {
  if (!isNumeric(property)) throw valueError(`cannot fetch ${formatGoValue(property)} from array`, at);
  const index = Number(property) < 0 ? list.length + Number(property) : Math.trunc(Number(property));
  if (index < 0 || index >= list.length)
    throw valueError(`index out of range: ${formatGoValue(property)} (array length is ${list.length})`, at);
  return list[index] ?? null;
};

const slice = (object: ExprValue, from: ExprValue, to: ExprValue, at: number): ExprValue => {
  if (typeof object !== 'string' && !Array.isArray(object)) throw valueError(`cannot slice ${kindOf(object)}`, at);
  const characters = typeof object === 'string' ? [...object] : object;
  const bound = (given: ExprValue, fallback: number): number => {
    const value = given === undefined || given === null ? fallback : Number(given);
    return Math.min(Math.max(value < 0 ? characters.length + value : value, 0), characters.length);
  };
  const end = bound(to, characters.length);
  const cut = characters.slice(Math.min(bound(from, 0), end), end);
  return typeof object === 'string' ? cut.join('') : (cut as readonly ExprValue[]);
};

const call = (node: Extract<ExprNode, { kind: 'call' }>, inside: (child: ExprNode) => ExprValue): ExprValue => {
  const callee = inside(node.callee);
  if (typeof callee !== 'function') throw valueError(`cannot call ${kindOf(callee)}`, node.at);
  const args = node.args.map((argument) => inside(argument));
  try {
    return callee(...args);
  } catch (thrown) {
    if (thrown instanceof ExprError || thrown instanceof NilChain) throw thrown;
    throw valueError(messageOf(thrown), node.at);
  }
};

const unary = (operator: '-' | '+' | '!', operand: ExprValue, at: number): ExprValue => {
  if (operator === '!') return !bool(operand, at);
  if (operator === '+') return operand;
  if (!isNumeric(operand)) throw valueError(`invalid operation: ${operator}${kindOf(operand)}`, at);
  return typeof operand === 'bigint' ? toInt64(-operand) : -operand;
};

type BinaryNode = Extract<ExprNode, { kind: 'binary' }>;

const binary = (node: BinaryNode, inside: (child: ExprNode) => ExprValue, run: ExprRun): ExprValue => {
  if (node.operator === '&&' || node.operator === '||') return both(node, inside);
  if (node.operator === '??') return coalesce(node, inside);
  const left = inside(node.left);
  const right = inside(node.right);
  switch (node.operator) {
    case '==':
      return areEqual(left, right);
    case '!=':
      return !areEqual(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(node.operator, order(left, right, node));
    case 'in':
      return isMember(left, right, node.at);
    case 'matches':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return searchText(node.operator, left, right, node.at);
    case '..':
      return range(left, right, run, node.at);
    default:
      return arithmetic(node.operator, left, right, node.at);
  }
};

/**
 * What stands on the right is the result as it is, and an operand that is a literal decides before anything is looked
 * at: `1 && true` is 1. @upstream expr-lang/expr optimizer/simplify.go
 */
const both = (node: BinaryNode, inside: (child: ExprNode) => ExprValue): ExprValue => {
  const isAnd = node.operator === '&&';
  const decided = [node.left, node.right].map((side) => (side.kind === 'literal' ? side.value : undefined));
  if (decided.includes(!isAnd)) return !isAnd;
  if (decided[0] === isAnd) return inside(node.right);
  if (decided[1] === isAnd) return inside(node.left);
  return bool(inside(node.left), node.at) === isAnd ? inside(node.right) : !isAnd;
};

const coalesce = (node: BinaryNode, inside: (child: ExprNode) => ExprValue): ExprValue => {
  const left = evaluateChain(node.left, inside);
  return left === null || left === undefined ? inside(node.right) : left;
};

const compare = (operator: '<' | '<=' | '>' | '>=', ordered: number): boolean => {
  switch (operator) {
    case '<':
      return ordered < 0;
    case '<=':
      return ordered <= 0;
    case '>':
      return ordered > 0;
    case '>=':
      return ordered >= 0;
  }
};

const order = (left: ExprValue, right: ExprValue, node: BinaryNode): number => {
  if (isNumeric(left) && isNumeric(right))
    return left < right ? -1 : left > right ? 1 : Number(left) === Number(right) ? 0 : Number.NaN;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (isGoValue(left) && isGoValue(right) && left.goKind === right.goKind) return left.compareTo(right);
  throw valueError(`invalid operation: ${kindOf(left)} ${node.operator} ${kindOf(right)}`, node.at);
};

const isMember = (left: ExprValue, right: ExprValue, at: number): boolean => {
  if (right === null || right === undefined) return false;
  if (Array.isArray(right)) return right.some((part) => areEqual(left, part));
  if (isExprMap(right)) return typeof left === 'string' && Object.hasOwn(right, left);
  throw valueError(`operator "in" not defined on ${kindOf(right)}`, at);
};

const searchText = (operator: BinaryOperator, left: ExprValue, right: ExprValue, at: number): boolean => {
  if (left === null || right === null) return false;
  if (typeof left !== 'string' || typeof right !== 'string')
    throw valueError(`invalid operation: ${kindOf(left)} ${operator} ${kindOf(right)}`, at);
  if (operator === 'contains') return left.includes(right);
  if (operator === 'startsWith') return left.startsWith(right);
  if (operator === 'endsWith') return left.endsWith(right);
  const compiled = compileRegularExpression(right);
  if (!compiled.ok) throw valueError(compiled.error, at);
  return compiled.value.test(left);
};

const range = (left: ExprValue, right: ExprValue, run: ExprRun, at: number): ExprValue => {
  if (!isNumeric(left) || !isNumeric(right)) throw valueError('a range needs integers', at);
  const from = BigInt(Math.trunc(Number(left)));
  const count = Number(right) - Number(left) + 1;
  if (count <= 0) return [];
  run.spend(count, at);
  return Array.from({ length: count }, (_, index) => from + BigInt(index));
};

const arithmetic = (operator: BinaryOperator, left: ExprValue, right: ExprValue, at: number): ExprValue => {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (isGoValue(left) || isGoValue(right)) return temporal(operator, left, right, at);
  if (!isNumeric(left) || !isNumeric(right))
    throw valueError(`invalid operation: ${kindOf(left)} ${operator} ${kindOf(right)}`, at);
  if (operator === '/') return Number(left) / Number(right);
  if (operator === '**') return Number(left) ** Number(right);
  if (operator === '%') return remainder(left, right, at);
  if (typeof left === 'bigint' && typeof right === 'bigint')
    return toInt64(operator === '+' ? left + right : operator === '-' ? left - right : left * right);
  const [a, b] = [Number(left), Number(right)];
  return operator === '+' ? a + b : operator === '-' ? a - b : a * b;
};

const remainder = (left: number | bigint, right: number | bigint, at: number): bigint => {
  if (typeof left !== 'bigint' || typeof right !== 'bigint')
    throw valueError('invalid operation: % needs integers', at);
  if (right === 0n) throw valueError('integer divide by zero', at);
  return left % right;
};

const temporal = (operator: BinaryOperator, left: ExprValue, right: ExprValue, at: number): ExprValue => {
  if (left instanceof GoTime && right instanceof GoTime && operator === '-')
    return new GoDuration(left.instant - right.instant);
  if (left instanceof GoTime && right instanceof GoDuration) {
    const sign = operator === '-' ? -1 : 1;
    return new GoTime(left.instant + sign * right.milliseconds, left.zone);
  }
  if (left instanceof GoDuration && right instanceof GoTime && operator === '+')
    return new GoTime(right.instant + left.milliseconds, right.zone);
  if (left instanceof GoDuration && right instanceof GoDuration && (operator === '+' || operator === '-'))
    return new GoDuration(
      operator === '+' ? left.milliseconds + right.milliseconds : left.milliseconds - right.milliseconds,
    );
  if (operator === '*' && left instanceof GoDuration && isNumeric(right))
    return new GoDuration(left.milliseconds * Number(right));
  if (operator === '*' && right instanceof GoDuration && isNumeric(left))
    return new GoDuration(right.milliseconds * Number(left));
  throw valueError(`invalid operation: ${kindOf(left)} ${operator} ${kindOf(right)}`, at);
};
