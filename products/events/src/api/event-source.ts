/**
 * The EventSource kind. A source type that is not here is refused by name. @spec EV-ES-01, EV-FLD-01, EV-FLD-02, EV-FLD-03, EV-FLD-05, EV-FLD-13
 */
import { Type, type Static, type TSchema } from 'typebox';

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

const WEBHOOK_FIELDS = {
  endpoint: optional(Type.String({ description: 'Path of the requests, e.g. /push.' })),
  method: optional(Type.String({ description: 'The one HTTP method that is let in.' })),
  port: optional(Type.String({ description: 'Port to listen on.' })),
  authSecret: optional(KeySelectorSchema),
  maxPayloadSize: optional(Type.Integer({ minimum: 1, description: 'Largest body in bytes; 1048576 when absent.' })),
} as const;

const WebhookSchema = Type.Object({
  ...WEBHOOK_FIELDS,
  metadata: optional(StringRecord),
  filter: optional(FilterSchema),
});

/** Without credentials upstream only listens too; owner, repositories and events then say what is listened for. */
const GithubSchema = Type.Object({
  webhook: optional(Type.Object(WEBHOOK_FIELDS)),
  repositories: optional(
    Type.Array(Type.Object({ owner: optional(Type.String()), names: optional(Type.Array(Type.String())) })),
  ),
  organizations: optional(Type.Array(Type.String())),
  id: optional(Type.Integer()),
  owner: optional(Type.String()),
  repository: optional(Type.String()),
  events: optional(Type.Array(Type.String())),
  webhookSecret: optional(KeySelectorSchema),
  active: optional(Type.Boolean()),
  insecure: optional(Type.Boolean()),
  contentType: optional(Type.String({ description: 'json or form.' })),
  metadata: optional(StringRecord),
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

const FileSchema = Type.Object({
  eventType: optional(Type.String({ description: 'CREATE, WRITE, REMOVE, RENAME or CHMOD.' })),
  watchPathConfig: optional(
    Type.Object({
      directory: optional(Type.String({ description: 'Absolute path.' })),
      path: optional(Type.String({ description: 'Name of a file in it.' })),
      pathRegexp: optional(Type.String()),
    }),
  ),
  polling: optional(Type.Boolean({ description: 'Look every 100 ms instead of being told by the system.' })),
  metadata: optional(StringRecord),
  filter: optional(FilterSchema),
});

export type GithubSource = Static<typeof GithubSchema>;
export type FileSource = Static<typeof FileSchema>;
export type ResourceSource = Static<typeof ResourceSchema>;
export type WebhookSource = Static<typeof WebhookSchema>;
export type CalendarSource = Static<typeof CalendarSchema>;
export type SourceFilter = Static<typeof FilterSchema>;

/** The types of source this version runs, with what AA and AP mean upstream. @spec EV-ES-02 */
export const SOURCE_TYPES = {
  webhook: 'active-active',
  github: 'active-active',
  calendar: 'active-passive',
  resource: 'active-passive',
  file: 'active-passive',
} as const;
export type SourceType = keyof typeof SOURCE_TYPES;

const byName = <T extends TSchema>(schema: T) =>
  optional(Type.Unsafe<Readonly<Record<string, Static<T>>>>({ type: 'object', additionalProperties: schema }));

const SpecSchema = Type.Object({
  eventBusName: optional(Type.String()),
  ...PodFields,
  service: optional(AnyObject),
  webhook: byName(WebhookSchema),
  github: byName(GithubSchema),
  calendar: byName(CalendarSchema),
  resource: byName(ResourceSchema),
  file: byName(FileSchema),
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
