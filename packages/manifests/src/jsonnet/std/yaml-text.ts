/**
 * Values as YAML, in the library's own layout.
 */
import type { Machine } from '../runtime/machine.ts';
import { JsonnetObject } from '../runtime/object.ts';
import { force, isArray, type JsonnetArray, type Value } from '../runtime/values.ts';
import { quote, through, writeScalar } from '../runtime/write-json.ts';

/** How YAML is laid out. */
export interface YamlStyle {
  readonly indentsArrays: boolean;
  readonly quotesKeys: boolean;
}

/** Writes a document. */
export const writeYamlDocument = (machine: Machine, value: Value, style: YamlStyle): string =>
  writeValue({ machine, style }, value, '');

interface Writer {
  readonly machine: Machine;
  readonly style: YamlStyle;
}

const writeValue = (writer: Writer, value: Value, margin: string): string => {
  const { machine } = writer;
  machine.enter();
  const text = writeAny(writer, value, margin);
  machine.leave();
  machine.reserve(text.length);
  return text;
};

const writeAny = (writer: Writer, value: Value, margin: string): string => {
  if (isArray(value)) return writeItems(writer, value, margin);
  if (value instanceof JsonnetObject) return writeFields(writer, value, margin);
  if (typeof value !== 'string' || !value.endsWith('\n')) return writeScalar(value);
  return ['|', ...value.slice(0, -1).split('\n')].join(`\n${margin}  `);
};

const writeItems = (writer: Writer, items: JsonnetArray, margin: string): string => {
  if (items.length === 0) return '[]';
  const lines = items.map((lazy, at) =>
    through(`item ${at}`, () => {
      const item = force(lazy);
      if (isArray(item) && item.length > 0) return `-\n${margin}  ${writeValue(writer, item, `${margin}  `)}`;
      return `- ${writeValue(writer, item, isFilled(item) ? `${margin}  ` : margin)}`;
    }),
  );
  return lines.join(`\n${margin}`);
};

const writeFields = (writer: Writer, object: JsonnetObject, margin: string): string => {
  object.check();
  const names = object.names({ hidden: false });
  if (names.length === 0) return '{}';
  const lines = names.map((name) =>
    through(`field ${JSON.stringify(name)}`, () => {
      const value = object.get(name);
      const key = writer.style.quotesKeys || !isBare(name) ? quote(name) : name;
      if (!isFilled(value)) return `${key}: ${writeValue(writer, value, margin)}`;
      const inner = isArray(value) && !writer.style.indentsArrays ? margin : `${margin}  `;
      return `${key}:\n${inner}${writeValue(writer, value, inner)}`;
    }),
  );
  return lines.join(`\n${margin}`);
};

const isFilled = (value: Value): boolean =>
  isArray(value) ? value.length > 0 : value instanceof JsonnetObject && value.names({ hidden: false }).length > 0;

const SAFE = /^[A-Za-z0-9_./-]+$/;
const RESERVED: ReadonlySet<string> = new Set(
  'true false yes no on off y n null ~ .nan nan .inf -.inf - ---'.split(' '),
);
const DIGITS = '[0-9]+(?:_[0-9]+)*';
const NUMBER = new RegExp(
  `^-?(?:0x[0-9a-fA-F].*|0b[01].*|[0-9][0-9_]*|(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][-+]?[0-9]+)?)$`,
);

/** Whether a key needs no quotes: nobody could take it for anything but a text. */
const isBare = (key: string): boolean => {
  if (!SAFE.test(key) || RESERVED.has(key.toLowerCase()) || NUMBER.test(key)) return false;
  return !/^[0-9-]+$/.test(key) || key.split('-').length !== 3;
};
