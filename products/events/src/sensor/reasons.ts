/**
 * Condition types and reasons of Sensors; upstream's unless noted. @spec EV-CTL-03
 */

/** Type: every dependency can be met. */
export const DEPENDENCIES_PROVIDED = 'DependenciesProvided';
/** Type: every trigger can be fired. */
export const TRIGGERS_PROVIDED = 'TriggersProvided';
/** Type: the sensor listens. */
export const DEPLOYED = 'Deployed';
/** Reason: a dependency is wrong; the message names it. */
export const INVALID_DEPENDENCIES = 'InvalidDependencies';
/** Reason: a trigger is wrong; the message names it. */
export const INVALID_TRIGGERS = 'InvalidTriggers';
/** Ours, of Kubernetes events: a trigger failed for good; its events are done with. */
export const TRIGGER_FAILED = 'TriggerFailed';
