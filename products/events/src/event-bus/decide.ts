/**
 * What an EventBus amounts to here: any valid one is carried by the embedded log. @spec EV-BUS-01, EV-BUS-15
 */
import type { Instant } from '@argosy/base';

import type { EventBusObject, EventBusSpec } from '../api/event-bus.ts';
import type { ConditionsStatus } from '../api/shared-schema.ts';
import { statusWith, type ConditionDraft } from '../conditions/status-conditions.ts';

/** Whether a bus can be used. */
export type BusVerdict =
  | { readonly kind: 'carried'; readonly implementation: keyof EventBusSpec }
  | { readonly kind: 'invalid'; readonly message: string };

/** In upstream's order of precedence. */
const IMPLEMENTATIONS = ['nats', 'jetstream', 'kafka', 'jetstreamExotic'] as const;

/** Judges a bus by its spec. */
export const judgeEventBus = (bus: EventBusObject): BusVerdict => {
  const implementation = IMPLEMENTATIONS.find((name) => bus.spec?.[name] !== undefined);
  if (!implementation)
    return {
      kind: 'invalid',
      message:
        'spec: one of nats, jetstream, kafka or jetstreamExotic must be given, e.g. jetstream: {version: latest}',
    };
  if (implementation === 'jetstream' && (bus.spec?.jetstream?.['version'] ?? '') === '')
    return { kind: 'invalid', message: 'spec.jetstream.version must be given, e.g. latest' };
  return { kind: 'carried', implementation };
};

/** The next status of a bus. */
export const decideEventBus = (bus: EventBusObject, now: Instant): ConditionsStatus => {
  const verdict = judgeEventBus(bus);
  const drafts: readonly ConditionDraft[] =
    verdict.kind === 'carried'
      ? [
          {
            type: 'Configured',
            status: 'True',
            message: `spec.${verdict.implementation} names this bus; its settings are not used`,
          },
          {
            type: 'Deployed',
            status: 'True',
            reason: 'Embedded',
            message: 'events are carried by the embedded durable log of this process; nothing was installed',
          },
        ]
      : [
          { type: 'Configured', status: 'False', reason: 'InvalidEventBus', message: verdict.message },
          { type: 'Deployed', status: 'False', reason: 'InvalidEventBus', message: verdict.message },
        ];
  return statusWith(bus.status, drafts, now);
};
