/**
 * Which set each Service selects. Pure. @spec RO-SVC-02, RO-SVC-05, RO-SVC-06, RO-SVC-07, RO-SVC-08, RO-SVC-13
 */
import type { ReplicaSet, Service } from '@argosy/kube';

import { isRouted } from '../../api/defaults.ts';
import { HASH_LABEL, MANAGED_BY } from '../names.ts';
import { joinPlans, NO_PLAN, planOf, type Plan } from '../plan.ts';
import { EVENTS } from '../reasons.ts';
import { hashOf } from '../revisions.ts';
import type { RolloutView } from '../view.ts';

/** Plans both Services of a canary. `routedWeight` is the weight the router has now. */
export const planCanaryServices = (view: RolloutView, routedWeight: number): Plan => {
  const { canaryService, stableService } = view.spec.strategy?.canary ?? {};
  const stable = view.stableSet ? planWhenAvailable(view, stableService, view.stableSet) : NO_PLAN;
  return joinPlans(stable, planCanaryService(view, canaryService, routedWeight));
};

const planCanaryService = (view: RolloutView, name: string | undefined, routedWeight: number): Plan => {
  if (view.isAborted && view.stableSet) {
    if (!isRouted(view.rollout)) return planWhenAvailable(view, name, view.stableSet);
    // Requests may still arrive at the canary until the router has let go of it.
    return routedWeight === 0 ? planSwitch(view, name, hashOf(view.stableSet)) : NO_PLAN;
  }
  return view.newSet ? planWhenAvailable(view, name, view.newSet) : NO_PLAN;
};

/** Points a Service at a set once it can answer: wholly the first time, with one pod later. */
const planWhenAvailable = (view: RolloutView, name: string | undefined, set: ReplicaSet): Plan => {
  const service = name ? view.world.services[name] : undefined;
  if (!service) return NO_PLAN;
  const isAdopted = service.metadata.annotations?.[MANAGED_BY] !== undefined;
  const available = set.status?.availableReplicas ?? 0;
  const isReady = isAdopted ? available > 0 : available > 0 && available >= (set.spec?.replicas ?? 0);
  return isReady ? planSwitch(view, name, hashOf(set)) : NO_PLAN;
};

/** Points a Service at a hash; nothing when it is so. */
export const planSwitch = (view: RolloutView, name: string | undefined, hash: string): Plan => {
  const service = name ? view.world.services[name] : undefined;
  if (!name || !service || hash === '') return NO_PLAN;
  const before = selectedHash(service);
  if (before === hash && service.metadata.annotations?.[MANAGED_BY] !== undefined) return NO_PLAN;
  return planOf(
    [{ kind: 'switch-service', service: name, hash }],
    [
      {
        type: 'Normal',
        reason: EVENTS.switchService,
        message: `Switched selector for service '${name}' from '${before ?? ''}' to '${hash}'`,
      },
    ],
  );
};

/** The hash a Service selects. */
export const selectedHash = (service: Service | undefined): string | undefined => service?.spec?.selector?.[HASH_LABEL];
