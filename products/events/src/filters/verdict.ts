/**
 * Verdicts of filters, and how several make one.
 */

/** What a filter says about an event. An error is a refusal that also tells why. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'error'; readonly message: string };

/** The event goes on. */
export const PASS: Verdict = { kind: 'pass' };
/** The event is none of the sensor's business. */
export const DROP: Verdict = { kind: 'drop' };

/** A verdict from a yes or no. */
export const verdictOf = (passes: boolean): Verdict => (passes ? PASS : DROP);

/** A refusal with its reason. */
export const errorOf = (message: string): Verdict => ({ kind: 'error', message });

/**
 * Combines the verdicts of a list of filters of one kind. `and` stops at the first that does not pass; `or` at the first
 * that does, and tells the errors only when none did. @spec EV-FLT-01
 */
export const combine = (operator: string | undefined, verdicts: Iterable<Verdict>): Verdict => {
  const isOr = operator === 'or';
  const errors: string[] = [];
  for (const verdict of verdicts) {
    if (isOr && verdict.kind === 'pass') return PASS;
    if (!isOr && verdict.kind !== 'pass') return verdict;
    if (verdict.kind === 'error') errors.push(verdict.message);
  }
  if (errors.length > 0) return errorOf(errors.join('; '));
  return verdictOf(!isOr);
};
