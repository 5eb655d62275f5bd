/**
 * Condition types and reasons of EventSources; upstream's unless noted. @spec EV-CTL-03
 */
export const SOURCES_PROVIDED = 'SourcesProvided';
export const DEPLOYED = 'Deployed';
/** The spec does not say what it must. */
export const INVALID_EVENT_SOURCE = 'InvalidEventSource';
/** Ours: a source could not start, for instance because its port is in use. The others run. */
export const SOURCE_NOT_STARTED = 'SourceNotStarted';
