/**
 * Operators between two values, once both are known.
 * @upstream expr-lang/expr vm/vm.go, vm/runtime/runtime.go
 */
import { compileRegularExpression } from '../../regular-expression.ts';
import { valueError } from '../expr-error.ts';
import type { BinaryOperator, ExprNode } from '../syntax/ast.ts';
import type { ExprRun } from './evaluate.ts';
import { GoDuration, GoTime } from './go-time.ts';
import { areEqual, isExprMap, isGoValue, isNumeric, kindOf, toInt64, type ExprValue } from './values.ts';

/** An operator between two expressions. */
export type BinaryNode = Extract<ExprNode, { kind: 'binary' }>;

/** What the node's operator makes of both sides; the logical ones, which may do without one, are not for here. Throws ExprError. */
export const applyOperator = (node: BinaryNode, left: ExprValue, right: ExprValue, run: ExprRun): ExprValue => {
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
