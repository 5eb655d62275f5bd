/**
 * What stops a CEL expression. Thrown inside this folder, returned as a value at its door.
 */

/** An evaluation that failed. */
export class CelError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CelError';
  }
}

/** A text that is no expression, or whose types do not fit. */
export class CelCompileError extends Error {
  /** Offset of the character concerned. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'CelCompileError';
    this.at = at;
  }
}

/** A budget is spent: no `||` makes up for it. */
export class CelBudgetSpent extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
    this.name = 'CelBudgetSpent';
  }
}
