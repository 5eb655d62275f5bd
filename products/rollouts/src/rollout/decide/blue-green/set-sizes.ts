/**
 * How many pods each set of a blue-green update has. @spec RO-BG-03, RO-BG-14
 */
import { abortDelayOf } from '../../../api/defaults.ts';
import type { BlueGreenStrategy } from '../../../api/strategy.ts';
import { joinPlans, NO_PLAN, wakeAt, type Plan } from '../../plan.ts';
import { deadlineOf, type RolloutView } from '../../view.ts';
import { planOldBlueGreenSets } from '../old-sets.ts';
import { changeSet } from '../resize-set.ts';
import { activeHashOf } from './switch-view.ts';

/** The sizes of the stable, the new and the old sets. */
export const planSizes = (view: RolloutView, strategy: BlueGreenStrategy): Plan => {
  const stable =
    view.stableSet && view.stableSet !== view.newSet
      ? changeSet(view, view.stableSet, {
          replicas: view.replicas,
          ...(isServed(view, strategy) ? {} : { deadline: null }),
        })
      : NO_PLAN;
  return joinPlans(stable, planNewSet(view, strategy), planOldBlueGreenSets(view));
};

/** The old stable waits for its end only after the switch; until then it serves. */
const isServed = (view: RolloutView, strategy: BlueGreenStrategy): boolean =>
  activeHashOf(view, strategy) === view.hash;

const planNewSet = (view: RolloutView, strategy: BlueGreenStrategy): Plan => {
  const set = view.newSet;
  if (!set) return NO_PLAN;
  if (view.isAborted && !view.isFullyPromoted) return planAborted(view);
  const replicas = newSetSize({
    replicas: view.replicas,
    previewReplicaCount: strategy.previewReplicaCount,
    hash: view.hash,
    activeSelector: activeHashOf(view, strategy),
    currentPodHash: view.status.currentPodHash,
    checkpoint: view.status.blueGreen?.scaleUpPreviewCheckPoint === true,
    promoteFull: view.status.promoteFull === true,
  });
  return changeSet(view, set, { replicas, deadline: null });
};

/** Pods of the new set. @spec RO-BG-03 */
export const newSetSize = (of: {
  readonly replicas: number;
  readonly previewReplicaCount: number | undefined;
  readonly hash: string;
  readonly activeSelector: string | undefined;
  readonly currentPodHash: string | undefined;
  readonly checkpoint: boolean;
  readonly promoteFull: boolean;
}): number => {
  const { previewReplicaCount, activeSelector } = of;
  const isWhole = previewReplicaCount === undefined || of.promoteFull || !activeSelector || activeSelector === of.hash;
  if (isWhole) return of.replicas;
  return of.checkpoint && of.currentPodHash === of.hash ? of.replicas : previewReplicaCount;
};

/** The preview of an aborted update stays up for the delay. @spec RO-BG-14 */
export const planAborted = (view: RolloutView): Plan => {
  const set = view.newSet;
  const delay = abortDelayOf(view.spec).seconds;
  if (!set || delay === null || (set.spec?.replicas ?? 0) === 0) return NO_PLAN;
  const deadline = deadlineOf(set);
  if (deadline === undefined) {
    const at = view.now + delay * 1000;
    return joinPlans(changeSet(view, set, { deadline: at }), wakeAt(at));
  }
  return deadline > view.now ? wakeAt(deadline) : changeSet(view, set, { replicas: 0, deadline: null });
};
