/**
 * What one run of a program may use, and what it has used.
 */
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';

/** Limits of a run; the defaults are far beyond what manifests need. */
export interface JsonnetBudget {
  /** Calls, fields and items computed. */
  readonly steps: number;
  /** Characters and items made, all together. */
  readonly size: number;
  /** Calls, fields and lazy values within one another; go-jsonnet has 500. */
  readonly depth: number;
}

export const DEFAULT_BUDGET: JsonnetBudget = { steps: 10_000_000, size: 128 * 1024 * 1024, depth: 500 };

/** Longest single text or array: more than one Kubernetes object or a repository's could be. */
const LARGEST = 64 * 1024 * 1024;

/** Counts. */
export class Machine {
  private steps = 0;
  private size = 0;
  private depth = 0;
  readonly budget: JsonnetBudget;
  /** Where `std.trace` writes. */
  readonly trace: (line: string) => void;

  constructor(budget: JsonnetBudget, trace: (line: string) => void) {
    this.budget = budget;
    this.trace = trace;
  }

  /** Work done. */
  spend(count: number): void {
    this.steps += count;
    if (this.steps > this.budget.steps)
      throw new JsonnetProblem('JsonnetBudget', `more than ${this.budget.steps} steps: does this program end?`);
  }

  /** Memory taken, before it is. */
  reserve(count: number): void {
    this.size += count;
    if (count > LARGEST) throw new JsonnetProblem('JsonnetBudget', `a text or an array of more than ${LARGEST} parts`);
    if (this.size > this.budget.size)
      throw new JsonnetProblem('JsonnetBudget', `more than ${this.budget.size} characters and items made`);
  }

  /** Begins something that stands on the stack; nothing catches, so only success need leave. */
  enter(): void {
    this.spend(1);
    this.depth += 1;
    if (this.depth > this.budget.depth)
      throw new JsonnetProblem('JsonnetBudget', 'max stack frames exceeded: does this recursion end?');
  }

  leave(): void {
    this.depth -= 1;
  }
}
