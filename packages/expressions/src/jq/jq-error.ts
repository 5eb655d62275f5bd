/**
 * What stops a jq program. Thrown inside this folder, returned as a value at its door.
 */
import { toText, type Jq } from './values/jq-value.ts';

/** An error a program may catch. */
export class JqError extends Error {
  /** What `catch` gets. */
  readonly value: Jq;

  constructor(message: string, value: Jq = message) {
    super(message);
    this.name = 'JqError';
    this.value = value;
  }
}

/** What `error` throws. */
export const userError = (value: Jq): JqError =>
  new JqError(`error: ${typeof value === 'string' ? value : toText(value)}`, value);

/** `break` on its way to its label. */
export class JqBreak extends Error {
  readonly label: object;

  constructor(label: object) {
    super('break');
    this.name = 'JqBreak';
    this.label = label;
  }
}

/** `halt` and `halt_error`: nothing catches them. */
export class JqHalt extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JqHalt';
  }
}

/** A text that is no program. */
export class JqSyntaxError extends Error {
  /** Offset of the character concerned. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'JqSyntaxError';
    this.at = at;
  }
}

/** What `try` may catch: budgets, halts and breaks pass. */
export const isCatchable = (thrown: unknown): thrown is JqError => thrown instanceof JqError;
