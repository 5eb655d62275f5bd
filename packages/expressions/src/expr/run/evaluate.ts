/**
 * Runs a parsed expression. Every step and every element made counts against a budget, so that an untrusted
 * expression ends.
 * @upstream expr-lang/expr vm/vm.go
 */
import { messageOf } from '@argosy/base';

import type { ExprNode } from '../syntax/ast.ts';
import { callBuiltin, type Closure } from '../builtins/builtins.ts';
import { ExprError, valueError } from '../expr-error.ts';
import { applyOperator, type BinaryNode } from './binary-operators.ts';
import { goMethod } from './go-time.ts';
import {
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

const binary = (node: BinaryNode, inside: (child: ExprNode) => ExprValue, run: ExprRun): ExprValue => {
  if (node.operator === '&&' || node.operator === '||') return both(node, inside);
  if (node.operator === '??') return coalesce(node, inside);
  return applyOperator(node, inside(node.left), inside(node.right), run);
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
