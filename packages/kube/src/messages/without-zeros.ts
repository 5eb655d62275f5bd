/**
 * Zeros of built-in kinds. Where Go keeps a field without a pointer and leaves it out when it is empty, `paused: false` or
 * `data: {}` say the same as nothing: such a field is not shown, has no owner, and is completed as if it were not there.
 * A null in a list is an item that is zero. Quantities are written as Go writes them.
 * @upstream the `omitempty` tags of k8s.io/api
 */
import { canonicalQuantity, isEmpty, isObject } from '@argosy/base';

import { ABSENT, mapItems, mapMembers } from '../schemas/rebuild.ts';
import type { Message, MessageField, MessageTable } from './message-table.ts';
import { fieldsOf } from './schema-of-message.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Leaves out fields that are zero where that says nothing, and writes quantities alike. Members of the object itself that
 * `isSettled` names stay as they are. Pure; shares what does not change.
 */
export const withoutZeros = <T extends object>(
  table: MessageTable,
  message: Message,
  value: T,
  isSettled: (member: unknown, name: string) => boolean = () => false,
): T => {
  const fields = membersOf(table, message);
  return mapMembers(value as Members, (member, name) => {
    const field = isSettled(member, name) ? undefined : fields.get(name);
    return field ? keptOf(table, field, member) : member;
  }) as T;
};

const known = new WeakMap<Message, ReadonlyMap<string, MessageField>>();

const membersOf = (table: MessageTable, message: Message): ReadonlyMap<string, MessageField> => {
  const found = known.get(message) ?? new Map(fieldsOf(table, message).map((field) => [field.name, field]));
  known.set(message, found);
  return found;
};

const keptOf = (table: MessageTable, field: MessageField, member: unknown): unknown => {
  const { kind, of } = field.type;
  if (of === 'Quantity' && kind === 'one') return quantityOf(member);
  const mayGo = !field.isPointer && !field.isAlwaysWritten;
  if (typeof member !== 'object') return mayGo && kind === 'one' && isZero(of, member) ? ABSENT : member;
  if (member === null) return member;
  if (kind === 'one') {
    const inner = isObject(member) ? table.find(of) : undefined;
    return inner ? withoutZeros(table, inner, member) : member;
  }
  // A list where members belong, or the other way round, is the schema's to refuse.
  if (Array.isArray(member) !== (kind === 'list')) return member;
  if (mayGo && isEmpty(member)) return ABSENT;
  if (of === 'Quantity' && kind === 'map') return mapMembers(member as Members, quantityOf);
  const inner = table.find(of);
  if (!inner) return Array.isArray(member) ? withZeroItems(of, member as readonly unknown[]) : member;
  if (Array.isArray(member))
    return mapItems(member as readonly unknown[], (part) =>
      part === null ? {} : isObject(part) ? withoutZeros(table, inner, part) : part,
    );
  const next = (part: unknown): unknown => (isObject(part) ? withoutZeros(table, inner, part) : part);
  return mapMembers(member as Members, next);
};

/** A null in a list leaves the item as Go made it: empty. */
const withZeroItems = (type: string, list: readonly unknown[]): readonly unknown[] => {
  const zero = Object.hasOwn(ZEROS, type) ? ZEROS[type] : undefined;
  return zero === undefined || !list.includes(null) ? list : list.map((item) => item ?? zero);
};

const ZEROS: Readonly<Record<string, unknown>> = { string: '', bytes: '', int32: 0, int64: 0, double: 0, bool: false };

/** What is no quantity is the schema's to refuse. */
const quantityOf = (value: unknown): unknown =>
  typeof value === 'string' || typeof value === 'number' ? (canonicalQuantity(value) ?? value) : value;

/** Types with a form of their own, such as times, are never empty to Go. */
const isZero = (type: string, value: unknown): boolean => {
  switch (type) {
    case 'string':
    case 'bytes':
      return value === '';
    case 'int32':
    case 'int64':
    case 'double':
      return value === 0;
    case 'bool':
      return value === false;
    default:
      return false;
  }
};
