/**
 * Schemas read off the tables of messages, for kinds that need no more than what Kubernetes' types say.
 */
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import type { Message, MessageField, MessageTable } from './message-table.ts';

/** Words of a field's type, as schemas. */
const PLAIN: Readonly<Record<string, StructuralSchema>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  double: { type: 'number', format: 'double' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time', 'x-argosy-form': 'micro-time' },
  Duration: { type: 'string' },
  Raw: { 'x-kubernetes-preserve-unknown-fields': true },
  Json: { 'x-kubernetes-preserve-unknown-fields': true },
  SchemaOrList: { 'x-kubernetes-preserve-unknown-fields': true },
  SchemaOrFlag: { 'x-kubernetes-preserve-unknown-fields': true },
  SchemaOrTexts: { 'x-kubernetes-preserve-unknown-fields': true },
  Quantity: {
    anyOf: [{ type: 'number' }, { type: 'string' }],
    'x-kubernetes-preserve-unknown-fields': true,
    'x-argosy-form': 'quantity',
  },
  IntOrString: { 'x-kubernetes-int-or-string': true },
  Items: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
};

/**
 * The schema of a message with everything below it; `undefined` when there is no such message. A kind's own schema has
 * `apiVersion` and `kind` besides. Pure.
 */
export const schemaOfMessage = (table: MessageTable, name: string): StructuralSchema | undefined => {
  const message = table.find(name);
  if (!message) return undefined;
  // Of lists and maps Go tells none from an empty one, and no client can be asked for more.
  const required = fieldsOf(table, message).filter((field) => field.isRequired && field.type.kind === 'one');
  return {
    type: 'object',
    properties: propertiesOf(table, message),
    ...(required.length > 0 ? { required: required.map((field) => field.name) } : {}),
    ...(message.isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
};

/** A kind's schema: its message with the members every object has. */
export const schemaOfKind = (table: MessageTable, name: string): StructuralSchema | undefined => {
  const schema = schemaOfMessage(table, name);
  return schema && { ...schema, properties: { apiVersion: TEXT, kind: TEXT, ...schema.properties } };
};

/** The fields of a message with those of the messages it embeds. */
export const fieldsOf = (table: MessageTable, message: Message): readonly MessageField[] =>
  message.fields.flatMap((field) => {
    if (field.type.kind !== 'inline') return [field];
    const embedded = table.find(field.type.of);
    return embedded ? fieldsOf(table, embedded) : [];
  });

const TEXT: StructuralSchema = { type: 'string' };

const propertiesOf = (table: MessageTable, message: Message): Readonly<Record<string, StructuralSchema>> =>
  Object.fromEntries(fieldsOf(table, message).map((field) => [field.name, schemaOfField(table, field)]));

const schemaOfField = (table: MessageTable, field: MessageField): StructuralSchema => {
  const { type, merging } = field;
  const inner = schemaOfType(table, type.of);
  const patch: StructuralSchema = {
    ...(field.patchStrategy ? { 'x-kubernetes-patch-strategy': field.patchStrategy } : {}),
    ...(field.patchMergeKey ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
  };
  const isMapType = merging === 'atomic' || merging === 'granular';
  const ownership: StructuralSchema = isMapType ? { 'x-kubernetes-map-type': merging } : {};
  if (type.kind === 'map') return { type: 'object', additionalProperties: inner, ...ownership, ...patch };
  if (type.kind !== 'list') return { ...inner, ...ownership, ...patch };
  return {
    type: 'array',
    items: inner,
    'x-kubernetes-list-type': merging === 'map' || merging === 'set' ? merging : 'atomic',
    // What must be told apart the kinds' rules say.
    ...(merging === 'map' || merging === 'set' ? { 'x-argosy-tolerates-duplicates': true } : {}),
    ...(field.listMapKeys ? { 'x-kubernetes-list-map-keys': field.listMapKeys } : {}),
    ...patch,
  };
};

const schemaOfType = (table: MessageTable, name: string): StructuralSchema =>
  (Object.hasOwn(PLAIN, name) ? PLAIN[name] : schemaOfMessage(table, name)) ?? {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
  };
