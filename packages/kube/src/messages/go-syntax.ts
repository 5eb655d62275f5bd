/**
 * Values as Go writes them in its own syntax (`%#v`): findings of built-in kinds show values that are no single text so.
 * @upstream k8s.io/apimachinery/pkg/util/validation/field/errors.go#ErrorBody
 */
import { isObject } from '@argosy/base';

import { MESSAGES, type Message, type MessageField } from './message-table.ts';
import { fieldsOf } from './schema-of-message.ts';

/** A list of texts: `[]string{"a", "b"}`. `undefined` is the list that is not there. */
export const goTexts = (texts: readonly string[] | undefined, type = 'string'): string =>
  texts ? `[]${type}{${texts.map(quoted).join(', ')}}` : `[]${type}(nil)`;

/** A map of texts, by name: `map[string]string{"a":"b"}`. */
export const goTextMap = (texts: Readonly<Record<string, unknown>> | undefined): string => {
  if (!texts) return 'map[string]string(nil)';
  const members = Object.keys(texts).toSorted();
  return `map[string]string{${members.map((name) => `${quoted(name)}:${quoted(texts[name])}`).join(', ')}}`;
};

/**
 * A message, with every field it has, given or not: `v1.LabelSelector{MatchLabels:map[string]string(nil), …}`. `within` is the
 * Go package of messages that are not metadata; what stands behind a pointer is shown as Go shows what is not there, for its
 * address says nothing.
 */
export const goStruct = (name: string, value: unknown, within = 'v1'): string => {
  const message = MESSAGES.find(name);
  return message ? structOf(message, isObject(value) ? value : {}, within) : (JSON.stringify(value) ?? 'nil');
};

type Members = Readonly<Record<string, unknown>>;

const quoted = (value: unknown): string => JSON.stringify(typeof value === 'string' ? value : '');

const structOf = (message: Message, value: Members, within: string): string => {
  const parts = fieldsOf(MESSAGES, message).map(
    (field) =>
      `${goName(field.name)}:${partOf(field, Object.hasOwn(value, field.name) ? value[field.name] : undefined, within)}`,
  );
  return `${typeName(message.name, within)}{${parts.join(', ')}}`;
};

const typeName = (name: string, within: string): string =>
  name.includes('.') ? `${name.startsWith('meta.') ? 'v1' : within}.${name.slice(name.lastIndexOf('.') + 1)}` : name;

/** Words Go writes in capitals. */
const CAPITALS = /^(api|uid|ip|id|url|uri|cidr)(?=$|[A-Z])/;

const goName = (name: string): string => {
  const capitals = CAPITALS.exec(name)?.[0] ?? name.slice(0, 1);
  return capitals.toUpperCase() + name.slice(capitals.length);
};

const partOf = (field: MessageField, value: unknown, within: string): string => {
  const { kind, of } = field.type;
  const type = typeName(of, within);
  if (kind === 'map')
    return of === 'string' ? goTextMap(isObject(value) ? value : undefined) : `map[string]${type}(nil)`;
  if (kind === 'list') {
    const listed = (field.goType ?? `[]${type}`).replace(/^\[\]v1\./, `[]${within}.`);
    return Array.isArray(value)
      ? `${listed}{${value.map((item: unknown) => oneOf(of, item, within)).join(', ')}}`
      : `${listed}(nil)`;
  }
  return field.isPointer ? `(*${type})(nil)` : oneOf(of, value, within);
};

const oneOf = (type: string, value: unknown, within: string): string => {
  if (type === 'string') return quoted(value);
  const message = MESSAGES.find(type);
  if (message) return structOf(message, isObject(value) ? value : {}, within);
  if (type === 'bool') return String(value === true);
  return typeof value === 'number' ? String(value) : '0';
};
