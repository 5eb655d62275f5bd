/**
 * What a render may spend. Pure code has no clock, so work is counted.
 */

/** Limits of one render; the defaults are far beyond real charts. */
export interface TemplateBudget {
  /** Nodes walked, calls made, items built. */
  readonly steps: number;
  /** Characters written, those of included templates too; also the longest text a function may build. */
  readonly outputBytes: number;
  /** Templates inside templates. */
  readonly depth: number;
}

/** Used for what a caller leaves out. */
export const DEFAULT_TEMPLATE_BUDGET: TemplateBudget = { steps: 10_000_000, outputBytes: 32 * 1024 * 1024, depth: 300 };

/** Thrown when a limit is passed; becomes a failure at the node being run. */
export class BudgetSpent extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BudgetSpent';
  }
}

/** Counts down. */
export class BudgetMeter {
  private readonly limits: TemplateBudget;
  private steps = 0;
  private output = 0;

  constructor(limits: TemplateBudget) {
    this.limits = limits;
  }

  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > this.limits.steps) throw new BudgetSpent(`exceeded the budget of ${this.limits.steps} steps`);
  }

  reserve(characters: number): void {
    if (characters > this.limits.outputBytes)
      throw new BudgetSpent(`exceeded the budget of ${this.limits.outputBytes} bytes`);
  }

  write(characters: number): void {
    this.output += characters;
    this.reserve(this.output);
  }

  enter(depth: number): void {
    if (depth > this.limits.depth) throw new BudgetSpent(`exceeded maximum template depth (${this.limits.depth})`);
  }
}
