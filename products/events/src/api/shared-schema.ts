/**
 * Parts of the schemas that several kinds of Argo Events share.
 */
import { Type, type Static } from 'typebox';

import { AnyObject, AnyValue, type Condition } from '@argosy/kube';

const optional = Type.Optional;

/** A key of a Secret or ConfigMap in the object's namespace. */
export const KeySelectorSchema = Type.Object({
  name: optional(Type.String()),
  key: Type.String(),
  optional: optional(Type.Boolean()),
});

export type KeySelector = Static<typeof KeySelectorSchema>;

/**
 * What describes the pods upstream runs a source or sensor in. Here they run inside this program, so manifests may
 * have these fields and the Deployed condition says that they describe nothing. @spec EV-CTL-10, EV-CTL-11
 */
export const PodFields = { template: optional(AnyObject), replicas: optional(Type.Integer()) } as const;

/** Time between attempts. @spec EV-ES-12 */
export const BackoffSchema = Type.Object({
  duration: optional(AnyValue),
  factor: optional(AnyValue),
  jitter: optional(AnyValue),
  steps: optional(Type.Integer({ minimum: 0 })),
});

export type BackoffSpec = Static<typeof BackoffSchema>;

const ConditionSchema = Type.Object({
  type: Type.String(),
  status: Type.String(),
  reason: optional(Type.String()),
  message: optional(Type.String()),
  lastTransitionTime: optional(Type.String()),
});

/** Status of EventSources and Sensors: conditions and nothing else. @spec EV-CTL-01 */
export const StatusSchema = Type.Object({ conditions: optional(Type.Array(ConditionSchema)) });

export interface ConditionsStatus {
  readonly conditions?: readonly Condition[];
}
