/**
 * The syntax tree of an expression.
 */
import type { ExprValue } from '../run/values.ts';

/** Binary operators after normalisation (`and` is `&&`, `^` is `**`). */
export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'matches'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | '..'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '??';

/** A node; `at` is the offset of its first character in the source. */
export type ExprNode =
  | { readonly kind: 'literal'; readonly at: number; readonly value: ExprValue }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  /** `#`, `#index`, `#acc`: the closure's own variables. */
  | { readonly kind: 'pointer'; readonly at: number; readonly name: '' | 'index' | 'acc' }
  | {
      readonly kind: 'member';
      readonly at: number;
      readonly object: ExprNode;
      readonly property: ExprNode;
      readonly optional: boolean;
    }
  /** Ends an optional chain: a `?.` on nil inside makes the whole chain nil. */
  | { readonly kind: 'chain'; readonly at: number; readonly body: ExprNode }
  | {
      readonly kind: 'slice';
      readonly at: number;
      readonly object: ExprNode;
      readonly from: ExprNode | undefined;
      readonly to: ExprNode | undefined;
    }
  | { readonly kind: 'call'; readonly at: number; readonly callee: ExprNode; readonly args: readonly ExprNode[] }
  | { readonly kind: 'builtin'; readonly at: number; readonly name: string; readonly args: readonly ExprNode[] }
  | { readonly kind: 'closure'; readonly at: number; readonly body: ExprNode }
  | { readonly kind: 'unary'; readonly at: number; readonly operator: '-' | '+' | '!'; readonly operand: ExprNode }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly operator: BinaryOperator;
      readonly left: ExprNode;
      readonly right: ExprNode;
    }
  | {
      readonly kind: 'conditional';
      readonly at: number;
      readonly condition: ExprNode;
      readonly whenTrue: ExprNode;
      readonly otherwise: ExprNode;
    }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly ExprNode[] }
  | {
      readonly kind: 'map';
      readonly at: number;
      readonly pairs: readonly { readonly key: ExprNode; readonly value: ExprNode }[];
    }
  | {
      readonly kind: 'let';
      readonly at: number;
      readonly name: string;
      readonly value: ExprNode;
      readonly body: ExprNode;
    }
  | { readonly kind: 'sequence'; readonly at: number; readonly nodes: readonly ExprNode[] };

/** Calls `visit` for a node and everything below it. `guarded`: below the left of `??`, or in an optional chain. */
export const walkExpr = (
  node: ExprNode,
  visit: (node: ExprNode, guarded: boolean) => boolean | void,
  guarded = false,
): void => {
  if (visit(node, guarded) === false) return;
  const inside = guarded || node.kind === 'chain';
  for (const child of childrenOf(node))
    walkExpr(child, visit, inside || (node.kind === 'binary' && node.operator === '??' && child === node.left));
};

const childrenOf = (node: ExprNode): readonly ExprNode[] => {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'pointer':
      return [];
    case 'member':
      return [node.object, node.property];
    case 'chain':
    case 'closure':
      return [node.body];
    case 'slice':
      return [node.object, node.from, node.to].filter((part) => part !== undefined);
    case 'call':
      return [node.callee, ...node.args];
    case 'builtin':
      return node.args;
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'conditional':
      return [node.condition, node.whenTrue, node.otherwise];
    case 'list':
      return node.items;
    case 'map':
      return node.pairs.flatMap((pair) => [pair.key, pair.value]);
    case 'let':
      return [node.value, node.body];
    case 'sequence':
      return node.nodes;
  }
};
