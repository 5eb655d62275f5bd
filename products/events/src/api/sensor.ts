/**
 * The Sensor kind. @spec EV-SEN-01, EV-SEN-02, EV-FLT-01
 */
import { Type, type Static } from 'typebox';

import { toStructuralSchema, unsupportedFields, type KindDefinition, type KubeObject } from '@argosy/kube';

import { PodFields, StatusSchema, type ConditionsStatus } from './shared-schema.ts';
import { TriggerSchema } from './trigger-schema.ts';

const optional = Type.Optional;

const ExpressionFilter = Type.Object({
  expr: optional(Type.String()),
  fields: optional(Type.Array(Type.Object({ path: optional(Type.String()), name: optional(Type.String()) }))),
});

const DataFilter = Type.Object({
  path: optional(Type.String({ description: 'GJSON path in the data of the event.' })),
  type: optional(Type.String({ description: 'bool, number or string.' })),
  value: optional(Type.Array(Type.String())),
  comparator: optional(Type.String({ description: '>=, >, =, !=, < or <=.' })),
  template: optional(Type.String({ description: 'Go template that .Input, the value, goes through first.' })),
});

const ContextFilter = Type.Object({
  type: optional(Type.String()),
  subject: optional(Type.String()),
  source: optional(Type.String()),
  datacontenttype: optional(Type.String()),
  id: optional(Type.String()),
  time: optional(Type.String()),
  specversion: optional(Type.String()),
});

const TimeFilter = Type.Object({
  start: optional(Type.String()),
  stop: optional(Type.String()),
  timezone: optional(Type.String()),
});

const Filters = Type.Object({
  exprs: optional(Type.Array(ExpressionFilter)),
  data: optional(Type.Array(DataFilter)),
  context: optional(ContextFilter),
  time: optional(TimeFilter),
  exprLogicalOperator: optional(Type.String()),
  dataLogicalOperator: optional(Type.String()),
  script: optional(Type.String({ description: 'Lua that returns true for events that pass; `event` is the data.' })),
});

const Transform = Type.Object({
  jq: optional(Type.String({ description: 'jq program whose first output, an object, is the new data; wins.' })),
  script: optional(Type.String({ description: 'Lua that returns the new data; `event` is the old.' })),
});

const Dependency = Type.Object({
  name: optional(Type.String()),
  eventSourceName: optional(Type.String()),
  eventName: optional(Type.String()),
  transform: optional(Transform),
  filters: optional(Filters),
  filtersLogicalOperator: optional(Type.String({ description: 'and or or, between the kinds of filter.' })),
});

const SpecSchema = Type.Object({
  dependencies: optional(Type.Array(Dependency)),
  triggers: optional(Type.Array(TriggerSchema)),
  eventBusName: optional(Type.String()),
  ...PodFields,
  revisionHistoryLimit: optional(Type.Integer()),
});

export type SensorSpec = Static<typeof SpecSchema>;
export type EventDependency = Static<typeof Dependency>;
export type EventFilters = Static<typeof Filters>;
export type TransformSpec = Static<typeof Transform>;
export type DataFilterSpec = Static<typeof DataFilter>;
export type ExpressionFilterSpec = Static<typeof ExpressionFilter>;
export type TimeFilterSpec = Static<typeof TimeFilter>;
export type ContextFilterSpec = Static<typeof ContextFilter>;
export type Sensor = KubeObject<SensorSpec, ConditionsStatus>;

const schema = toStructuralSchema(Type.Object({ spec: SpecSchema, status: optional(StatusSchema) }));

export const SENSOR: KindDefinition<Sensor> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Sensor',
  plural: 'sensors',
  singular: 'sensor',
  shortNames: ['sn'],
  scope: 'Namespaced',
  statusSubresource: true,
  schema,
  validate: (object) => unsupportedFields(schema, object),
};
