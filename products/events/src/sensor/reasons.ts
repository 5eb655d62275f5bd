/**
 * Condition types and reasons of Sensors; upstream's unless noted. @spec EV-CTL-03
 */
export const DEPENDENCIES_PROVIDED = 'DependenciesProvided';
export const TRIGGERS_PROVIDED = 'TriggersProvided';
export const DEPLOYED = 'Deployed';
export const INVALID_DEPENDENCIES = 'InvalidDependencies';
export const INVALID_TRIGGERS = 'InvalidTriggers';
/** Ours, of Kubernetes events: a trigger failed for good; its events are done with. */
export const TRIGGER_FAILED = 'TriggerFailed';
