/**
 * What of a blue-green update is to be seen: whom the active Service selects, and how far the new version is.
 */
import type { BlueGreenStrategy } from '../../../api/strategy.ts';
import { DESIRED_REPLICAS } from '../../names.ts';
import { deadlineOf, isSaturated, type RolloutView } from '../../view.ts';
import { selectedHash } from '../services.ts';

/** The version that the active Service selects. */
export const activeHashOf = (view: RolloutView, strategy: BlueGreenStrategy): string | undefined =>
  selectedHash(view.world.services[strategy.activeService ?? '']);

/** Whether pause and pre-promotion analysis are skipped: the version is known to be good, or nobody is served yet. @spec RO-BG-08 */
export const isFastTracked = (view: RolloutView, strategy: BlueGreenStrategy): boolean => {
  const active = activeHashOf(view, strategy);
  return (
    view.isFullyPromoted ||
    view.isInRollbackWindow ||
    view.status.promoteFull === true ||
    active === undefined ||
    active === view.hash ||
    (view.newSet !== undefined && deadlineOf(view.newSet) !== undefined && !view.isAborted)
  );
};

/** Whether the new version has all its pods. */
export const isReadyForSwitch = (view: RolloutView): boolean =>
  isSaturated(view.newSet, view.replicas) &&
  view.newSet?.metadata.annotations?.[DESIRED_REPLICAS] === String(view.replicas);

/** Whether the new version has as many pods as its preview is to have. */
export const isReadyForPause = (view: RolloutView, strategy: BlueGreenStrategy): boolean =>
  isReadyForSwitch(view) ||
  (strategy.previewReplicaCount !== undefined && isSaturated(view.newSet, strategy.previewReplicaCount));
