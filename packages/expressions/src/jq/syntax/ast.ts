/**
 * The tree of a jq program.
 * @spec https://jqlang.github.io/jq/manual/
 */
import type { Jq } from '../values/jq-value.ts';

/** Operators that compare or compute. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Operators that give the input with a part replaced. */
export type UpdateOperator = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//=';

/** A pattern that takes a value apart. */
export type JqPattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly JqPattern[] }
  | {
      readonly kind: 'object';
      readonly entries: readonly {
        readonly key: JqNode;
        /** A variable bound to the value as well, as in `{$a: …}`. */
        readonly variable: string | undefined;
        readonly value: JqPattern | undefined;
      }[];
    };

/** A function definition. */
export interface JqFunction {
  readonly name: string;
  /** Names; those with `$` are values, the others filters. */
  readonly parameters: readonly string[];
  readonly body: JqNode;
}

interface JqPair<Kind> {
  readonly kind: Kind;
  readonly left: JqNode;
  readonly right: JqNode;
}

/** A filter. An optional index, slice or iteration gives nothing where it would refuse. */
export type JqNode =
  | { readonly kind: 'identity' }
  | { readonly kind: 'recurse' }
  | { readonly kind: 'literal'; readonly value: Jq }
  | { readonly kind: 'string'; readonly format: string | undefined; readonly parts: readonly (string | JqNode)[] }
  | { readonly kind: 'format'; readonly name: string }
  | { readonly kind: 'index'; readonly target: JqNode; readonly key: JqNode; readonly isOptional?: boolean }
  | {
      readonly kind: 'slice';
      readonly target: JqNode;
      readonly from: JqNode | undefined;
      readonly to: JqNode | undefined;
      readonly isOptional?: boolean;
    }
  | { readonly kind: 'iterate'; readonly target: JqNode; readonly isOptional?: boolean }
  | { readonly kind: 'array'; readonly body: JqNode | undefined }
  | { readonly kind: 'object'; readonly entries: readonly { readonly key: JqNode; readonly value: JqNode }[] }
  | { readonly kind: 'negate'; readonly body: JqNode }
  | { readonly kind: 'plus'; readonly body: JqNode }
  | JqPair<'pipe'>
  | JqPair<'comma'>
  | JqPair<'alternative'>
  | JqPair<'and'>
  | JqPair<'or'>
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: JqNode; readonly right: JqNode }
  | { readonly kind: 'update'; readonly operator: UpdateOperator; readonly left: JqNode; readonly right: JqNode }
  | {
      readonly kind: 'if';
      readonly condition: JqNode;
      readonly whenTrue: JqNode;
      readonly otherwise: JqNode | undefined;
    }
  | { readonly kind: 'try'; readonly body: JqNode; readonly handler: JqNode | undefined }
  | {
      readonly kind: 'reduce';
      readonly source: JqNode;
      readonly pattern: JqPattern;
      readonly start: JqNode;
      readonly update: JqNode;
    }
  | {
      readonly kind: 'foreach';
      readonly source: JqNode;
      readonly pattern: JqPattern;
      readonly start: JqNode;
      readonly update: JqNode;
      readonly extract: JqNode | undefined;
    }
  | {
      readonly kind: 'bind';
      readonly source: JqNode;
      readonly patterns: readonly [JqPattern, ...JqPattern[]];
      readonly body: JqNode;
    }
  | { readonly kind: 'label'; readonly name: string; readonly body: JqNode }
  | { readonly kind: 'break'; readonly name: string }
  | { readonly kind: 'define'; readonly definition: JqFunction; readonly body: JqNode }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly JqNode[]; readonly at: number };

/** Filters of some kinds. */
export type JqNodeOf<Kind extends JqNode['kind']> = Extract<JqNode, { readonly kind: Kind }>;

/** Variables of a pattern. */
export const patternVariables = (pattern: JqPattern): readonly string[] => {
  if (pattern.kind === 'variable') return [pattern.name];
  if (pattern.kind === 'array') return pattern.items.flatMap(patternVariables);
  return pattern.entries.flatMap(({ variable, value }) => [
    ...(variable === undefined ? [] : [variable]),
    ...(value ? patternVariables(value) : []),
  ]);
};
