/**
 * When the pods of sets that are neither new nor stable go. Pure. @spec RO-REP-05, RO-TRC-07, RO-TRC-08, RO-CAN-20, RO-CAN-22, RO-BG-12, RO-BG-13
 */
import type { ReplicaSet } from '@argosy/kube';

import { isRouted, scaleDownDelayOf } from '../../api/defaults.ts';
import type { Rollout, RolloutStatus } from '../../api/rollout.ts';
import { sizeOf, totalOf } from '../../replicas/set-size.ts';
import { surgeLimitsOf } from '../../replicas/surge.ts';
import { HASH_LABEL } from '../names.ts';
import { joinPlans, NO_PLAN, wakeAt, type Plan } from '../plan.ts';
import { hashOf } from '../revisions.ts';
import { deadlineOf, type RolloutView } from '../view.ts';
import { changeSet } from './resize-set.ts';

/** Plans the old sets of a canary. */
export const planOldCanarySets = (view: RolloutView): Plan => {
  const open = view.otherSets.filter((set) => (set.spec?.replicas ?? 0) > 0);
  if (!isRouted(view.rollout)) return drainWithinLimits(view, open);
  if (view.spec.strategy?.canary?.dynamicStableScale)
    return joinPlans(...open.filter(isFree(view)).map((set) => changeSet(view, set, { replicas: 0 })));
  return planDelayed(view, open.filter(isFree(view)), (set) => view.isFullyPromoted || deadlineOf(set) !== undefined);
};

/** Plans the old sets of a blue-green rollout. */
export const planOldBlueGreenSets = (view: RolloutView): Plan => {
  const open = view.otherSets.filter((set) => (set.spec?.replicas ?? 0) > 0).filter(isFree(view));
  return planDelayed(view, open, () => true);
};

/** Whether a set's hash is in use somewhere, so that its pods must stay. */
export const isReferenced = (
  hash: string,
  of: {
    readonly status: RolloutStatus;
    readonly strategy: NonNullable<Rollout['spec']>['strategy'];
    /** Hash each Service selects now. */
    readonly serviceHashes: Readonly<Record<string, string | undefined>>;
  },
): boolean => {
  if (hash === '') return false;
  const { status, strategy } = of;
  const services = [
    strategy?.canary?.canaryService,
    strategy?.canary?.stableService,
    strategy?.blueGreen?.activeService,
    strategy?.blueGreen?.previewService,
  ];
  const inUse = [
    status.stableRS,
    status.currentPodHash,
    status.blueGreen?.activeSelector,
    status.blueGreen?.previewSelector,
    status.canary?.weights?.canary?.podTemplateHash,
    status.canary?.weights?.stable?.podTemplateHash,
    ...services.map((name) => (name ? of.serviceHashes[name] : undefined)),
  ];
  return inUse.includes(hash);
};

const isFree =
  (view: RolloutView) =>
  (set: ReplicaSet): boolean =>
    !isReferenced(hashOf(set), {
      status: view.status,
      strategy: view.spec.strategy,
      serviceHashes: Object.fromEntries(
        Object.entries(view.world.services).map(([name, service]) => [name, service.spec?.selector?.[HASH_LABEL]]),
      ),
    });

/** Without a router old pods carry traffic: they go as availability allows, broken ones first. */
const drainWithinLimits = (view: RolloutView, open: readonly ReplicaSet[]): Plan => {
  const all = [...view.otherSets, view.newSet, view.stableSet === view.newSet ? undefined : view.stableSet];
  const available = totalOf(
    all.map((set) => sizeOf(set)),
    'available',
  );
  let room = available - (view.replicas - surgeLimitsOf(view.spec).unavailable);
  const plans = open.map((set) => {
    const size = sizeOf(set);
    const broken = size.spec - Math.min(size.spec, size.available);
    const healthy = Math.max(0, Math.min(size.spec - broken, room));
    room -= healthy;
    return changeSet(view, set, { replicas: size.spec - broken - healthy });
  });
  return joinPlans(...plans);
};

/** Sets that had traffic stay up for the delay, so that it can come back at once; the others go now. */
const planDelayed = (view: RolloutView, open: readonly ReplicaSet[], isDelayed: (set: ReplicaSet) => boolean): Plan => {
  const strategy = view.spec.strategy?.canary ?? view.spec.strategy?.blueGreen;
  const limit = strategy?.scaleDownDelayRevisionLimit ?? Number.MAX_SAFE_INTEGER;
  const newestFirst = [...open].sort((left, right) =>
    (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? 1 : -1,
  );
  let kept = 0;
  return joinPlans(
    ...newestFirst.map((set) => {
      if (!isDelayed(set)) return changeSet(view, set, { replicas: 0 });
      kept += 1;
      return kept > limit ? changeSet(view, set, { replicas: 0, deadline: null }) : planDeadline(view, set);
    }),
  );
};

const planDeadline = (view: RolloutView, set: ReplicaSet): Plan => {
  const deadline = deadlineOf(set);
  if (deadline === undefined) {
    const delayMs = scaleDownDelayOf(view.spec) * 1000;
    if (delayMs === 0) return changeSet(view, set, { replicas: 0 });
    return joinPlans(changeSet(view, set, { deadline: view.now + delayMs }), wakeAt(view.now + delayMs));
  }
  if (deadline > view.now) return joinPlans(NO_PLAN, wakeAt(deadline));
  return changeSet(view, set, { replicas: 0, deadline: null });
};
