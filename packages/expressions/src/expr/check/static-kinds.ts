/**
 * What is known of a value before an expression runs.
 */
import { ExprError } from '../expr-error.ts';
import type { ExprNode } from '../syntax/ast.ts';
import type { ExprKind } from '../run/values.ts';

/** The kind of a value; `any` when only a run tells. */
export type Static = ExprKind | 'any';

/** Kinds of the variables around a node; those of closures begin with `#`. */
export type Scope = ReadonlyMap<string, Static>;

/** Tells the kind of a child node, in the same scope or in another. Throws ExprError. */
export type Inside = (child: ExprNode, inner?: Scope) => Static;

/** The error of an operand that can never fit. */
export const typeError = (message: string, at: number): ExprError => new ExprError('compile', 'type', message, at);

/** Whether a value may be of one of these kinds. */
export const fits = (kind: Static, ...allowed: readonly Static[]): boolean => kind === 'any' || allowed.includes(kind);
