/**
 * Whether the new set becomes the stable one now, and why. Pure. @spec RO-ST-14, RO-ST-15, RO-BG-16, RO-BG-17
 */
import { hasProgressed } from '../../replicas/progress.ts';
import { stepsOf } from '../../replicas/canary-steps.ts';
import { sizeOf } from '../../replicas/set-size.ts';
import type { RolloutView } from '../view.ts';

/** Reason for a canary; undefined: not yet. `stepIndex` is the index this pass arrives at. */
export const canaryPromotion = (view: RolloutView, stepIndex: number | undefined): string | undefined => {
  if (view.isFullyPromoted) return undefined;
  if (view.isInRollbackWindow) return 'Rollback within window';
  if (view.isAborted || !isAvailable(view)) return undefined;
  if (!view.status.stableRS) return 'Initial deploy';
  if (view.status.promoteFull) return 'Full promotion requested';
  const count = stepsOf(view.spec).length;
  return count === 0 || stepIndex === count ? `Completed all ${count} canary steps` : undefined;
};

/** Reason for blue-green. `active` is the hash the active Service selects after this pass. */
export const blueGreenPromotion = (
  view: RolloutView,
  of: { readonly active: string | undefined; readonly isVerified: boolean },
): string | undefined => {
  if (view.isFullyPromoted || !view.newSet) return undefined;
  if (!view.status.blueGreen?.activeSelector && !view.status.stableRS) return 'Initial deploy';
  if (of.active !== view.hash) return undefined;
  if (view.status.promoteFull) return 'Full promotion requested';
  if (view.isAborted) return undefined;
  if (view.isInRollbackWindow) return 'Rollback within window';
  return of.isVerified ? 'Completed blue-green update' : undefined;
};

const isAvailable = (view: RolloutView): boolean => {
  const size = sizeOf(view.newSet);
  const threshold = view.spec.strategy?.canary?.replicaProgressThreshold;
  if (!size) return false;
  return (
    size.available >= view.replicas || ((threshold?.value ?? -1) >= 0 && hasProgressed(size, view.replicas, threshold))
  );
};
