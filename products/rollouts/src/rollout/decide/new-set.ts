/**
 * The set of the template: it exists, carries the newest revision, and the rollout says which that is.
 */
import type { EventDraft } from '@argosy/controller';

import { REVISION } from '../names.ts';
import type { RolloutAction } from '../plan.ts';
import { EVENTS } from '../reasons.ts';
import { describeNewSet, nextRevision, revisionOf, withRevision } from '../revisions.ts';
import type { RolloutView } from '../view.ts';
import type { RolloutDecision } from '../decide.ts';
import { settled } from './finish.ts';

/** The set of the template exists and carries the newest revision, and the rollout says which that is. */
export const ensureNewSet = (view: RolloutView): RolloutDecision | undefined => {
  const others = view.world.sets.filter((set) => set !== view.newSet);
  const revision = nextRevision(others, view.newSet ? revisionOf(view.newSet) : 0);
  const annotate: readonly RolloutAction[] =
    view.rollout.metadata.annotations?.[REVISION] === String(revision) ? [] : [{ kind: 'annotate', revision }];
  if (!view.newSet) {
    const set = describeNewSet(view.rollout, view.hash, revision);
    const events: readonly EventDraft[] = [
      { type: 'Normal', reason: EVENTS.updated, message: `Rollout updated to revision ${revision}` },
      {
        type: 'Normal',
        reason: EVENTS.setCreated,
        message: `Created ReplicaSet ${set.metadata.name ?? ''} (revision ${revision})`,
      },
    ];
    return { ...settled(view.status), actions: [{ kind: 'create-set', set }, ...annotate], events };
  }
  if (revisionOf(view.newSet) !== revision)
    return {
      ...settled(view.status),
      actions: [{ kind: 'update-set', set: withRevision(view.newSet, revision) }, ...annotate],
      events: [{ type: 'Normal', reason: EVENTS.updated, message: `Rollout updated to revision ${revision}` }],
    };
  return annotate.length > 0 ? { ...settled(view.status), actions: annotate } : undefined;
};
