/**
 * The EventBus kind. Its spec says which product carries events upstream; here the embedded log does, whatever is
 * named, so the parts are kept as they are. @spec EV-BUS-01
 */
import { Type, type Static } from 'typebox';

import { AnyObject, toStructuralSchema, unsupportedFields, type KindDefinition, type KubeObject } from '@argosy/kube';

import { StatusSchema, type ConditionsStatus } from './shared-schema.ts';

const optional = Type.Optional;

const SpecSchema = Type.Object({
  nats: optional(AnyObject),
  jetstream: optional(AnyObject),
  kafka: optional(AnyObject),
  jetstreamExotic: optional(AnyObject),
});

export type EventBusSpec = Static<typeof SpecSchema>;
export type EventBusObject = KubeObject<EventBusSpec, ConditionsStatus>;

const schema = toStructuralSchema(Type.Object({ spec: SpecSchema, status: optional(StatusSchema) }));

export const EVENT_BUS: KindDefinition<EventBusObject> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'EventBus',
  plural: 'eventbus',
  singular: 'eventbus',
  shortNames: ['eb'],
  scope: 'Namespaced',
  statusSubresource: true,
  schema,
  validate: (object) => unsupportedFields(schema, object),
};
