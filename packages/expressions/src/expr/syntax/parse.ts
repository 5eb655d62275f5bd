/**
 * Parses an expression into its tree.
 * @upstream expr-lang/expr parser/parser.go
 */
import { syntaxError } from '../expr-error.ts';
import type { ExprNode } from './ast.ts';
import { ExprReader, type ExprGrammar } from './expr-reader.ts';
import { parseExpression, parseSequence } from './parse-operators.ts';
import { tokenizeExpr } from './tokenize.ts';

const MAX_SOURCE = 256 * 1024;
const GRAMMAR: ExprGrammar = { expression: parseExpression, sequence: parseSequence };

/** Parses; throws ExprError of stage compile. `overridden` names functions of the environment that win over built-ins. */
export const parseExpr = (source: string, overridden: ReadonlySet<string> = new Set()): ExprNode => {
  if (source.length > MAX_SOURCE) throw syntaxError('expression is too long', 0);
  const reader = new ExprReader(tokenizeExpr(source), GRAMMAR, overridden);
  const node = reader.sequence();
  if (reader.token.kind !== 'end') throw reader.unexpected();
  return node;
};
