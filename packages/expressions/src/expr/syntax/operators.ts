/**
 * Operators by their spelling.
 * @upstream expr-lang/expr parser/operator/operator.go
 */
import type { BinaryOperator } from './ast.ts';

/** How an operator of two sides binds. */
export interface BinaryRule {
  readonly precedence: number;
  /** Its one spelling in the tree, where there are others. */
  readonly as?: BinaryOperator;
  /** Binds to the right. */
  readonly right?: true;
}

/** How an operator of one side binds. */
export interface UnaryRule {
  readonly precedence: number;
  readonly as: '!' | '-' | '+';
}

const BINARY: Readonly<Record<string, BinaryRule>> = {
  '|': { precedence: 0 },
  or: { precedence: 10, as: '||' },
  '||': { precedence: 10 },
  and: { precedence: 15, as: '&&' },
  '&&': { precedence: 15 },
  '==': { precedence: 20 },
  '!=': { precedence: 20 },
  '<': { precedence: 20 },
  '>': { precedence: 20 },
  '>=': { precedence: 20 },
  '<=': { precedence: 20 },
  in: { precedence: 20 },
  matches: { precedence: 20 },
  contains: { precedence: 20 },
  startsWith: { precedence: 20 },
  endsWith: { precedence: 20 },
  '..': { precedence: 25 },
  '+': { precedence: 30 },
  '-': { precedence: 30 },
  '*': { precedence: 60 },
  '/': { precedence: 60 },
  '%': { precedence: 60 },
  '**': { precedence: 100, right: true },
  '^': { precedence: 100, as: '**', right: true },
  '??': { precedence: 500 },
};
const UNARY: Readonly<Record<string, UnaryRule>> = {
  not: { precedence: 50, as: '!' },
  '!': { precedence: 50, as: '!' },
  '-': { precedence: 90, as: '-' },
  '+': { precedence: 90, as: '+' },
};

/** Operators that may be chained: `a < b < c`. */
export const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
/** Operators that `not` may stand before: `a not in b`. */
export const NEGATABLE: ReadonlySet<string> = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith']);

/** The rule of an operator of two sides. */
export const binaryRule = (text: string): BinaryRule | undefined =>
  Object.hasOwn(BINARY, text) ? BINARY[text] : undefined;

/** The rule of an operator of one side. */
export const unaryRule = (text: string): UnaryRule | undefined =>
  Object.hasOwn(UNARY, text) ? UNARY[text] : undefined;
