/**
 * Gives a set another size: the set as it is to be, with the sizes its deployment asked for, and what is told of it.
 * @upstream kubernetes pkg/controller/deployment/sync.go#scaleReplicaSet
 */
import type { EventDraft } from '@argosy/controller';
import type { Deployment, ReplicaSet } from '@argosy/kube';

import { DESIRED_REPLICAS, MAX_REPLICAS } from './revisions.ts';
import { rollingLimits } from './rolling.ts';
import { sizeOf } from './set-size.ts';

/** What may be done for a Deployment. */
export type DeploymentAction =
  | { readonly kind: 'create-set'; readonly set: ReplicaSet }
  /** Sets size, revision and desired-size annotations of a set. */
  | { readonly kind: 'update-set'; readonly set: ReplicaSet }
  | { readonly kind: 'delete-set'; readonly name: string; readonly uid: string }
  /** Writes the revision on the deployment itself. */
  | { readonly kind: 'annotate'; readonly revision: string };

/** Actions, and what is told once they are done. */
export interface Plan {
  readonly actions: readonly DeploymentAction[];
  readonly events: readonly EventDraft[];
}

/** One set of another size. */
export const resizePlan = (object: Deployment, set: ReplicaSet, replicas: number): Plan => ({
  actions: [{ kind: 'update-set', set: withSize(object, set, replicas) }],
  events: [scalingEvent(set, replicas > sizeOf(set) ? 'up' : 'down', sizeOf(set), replicas)],
});

/** What users read in `kubectl describe`. */
export const scalingEvent = (set: ReplicaSet, direction: 'up' | 'down', from: number, to: number): EventDraft => ({
  type: 'Normal',
  reason: 'ScalingReplicaSet',
  message: `Scaled ${direction} replica set ${set.metadata.name ?? ''} from ${from} to ${to}`,
});

/** A set of this size, which says what its deployment asked for. */
export const withSize = (object: Deployment, set: ReplicaSet, replicas: number): ReplicaSet => {
  const desired = object.spec?.replicas ?? 1;
  const annotations = {
    ...set.metadata.annotations,
    [DESIRED_REPLICAS]: String(desired),
    [MAX_REPLICAS]: String(desired + rollingLimits(object).maxSurge),
  };
  return {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...(set.spec ?? { selector: {}, template: { spec: { containers: [] } } }), replicas },
  };
};
