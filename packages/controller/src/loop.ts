/**
 * observe → decide → act → report as one reconcile function.
 */
import type { Instant } from '@argosy/base';
import type { KubeObject, ObjectKey } from '@argosy/kube';

import type { Next } from './controller.ts';
import type { EventDraft } from './recorder.ts';

/** What a decision is made from: the object, the world around it, and the time. */
export interface Observed<T extends KubeObject, World> {
  readonly object: T;
  readonly world: World;
  readonly now: Instant;
}

/** What is to be done. A printable value: `lint`, `diff` and `why` show it as it is. */
export interface Decision<Status, Action> {
  /** In order; acting stops at the first failure. */
  readonly actions: readonly Action[];
  /** The complete next status, not a difference. */
  readonly status: Status;
  /** Told on transitions. */
  readonly events: readonly EventDraft[];
  readonly next: Next;
}

/** The four tenses of a loop. */
export interface LoopDefinition<T extends KubeObject, World, Status, Action, Outcome = void> {
  /** Reads, nothing else. `undefined`: the object is gone. */
  readonly observe: (key: ObjectKey, signal: AbortSignal) => Promise<Observed<T, World> | undefined>;
  /** Pure and total. */
  readonly decide: (observed: Observed<T, World>) => Decision<Status, Action>;
  /** Does one action; idempotent. Throws when the world says no. */
  readonly act: (action: Action, observed: Observed<T, World>, signal: AbortSignal) => Promise<Outcome>;
  /** Writes the status if it differs, and tells the events. Called also after a failed action, with the outcomes so far. */
  readonly report: (
    observed: Observed<T, World>,
    decision: Decision<Status, Action>,
    outcomes: readonly Outcome[],
  ) => Promise<void>;
}

/** Makes the reconcile function of a loop. A failed action is thrown after the report, so that the key is tried again. */
export const createReconcile =
  <T extends KubeObject, World, Status, Action, Outcome>(
    loop: LoopDefinition<T, World, Status, Action, Outcome>,
  ): ((key: ObjectKey, signal: AbortSignal) => Promise<Next>) =>
  async (key, signal) => {
    const observed = await loop.observe(key, signal);
    if (!observed) return { kind: 'settled' };
    const decision = loop.decide(observed);
    const { outcomes, failure } = await actInOrder(loop, observed, decision, signal);
    await loop.report(observed, decision, outcomes);
    if (failure) throw failure.thrown;
    return decision.next;
  };

const actInOrder = async <T extends KubeObject, World, Status, Action, Outcome>(
  loop: LoopDefinition<T, World, Status, Action, Outcome>,
  observed: Observed<T, World>,
  decision: Decision<Status, Action>,
  signal: AbortSignal,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly failure?: { readonly thrown: unknown } }> => {
  const outcomes: Outcome[] = [];
  for (const action of decision.actions) {
    try {
      outcomes.push(await loop.act(action, observed, signal));
    } catch (thrown) {
      return { outcomes, failure: { thrown } };
    }
  }
  return { outcomes };
};
