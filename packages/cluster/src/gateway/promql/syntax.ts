/**
 * PromQL as a tree, as far as it is spoken here. @spec https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
import type { Pattern } from '../patterns/pattern.ts';

/** A condition on a label; an absent label is an empty one. */
export type LabelMatcher =
  | { readonly kind: 'equal' | 'unequal'; readonly label: string; readonly value: string }
  | { readonly kind: 'matching' | 'differing'; readonly label: string; readonly pattern: Pattern };

/** Operators between two expressions. */
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOperator = '==' | '!=' | '<=' | '<' | '>=' | '>';
export type SetOperator = 'and' | 'or' | 'unless';

/** Which labels two series must share to be one pair. */
export interface VectorMatching {
  readonly kind: 'on' | 'ignoring';
  readonly labels: readonly string[];
}

/** Aggregations. */
export type AggregateOperator = 'sum' | 'avg' | 'min' | 'max' | 'count';

/** An expression. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'selector';
      readonly matchers: readonly LabelMatcher[];
      /** Present: a range of samples instead of the newest one. */
      readonly rangeMs?: number;
      readonly offsetMs: number;
    }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | {
      readonly kind: 'aggregate';
      readonly operator: AggregateOperator;
      readonly grouping: { readonly kind: 'by' | 'without'; readonly labels: readonly string[] };
      readonly of: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      /** Comparisons answer 0 and 1 instead of filtering. */
      readonly isBool: boolean;
      readonly matching: VectorMatching;
    }
  | { readonly kind: 'negative'; readonly of: Expression };

/** What an expression yields. */
export type ValueType = 'scalar' | 'instant vector' | 'range vector';

/** The query is not PromQL, or PromQL that is not spoken here: HTTP 400, `bad_data`. */
export class QueryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QueryError';
  }
}

/** The query cannot be answered with the series there are: HTTP 422, `execution`. */
export class ExecutionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExecutionError';
  }
}
