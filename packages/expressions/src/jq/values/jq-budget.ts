/**
 * What ends a run that asks for too much. Its own file: values charge for themselves.
 */

/** A limit is passed: nothing catches it. */
export class JqBudgetSpent extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JqBudgetSpent';
  }
}
