/**
 * What a broken rule of a rollout is.
 */

/** A broken rule: the field, what is wrong with it and what to write instead. */
export interface RolloutFault {
  readonly field: string;
  readonly message: string;
}

/** What a rule finds. */
export type Fault = RolloutFault | undefined;

/** A fault of a field. */
export const fault = (field: string, message: string): RolloutFault => ({ field, message });

/** What the first rule finds that finds anything. */
export const first = <T>(of: T, rules: readonly ((of: T) => Fault)[]): Fault => {
  for (const rule of rules) {
    const found = rule(of);
    if (found) return found;
  }
  return undefined;
};

/** Where a canary strategy stands in a rollout. */
export const CANARY = 'spec.strategy.canary';
