/** An expected outcome as a value: either what was asked for, or why not. */
export type Result<T, E = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** Wraps a value as success. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** Wraps a reason as refusal. */
export const fail = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
