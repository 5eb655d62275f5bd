/**
 * The Deployed condition of EventSources and Sensors, as far as the bus and the place they run in decide it.
 * @spec EV-CTL-03, EV-CTL-13
 */
import type { BusState } from '../event-bus/resolve-bus.ts';
import type { ConditionDraft } from './status-conditions.ts';

/** A bus that may not be used: what is wrong, and the remedy. */
export const withoutBus = (bus: Exclude<BusState, { readonly kind: 'ready' }>): ConditionDraft =>
  bus.kind === 'missing'
    ? {
        type: 'Deployed',
        status: 'False',
        reason: 'EventBusNotFound',
        message: `EventBus ${bus.name} does not exist in this namespace; create it or correct spec.eventBusName`,
      }
    : {
        type: 'Deployed',
        status: 'False',
        reason: 'EventBusNotReady',
        message: `EventBus ${bus.name} is not ready; its conditions say why`,
      };

/** Runs here. `podFields`: fields of the kind that describe pods upstream runs and this program does not have. */
export const deployed = (
  spec: object | undefined,
  bus: Extract<BusState, { readonly kind: 'ready' }>,
  podFields: readonly string[],
): ConditionDraft => {
  const given = podFields.filter((field) => spec !== undefined && Object.hasOwn(spec, field));
  const message = [
    'runs in this process',
    ...(bus.isImplicit ? [`EventBus ${bus.name} is the embedded one, no object of that name exists`] : []),
    ...(given.length > 0 ? [`${given.map((field) => `spec.${field}`).join(', ')} describe pods and are not used`] : []),
  ].join('; ');
  return { type: 'Deployed', status: 'True', message };
};
