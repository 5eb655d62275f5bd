/**
 * The tree of a CEL expression. Macros are nodes of their own.
 */
import type { CelValue } from '../values/cel-value.ts';

interface Placed {
  /** Offset in the source. */
  readonly at: number;
}

/** Macros that run an expression for each item. */
export type LoopMacro =
  | 'all'
  | 'exists'
  | 'existsOne'
  | 'filter'
  | 'map'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy';

/** An expression. */
export type CelNode =
  | (Placed & { readonly kind: 'literal'; readonly value: CelValue })
  | (Placed & { readonly kind: 'identifier'; readonly name: string })
  | (Placed & {
      readonly kind: 'select';
      readonly target: CelNode;
      readonly field: string;
      /** `.?field`: absent rather than an error. */
      readonly isOptional: boolean;
    })
  | (Placed & { readonly kind: 'has'; readonly target: CelNode; readonly field: string })
  | (Placed & {
      readonly kind: 'index';
      readonly target: CelNode;
      readonly key: CelNode;
      readonly isOptional: boolean;
    })
  | (Placed & {
      readonly kind: 'call';
      readonly name: string;
      readonly target: CelNode | undefined;
      readonly args: readonly CelNode[];
    })
  | (Placed & { readonly kind: 'and' | 'or'; readonly left: CelNode; readonly right: CelNode })
  | (Placed & {
      readonly kind: 'conditional';
      readonly condition: CelNode;
      readonly whenTrue: CelNode;
      readonly whenFalse: CelNode;
    })
  | (Placed & {
      readonly kind: 'list';
      readonly items: readonly { readonly value: CelNode; readonly isOptional: boolean }[];
    })
  | (Placed & {
      readonly kind: 'map';
      readonly entries: readonly { readonly key: CelNode; readonly value: CelNode; readonly isOptional: boolean }[];
    })
  | (Placed & {
      readonly kind: 'loop';
      readonly macro: LoopMacro;
      readonly target: CelNode;
      /** One variable, or two: place or key, and item. */
      readonly variables: readonly string[];
      readonly filter: CelNode | undefined;
      readonly body: CelNode;
    })
  | (Placed & {
      readonly kind: 'optionalMap';
      readonly target: CelNode;
      readonly variable: string;
      readonly body: CelNode;
      /** Whether the body gives an optional itself. */
      readonly isFlat: boolean;
    });
