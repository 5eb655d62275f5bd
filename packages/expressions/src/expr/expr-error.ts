/**
 * What can be wrong with an expression. Thrown inside this folder, returned as a value at its door.
 */

/** `compile`: refused before running (syntax, unknown names, types). `run`: refused while running. */
export class ExprError extends Error {
  readonly stage: 'compile' | 'run';
  /** Finer than the stage: what a caller may decide on. */
  readonly reason: 'syntax' | 'unknownName' | 'type' | 'value' | 'budget';
  /** Offset of the character concerned. */
  readonly at: number;

  constructor(stage: 'compile' | 'run', reason: ExprError['reason'], message: string, at: number) {
    super(message);
    this.name = 'ExprError';
    this.stage = stage;
    this.reason = reason;
    this.at = at;
  }
}

/** A syntax error. */
export const syntaxError = (message: string, at: number): ExprError => new ExprError('compile', 'syntax', message, at);

/** A value an operation cannot take, found while running. */
export const valueError = (message: string, at = 0): ExprError => new ExprError('run', 'value', message, at);

/** Adds where: `message (1:5)`, line and column from 1, as expr-lang prints. */
export const describeExprError = (source: string, error: ExprError): string => {
  const before = source.slice(0, error.at).split('\n');
  return `${error.message} (${before.length}:${(before.at(-1) ?? '').length + 1})`;
};
