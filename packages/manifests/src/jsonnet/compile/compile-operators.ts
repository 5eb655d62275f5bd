/**
 * Operators. Those of numbers are here; the rest asks `operations.ts`.
 */
import type { BinaryOperator, Node, UnaryOperator } from '../syntax/ast.ts';
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import type { Machine } from '../runtime/machine.ts';
import { JsonnetObject } from '../runtime/object.ts';
import { addValues, compareValues, equalValues, withArticle } from '../runtime/operations.ts';
import { finite, problem, type Code, type Value } from '../runtime/values.ts';
import { formatText } from '../std/format.ts';
import type { Compiler } from './compiler.ts';
import type { Scope } from './scope.ts';

/** Compiles `left operator right`; `&&` and `||` look at the right side only when they must. */
export const compileBinary = (
  compiler: Compiler,
  node: Extract<Node, { readonly kind: 'binary' }>,
  scope: Scope,
): Code => {
  const left = compiler.compile(node.left, scope);
  const right = compiler.compile(node.right, scope);
  const { operator } = node;
  if (operator === '&&' || operator === '||') {
    const truth = (value: Value): boolean => {
      if (typeof value === 'boolean') return value;
      throw problem(`${operator} takes true or false, not ${withArticle(value)}`, node.place);
    };
    return operator === '&&'
      ? (env) => truth(left(env)) && truth(right(env))
      : (env) => truth(left(env)) || truth(right(env));
  }
  const operate = OPERATIONS[operator];
  return (env) => {
    const first = left(env);
    const second = right(env);
    try {
      return operate(env.machine, first, second);
    } catch (thrown) {
      if (thrown instanceof JsonnetProblem) thrown.place ??= node.place;
      throw thrown;
    }
  };
};

/** Compiles `operator operand`. */
export const compileUnary = (
  compiler: Compiler,
  node: Extract<Node, { readonly kind: 'unary' }>,
  scope: Scope,
): Code => {
  const operand = compiler.compile(node.operand, scope);
  const { operator, place } = node;
  return (env) => {
    const value = operand(env);
    if (operator === '!' ? typeof value !== 'boolean' : typeof value !== 'number')
      throw problem(
        `${operator} takes ${operator === '!' ? 'true or false' : 'a number'}, not ${withArticle(value)}`,
        place,
      );
    return UNARY[operator](value);
  };
};

const UNARY: Readonly<Record<UnaryOperator, (value: Value) => Value>> = {
  '!': (value) => value !== true,
  '-': (value) => -Number(value),
  '+': (value) => value,
  '~': (value) => Number(BigInt.asIntN(64, ~BigInt(Math.trunc(Number(value))))),
};

type Operation = (machine: Machine, left: Value, right: Value) => Value;

const numbers =
  (operator: BinaryOperator, compute: (left: number, right: number) => number): Operation =>
  (_machine, left, right) => {
    if (typeof left !== 'number' || typeof right !== 'number')
      throw problem(`${operator} takes numbers, not ${withArticle(left)} and ${withArticle(right)}`);
    return finite(compute(left, right));
  };

const MOST_BITS = 2 ** 63;

/** Bits are those of 64-bit integers. */
const bits = (operator: BinaryOperator, compute: (left: bigint, right: bigint) => bigint): Operation =>
  numbers(operator, (left, right) => {
    for (const value of [left, right])
      if (Math.abs(value) > MOST_BITS) throw problem(`${operator} takes numbers of at most 64 bits, not ${value}`);
    return Number(BigInt.asIntN(64, compute(BigInt(Math.trunc(left)), BigInt(Math.trunc(right)))));
  });

const shift = (operator: '<<' | '>>'): Operation =>
  bits(operator, (left, right) => {
    if (right < 0n) throw problem(`${operator} takes a count that is not negative, not ${right}`);
    return operator === '>>' ? left >> (right % 64n) : left << (right % 64n);
  });

const OPERATIONS: Readonly<Record<Exclude<BinaryOperator, '&&' | '||'>, Operation>> = {
  '+': addValues,
  '-': numbers('-', (left, right) => left - right),
  '*': numbers('*', (left, right) => left * right),
  '/': numbers('/', (left, right) => {
    if (right === 0) throw problem('division by zero');
    return left / right;
  }),
  '%': (machine, left, right) => {
    if (typeof left === 'string') return formatText(machine, left, right);
    return numbers('%', (first, second) => {
      if (second === 0) throw problem('division by zero');
      return first % second;
    })(machine, left, right);
  },
  '<<': shift('<<'),
  '>>': shift('>>'),
  '&': bits('&', (left, right) => left & right),
  '|': bits('|', (left, right) => left | right),
  '^': bits('^', (left, right) => left ^ right),
  '==': equalValues,
  '!=': (machine, left, right) => !equalValues(machine, left, right),
  '<': (machine, left, right) => compareValues(machine, left, right) < 0,
  '<=': (machine, left, right) => compareValues(machine, left, right) <= 0,
  '>': (machine, left, right) => compareValues(machine, left, right) > 0,
  '>=': (machine, left, right) => compareValues(machine, left, right) >= 0,
  in: (_machine, left, right) => {
    if (!(right instanceof JsonnetObject)) throw problem(`in looks into an object, not ${withArticle(right)}`);
    if (typeof left !== 'string') throw problem(`a field's name is a string, not ${withArticle(left)}`);
    return right.has(left);
  },
};
