/**
 * The two sorts of thrown error. An expected outcome is neither: it is a value in a union.
 */

/** What a Failure concerns and whether trying again can help. */
export interface FailureDetails {
  /** Machine-readable code; callers decide on this, never on the message. */
  readonly code: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  /** The object concerned, as `Kind namespace/name`. */
  readonly object?: string;
  readonly cause?: unknown;
}

/** The world said no: an API, a repository, the network, a disk. */
export class Failure extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly object: string | undefined;

  constructor(message: string, details: FailureDetails) {
    super(message, { cause: details.cause });
    this.name = 'Failure';
    this.code = details.code;
    this.retryable = details.retryable ?? false;
    this.object = details.object;
  }
}

/** A bug of ours. Never thrown for user input; caught only by worker loops, which report it and move on. */
export class Defect extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'Defect';
  }
}

/** Fails the build when a union gains a member a switch does not handle, and the run when a value escapes its type. */
export const assertNever = (value: never): never => {
  throw new Defect(`unexpected value ${JSON.stringify(value)}`);
};

/** Gives the message of anything thrown, for showing to people. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
