/**
 * What Go's reader says of JSON that does not fit a message: the first value of the wrong type, in the order in which the
 * values stand. Members nobody knows say nothing here.
 * @upstream sigs.k8s.io/json internal/golang/encoding/json/decode.go
 */
import { isObject, parseQuantity } from '@argosy/base';

import { timeProblem } from './go-time.ts';
import type { Message, MessageField, MessageTable } from './message-table.ts';
import { fieldsOf } from './schema-of-message.ts';

/** Whose words: of the reader of bodies, or of the converter that strategic merge patches go through. */
export type DecodeVoice = 'reader' | 'converter';

/** Where a value stands: the struct that holds the field, and the field's path from the root, without indexes. */
interface Place {
  readonly voice: DecodeVoice;
  readonly struct: string;
  readonly path: string;
  /** Whether all below is said of this place: types that read themselves do not know where they stand. */
  readonly isFixed?: true;
}

/** What Go would make of a value. */
type Form = 'struct' | 'slice' | 'map' | 'string' | 'int32' | 'int64' | 'bool' | 'float64';

/** The first problem of a value that should be the message of this name; absent when there is none, or no such message. */
export const decodeProblem = (
  table: MessageTable,
  name: string,
  value: unknown,
  voice: DecodeVoice = 'reader',
): string | undefined => {
  const message = table.find(name);
  return message && readMessage(table, message, value, { voice, struct: '', path: '' });
};

type Members = ReadonlyMap<string, MessageField>;
const known = new WeakMap<Message, Members>();

const membersOf = (table: MessageTable, message: Message): Members => {
  const found = known.get(message) ?? new Map(fieldsOf(table, message).map((field) => [field.name, field]));
  known.set(message, found);
  return found;
};

const readMessage = (table: MessageTable, message: Message, value: unknown, place: Place): string | undefined => {
  if (value === null || value === undefined) return undefined;
  if (!isObject(value)) return mismatch(value, { form: 'struct', type: typeName(message.name) }, place);
  const members = membersOf(table, message);
  const struct = message.name.slice(message.name.lastIndexOf('.') + 1);
  for (const [name, part] of Object.entries(value)) {
    const field = members.get(name);
    const problem = field && readField(table, field, part, placeOf(place, struct, name));
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const placeOf = (place: Place, struct: string, name: string): Place =>
  place.isFixed ? place : { voice: place.voice, struct, path: place.path === '' ? name : `${place.path}.${name}` };

const readField = (table: MessageTable, field: MessageField, value: unknown, place: Place): string | undefined => {
  if (value === null || value === undefined) return undefined;
  const { kind, of } = field.type;
  const goType = field.goType;
  if (kind === 'list') {
    if (!Array.isArray(value)) return mismatch(value, { form: 'slice', type: goType ?? `[]${typeName(of)}` }, place);
    return firstOf(value, (item) => readOne(table, of, item, { place, goType: goType?.replace(/^\[\]/, '') }));
  }
  if (kind === 'map') {
    if (!isObject(value)) return mismatch(value, { form: 'map', type: goType ?? `map[string]${typeName(of)}` }, place);
    return firstOf(Object.values(value), (item) => readOne(table, of, item, { place, goType: undefined }));
  }
  return readOne(table, of, value, { place, goType });
};

const firstOf = (values: readonly unknown[], read: (value: unknown) => string | undefined): string | undefined => {
  for (const value of values) {
    const problem = read(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const readOne = (
  table: MessageTable,
  type: string,
  value: unknown,
  at: { readonly place: Place; readonly goType: string | undefined },
): string | undefined => {
  if (value === null || value === undefined) return undefined;
  if (Object.hasOwn(CHOICES, type)) return readChoice(table, type, value, at.place);
  const read = Object.hasOwn(FORMS, type) ? FORMS[type] : undefined;
  if (read) return read(value, at.goType ?? typeName(type), at.place);
  const message = table.find(type);
  return message && readMessage(table, message, value, at.place);
};

/** Types of schemas in definitions that are one of several things, and what lists among them are lists of. */
const CHOICES: Readonly<Record<string, string | undefined>> = {
  SchemaOrList: 'apiextensions/v1.JSONSchemaProps',
  SchemaOrTexts: 'string',
  SchemaOrFlag: undefined,
};

/** @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/marshal.go */
const readChoice = (table: MessageTable, type: string, value: unknown, at: Place): string | undefined => {
  const place: Place = at.voice === 'converter' ? alone(at) : { ...at, isFixed: true };
  if (isObject(value)) return readOne(table, 'apiextensions/v1.JSONSchemaProps', value, { place, goType: undefined });
  const items = CHOICES[type];
  if (type === 'SchemaOrFlag') return typeof value === 'boolean' ? undefined : 'boolean or JSON schema expected';
  if (!Array.isArray(value) || items === undefined) return undefined;
  return firstOf(value, (item) => readOne(table, items, item, { place, goType: undefined }));
};

type Read = (value: unknown, type: string, place: Place) => string | undefined;

const text: Read = (value, type, place) =>
  typeof value === 'string' ? undefined : mismatch(value, { form: 'string', type }, place);
const wholeNumber =
  (form: 'int32' | 'int64', least: number, most: number): Read =>
  (value, type, place) => {
    if (typeof value !== 'number') return mismatch(value, { form, type }, place);
    const fits = Number.isInteger(value) && value >= least && value <= most;
    return fits ? undefined : mismatch(value, { form, type }, place, `number ${value}`);
  };
const int32 = wholeNumber('int32', -(2 ** 31), 2 ** 31 - 1);
const timestamp =
  (precision: 'seconds' | 'micros'): Read =>
  (value, _type, place) =>
    typeof value === 'string' ? timeProblem(value, precision) : text(value, 'string', alone(place));

/** How scalars and types with a form of their own are read; what is not here may be anything. */
const FORMS: Readonly<Record<string, Read>> = {
  string: text,
  int32,
  // Larger numbers have lost their last digits before they come here.
  int64: wholeNumber('int64', -(2 ** 63), 2 ** 63),
  bool: (value, type, place) =>
    typeof value === 'boolean' ? undefined : mismatch(value, { form: 'bool', type }, place),
  double: (value, type, place) =>
    typeof value === 'number' ? undefined : mismatch(value, { form: 'float64', type }, place),
  bytes: (value, type, place) =>
    typeof value === 'string' ? base64Problem(value) : mismatch(value, { form: 'slice', type }, place),
  Time: timestamp('seconds'),
  MicroTime: timestamp('micros'),
  Duration: (value, _type, place) => text(value, 'string', alone(place)),
  Quantity: (value) => quantityProblem(value),
  IntOrString: (value, _type, place) => (typeof value === 'string' ? undefined : int32(value, 'int32', alone(place))),
  Items: (value, type, place) => {
    if (!Array.isArray(value)) return mismatch(value, { form: 'slice', type }, place);
    return firstOf(value, (item) => (item === null ? undefined : text(item, 'string', place)));
  },
};

const GO_NAMES: Readonly<Record<string, string>> = {
  double: 'float64',
  bytes: '[]uint8',
  Quantity: 'resource.Quantity',
};

/** `v1.PodSpec` of `core/v1.PodSpec`; scalars are called as they are. */
const typeName = (type: string): string => {
  const dot = type.lastIndexOf('.');
  if (dot < 0) return GO_NAMES[type] ?? type;
  const group = type.slice(0, dot);
  return `${group === 'meta' ? 'v1' : group.slice(group.lastIndexOf('/') + 1)}.${type.slice(dot + 1)}`;
};

/** Types that read themselves are read as a body of their own when the converter comes to them. */
const alone = (place: Place): Place =>
  place.voice === 'converter' ? { voice: 'reader', struct: '', path: '' } : place;

const mismatch = (
  value: unknown,
  { form, type }: { readonly form: Form; readonly type: string },
  { voice, struct, path }: Place,
  word = wordOf(value),
): string => {
  if (voice === 'converter') return convertersWords(value, form, type);
  return path === ''
    ? `json: cannot unmarshal ${word} into Go value of type ${type}`
    : `json: cannot unmarshal ${word} into Go struct field ${struct}.${path} of type ${type}`;
};

/** @upstream k8s.io/apimachinery/pkg/runtime/converter.go#fromUnstructured */
const convertersWords = (value: unknown, form: Form, type: string): string => {
  const given = kindOf(value);
  if (form === 'struct') return `cannot restore struct from: ${given}`;
  if (form === 'slice' || form === 'map') return `cannot restore ${form} from ${given}`;
  const isNumber = typeof value === 'number';
  // Go turns numbers into each other and into texts; that it must not do so here is another refusal.
  return isNumber && form !== 'bool' && (Number.isInteger(value) || form !== 'string')
    ? `cannot convert ${given} to ${type}`
    : `unrecognized type: ${form}`;
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'object' ? 'map' : wordOf(value);
};

const wordOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

/** What is read as a number and what follows it, whether or not anybody knows that. */
const QUANTITY = /^[+-]?\d*(?:\.\d*)?[eEinumkKMGTP]*[-+]?\d*$/;

const quantityProblem = (value: unknown): string | undefined => {
  const written = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  if (parseQuantity(written) !== undefined) return undefined;
  return written !== '' && QUANTITY.test(written)
    ? "unable to parse quantity's suffix"
    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
};

const base64Problem = (value: string): string | undefined => {
  const written = value.replaceAll(/[\r\n]/g, '');
  const ended = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)(?=.)/s.exec(written)?.[0];
  // What follows the end is what is wrong.
  const broken = ended?.length ?? /[^A-Za-z0-9+/]/.exec(written.replace(/={1,2}$/, ''))?.index;
  if (broken !== undefined) return `illegal base64 data at input byte ${broken}`;
  return written.length % 4 === 0
    ? undefined
    : `illegal base64 data at input byte ${written.length - (written.length % 4)}`;
};
