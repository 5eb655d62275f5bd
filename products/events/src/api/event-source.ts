/**
 * The EventSource kind. A source type that is not here is refused by name. @spec EV-ES-01, EV-FLD-01, EV-FLD-02, EV-FLD-05
 */
import { Type, type Static } from 'typebox';

import {
  AnyObject,
  StringRecord,
  toStructuralSchema,
  unsupportedFields,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import { KeySelectorSchema, PodFields, StatusSchema, type ConditionsStatus } from './shared-schema.ts';

const optional = Type.Optional;

const FilterSchema = Type.Object({
  expression: optional(Type.String({ description: 'expr-lang condition over the data of the event.' })),
});

const WebhookSchema = Type.Object({
  endpoint: optional(Type.String({ description: 'Path of the requests, e.g. /push.' })),
  method: optional(Type.String({ description: 'The one HTTP method that is let in.' })),
  port: optional(Type.String({ description: 'Port to listen on.' })),
  metadata: optional(StringRecord),
  authSecret: optional(KeySelectorSchema),
  maxPayloadSize: optional(Type.Integer({ minimum: 1, description: 'Largest body in bytes; 1048576 when absent.' })),
  filter: optional(FilterSchema),
});

const CalendarSchema = Type.Object({
  schedule: optional(Type.String({ description: 'Cron schedule of five fields; wins over interval.' })),
  interval: optional(Type.String({ description: 'Go duration between two events.' })),
  exclusionDates: optional(Type.Array(Type.String())),
  timezone: optional(Type.String()),
  metadata: optional(StringRecord),
  persistence: optional(
    Type.Object({
      catchup: optional(Type.Object({ enabled: optional(Type.Boolean()), maxDuration: optional(Type.String()) })),
      configMap: optional(Type.Object({ name: optional(Type.String()), createIfNotExist: optional(Type.Boolean()) })),
    }),
  ),
  filter: optional(FilterSchema),
});

const SelectorSchema = Type.Object({
  key: Type.String(),
  operation: optional(Type.String()),
  value: optional(Type.String()),
});

const ResourceSchema = Type.Object({
  namespace: optional(Type.String({ description: 'All namespaces when empty.' })),
  group: optional(Type.String()),
  version: optional(Type.String()),
  resource: optional(Type.String({ description: 'Plural name, e.g. pods.' })),
  eventTypes: optional(Type.Array(Type.String({ description: 'ADD, UPDATE or DELETE.' }))),
  filter: optional(
    Type.Object({
      prefix: optional(Type.String()),
      labels: optional(Type.Array(SelectorSchema)),
      fields: optional(Type.Array(SelectorSchema)),
      createdBy: optional(Type.String({ description: 'Objects made after this time are not told.' })),
      afterStart: optional(Type.Boolean()),
    }),
  ),
  metadata: optional(StringRecord),
});

export type ResourceSource = Static<typeof ResourceSchema>;
export type WebhookSource = Static<typeof WebhookSchema>;
export type CalendarSource = Static<typeof CalendarSchema>;
export type SourceFilter = Static<typeof FilterSchema>;

/** The types of source this version runs, with what AA and AP mean upstream. @spec EV-ES-02 */
export const SOURCE_TYPES = {
  webhook: 'active-active',
  calendar: 'active-passive',
  resource: 'active-passive',
} as const;
export type SourceType = keyof typeof SOURCE_TYPES;

const byName = <T extends typeof WebhookSchema | typeof CalendarSchema | typeof ResourceSchema>(schema: T) =>
  optional(Type.Unsafe<Readonly<Record<string, Static<T>>>>({ type: 'object', additionalProperties: schema }));

const SpecSchema = Type.Object({
  eventBusName: optional(Type.String()),
  ...PodFields,
  service: optional(AnyObject),
  webhook: byName(WebhookSchema),
  calendar: byName(CalendarSchema),
  resource: byName(ResourceSchema),
});

export type EventSourceSpec = Static<typeof SpecSchema>;
export type EventSource = KubeObject<EventSourceSpec, ConditionsStatus>;

const schema = toStructuralSchema(Type.Object({ spec: SpecSchema, status: optional(StatusSchema) }));

export const EVENT_SOURCE: KindDefinition<EventSource> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'EventSource',
  plural: 'eventsources',
  singular: 'eventsource',
  shortNames: ['es'],
  scope: 'Namespaced',
  statusSubresource: true,
  schema,
  validate: (object) => unsupportedFields(schema, object),
};
