/**
 * Labels and annotations of rollouts and of what they own. @spec RO-SVC-01, RO-SVC-02, RO-HIST-03, RO-AN-08
 */

/** Tells the pods of one template from another's. */
export const HASH_LABEL = 'rollouts-pod-template-hash';
/** On a Service: the rollout that sets its selector. */
export const MANAGED_BY = 'argo-rollouts.argoproj.io/managed-by-rollouts';
/** On sets and rollouts: number of the template, from 1. */
export const REVISION = 'rollout.argoproj.io/revision';
/** On a set that came back: its earlier numbers. */
export const REVISION_HISTORY = 'rollout.argoproj.io/revision-history';
/** On a set: spec.replicas of the rollout when it was last sized. */
export const DESIRED_REPLICAS = 'rollout.argoproj.io/desired-replicas';
/** On a set that is no longer wanted: when its pods go. */
export const SCALE_DOWN_DEADLINE = 'argo-rollouts.argoproj.io/scale-down-deadline';
/** On runs: what started them. */
export const LABEL_ROLLOUT_TYPE = 'rollout-type';
/** On step runs: index of the step. */
export const LABEL_STEP_INDEX = 'step-index';
/** Causality of what a rollout makes. */
export const CARRIED_ANNOTATIONS = ['argosy.dev/cause', 'argosy.dev/traceparent'] as const;
