/**
 * What every object a trigger creates says about where it came from. @spec EV-KND-01
 */
import { isObject } from '@argosy/base';
import type { KubeObject, ObjectMeta } from '@argosy/kube';

import type { TriggerContext, TriggerDeps } from './trigger-context.ts';

/** What caused an object, and the trace it belongs to: how one timeline is drawn over all products. */
const ANNOTATION_CAUSE = 'argosy.dev/cause';
const ANNOTATION_TRACEPARENT = 'argosy.dev/traceparent';
/** Upstream's labels. */
const LABEL_SENSOR = 'events.argoproj.io/sensor';
const LABEL_TRIGGER = 'events.argoproj.io/trigger';
const LABEL_ACTION_TIMESTAMP = 'events.argoproj.io/action-timestamp';

/** The metadata of an object to be created. */
export const withOrigin = (metadata: ObjectMeta, deps: TriggerDeps, context: TriggerContext): ObjectMeta => ({
  ...metadata,
  labels: {
    ...metadata.labels,
    [LABEL_SENSOR]: context.sensor.metadata.name ?? '',
    [LABEL_TRIGGER]: context.plan.name,
    [LABEL_ACTION_TIMESTAMP]: String(deps.clock.now()),
  },
  annotations: {
    ...metadata.annotations,
    [ANNOTATION_CAUSE]: causeOf(context),
    [ANNOTATION_TRACEPARENT]: traceparentOf(deps, context),
  },
});

/** Whether an object was created by this very firing, so that creating it again would be the same. */
export const isFromFiring = (object: KubeObject, context: TriggerContext): boolean => {
  const cause = parseCause(object.metadata.annotations?.[ANNOTATION_CAUSE]);
  return (
    cause?.['uid'] === context.sensor.metadata.uid &&
    cause?.['event'] === context.firing.eventId &&
    object.metadata.labels?.[LABEL_TRIGGER] === context.plan.name
  );
};

const causeOf = ({ sensor, firing }: TriggerContext): string =>
  JSON.stringify({
    kind: sensor.kind,
    namespace: sensor.metadata.namespace,
    name: sensor.metadata.name,
    uid: sensor.metadata.uid,
    event: firing.eventId,
  });

const parseCause = (text: string | undefined): Readonly<Record<string, unknown>> | undefined => {
  try {
    const parsed = text === undefined ? undefined : (JSON.parse(text) as unknown);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Somebody else's text.
    return undefined;
  }
};

/** The trace the event came with, or the first of a new one. @spec https://www.w3.org/TR/trace-context/ */
const traceparentOf = (deps: TriggerDeps, { firing }: TriggerContext): string => {
  const given = Object.values(firing.events).find((event) => event.traceparent !== undefined)?.traceparent;
  const hex = (): string => deps.random.uuid().replaceAll('-', '');
  return given ?? `00-${hex()}-${hex().slice(0, 16)}-01`;
};
