/**
 * What an object of a built-in kind has before anybody says anything: members its Go type always writes. Whoever creates
 * an object does not own them for having named them, and a status is there from the beginning.
 * @upstream the `json` tags without `omitempty` of k8s.io/api
 */
import { isObject, type Json, type JsonObject } from '@argosy/base';

import { toApiVersion } from '../../objects/object.ts';
import { MESSAGES, messageNameOf, type Message, type MessageField } from '../../messages/message-table.ts';
import { fieldsOf } from '../../messages/schema-of-message.ts';

/** The members objects of a built-in kind always have, without metadata; of any other kind none. */
export const emptyObjectOf = (kind: {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}): JsonObject => {
  const message = MESSAGES.find(messageNameOf(toApiVersion(kind), kind.kind));
  if (!message) return NONE;
  const { metadata: _metadata, ...members } = emptyMessage(message);
  return members;
};

const NONE: JsonObject = {};

const emptyMessage = (message: Message): JsonObject => {
  if (message.name === 'meta.ObjectMeta') return NONE;
  const members = fieldsOf(MESSAGES, message).flatMap((field) => {
    const member = emptyMember(field);
    return member === undefined ? [] : [[field.name, member] as const];
  });
  return members.length === 0 ? NONE : Object.fromEntries(members);
};

/** Go leaves out empty texts, numbers, lists and what is behind pointers, if it is told to; structs never. */
const emptyMember = ({ type, isPointer, isAlwaysWritten }: MessageField): Json | undefined => {
  const struct = type.kind === 'one' && !isPointer ? MESSAGES.find(type.of) : undefined;
  if (struct) return emptyMessage(struct);
  if (type.kind === 'one' && !isPointer && WRITTEN_AS_NULL.has(type.of)) return null;
  if (!isAlwaysWritten) return undefined;
  return type.kind === 'one' && !isPointer && Object.hasOwn(ZEROS, type.of) ? ZEROS[type.of] : null;
};

/** Structs that write themselves, as null when they are empty. */
const WRITTEN_AS_NULL: ReadonlySet<string> = new Set(['Time', 'MicroTime', 'Raw']);

const ZEROS: Readonly<Record<string, Json>> = { string: '', int32: 0, int64: 0, double: 0, bool: false };

/** A value with the members an empty one has; itself when it has them all. */
export const withEmptyMembers = <T extends object>(empty: JsonObject, value: T): T => {
  let filled: Record<string, unknown> | undefined;
  const given = value as Readonly<Record<string, unknown>>;
  for (const [name, member] of Object.entries(empty)) {
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    const next = own === undefined ? member : isObject(own) && isObject(member) ? withEmptyMembers(member, own) : own;
    if (next === own) continue;
    filled ??= { ...given };
    filled[name] = next;
  }
  return (filled as T | undefined) ?? value;
};

/** Of an empty object what the API shows: that there is a spec and a status, and what the status always tells. */
export const shownWhenEmpty = ({ spec, status }: JsonObject): JsonObject => ({
  ...(isObject(spec) ? { spec: NONE } : {}),
  ...(isObject(status) ? { status: withoutNullMembers(status) } : {}),
});

const withoutNullMembers = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, member]) => member !== null));
