/**
 * Writes a set's size and what goes with it. Pure. @spec RO-HIST-03, RO-TRC-07, RO-SE-36
 */
import { toTimestamp, type Instant } from '@argosy/base';
import type { ReplicaSet } from '@argosy/kube';

import { DESIRED_REPLICAS, SCALE_DOWN_DEADLINE } from '../names.ts';
import { NO_PLAN, planOf, type Plan } from '../plan.ts';
import { EVENTS } from '../reasons.ts';
import type { RolloutView } from '../view.ts';

/** What to write on a set; what is absent stays as it is. */
export interface SetChange {
  readonly replicas?: number;
  /** A deadline to set, or null to take it away. */
  readonly deadline?: Instant | null;
}

/** Plans the change; nothing when the set is so already. */
export const changeSet = (view: RolloutView, set: ReplicaSet, change: SetChange): Plan => {
  const before = set.spec?.replicas ?? 0;
  const replicas = change.replicas ?? before;
  const annotations = annotationsWith(view, set, change);
  const isSame =
    replicas === before &&
    annotations[DESIRED_REPLICAS] === set.metadata.annotations?.[DESIRED_REPLICAS] &&
    annotations[SCALE_DOWN_DEADLINE] === set.metadata.annotations?.[SCALE_DOWN_DEADLINE];
  if (isSame || !set.spec) return NO_PLAN;
  const next: ReplicaSet = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } };
  return planOf([{ kind: 'update-set', set: next }], replicas === before ? [] : [scalingEvent(set, before, replicas)]);
};

/** Whether a plan changes a size. */
export const isScaling = (plan: Plan): boolean => plan.events.some(({ reason }) => reason === EVENTS.scaling);

const annotationsWith = (view: RolloutView, set: ReplicaSet, change: SetChange): Readonly<Record<string, string>> => {
  const { [SCALE_DOWN_DEADLINE]: deadline, ...kept } = set.metadata.annotations ?? {};
  const next =
    change.deadline === undefined ? deadline : change.deadline === null ? undefined : toTimestamp(change.deadline);
  return {
    ...kept,
    [DESIRED_REPLICAS]: String(view.replicas),
    ...(next === undefined ? {} : { [SCALE_DOWN_DEADLINE]: next }),
  };
};

const scalingEvent = (set: ReplicaSet, from: number, to: number) =>
  ({
    type: 'Normal',
    reason: EVENTS.scaling,
    message: `Scaled ${to > from ? 'up' : 'down'} ReplicaSet ${set.metadata.name ?? ''} (revision ${set.metadata.annotations?.['rollout.argoproj.io/revision'] ?? ''}) from ${from} to ${to}`,
  }) as const;
