/**
 * Values as JSON text, in the forms Jsonnet prints.
 */
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import type { Machine } from './machine.ts';
import { JsonnetObject } from './object.ts';
import { force, isArray, JsonnetFunction, problem, type Value } from './values.ts';

/** How JSON is laid out. `empty` stands inside of empty arrays and objects. */
export interface JsonLayout {
  readonly indent: string;
  readonly newline: string;
  /** After commas. */
  readonly separator?: string;
  readonly colon?: string;
  readonly empty?: (margin: string) => string;
}

/** Writes a value. Throws JsonnetProblem for functions. */
export const writeJson = (machine: Machine, value: Value, layout: JsonLayout): string => {
  const parts: string[] = [];
  const put = (text: string): void => {
    machine.reserve(text.length);
    parts.push(text);
  };
  writeValue({ machine, put, layout }, value, '');
  return parts.join('');
};

interface Writer {
  readonly machine: Machine;
  readonly layout: JsonLayout;
  readonly put: (text: string) => void;
}

const writeValue = (writer: Writer, value: Value, margin: string): void => {
  if (isArray(value)) {
    writer.machine.enter();
    writeItems(writer, { open: '[', close: ']', margin }, value.length, (at, inner) =>
      through(`item ${at}`, () => writeValue(writer, force(value[at] ?? null), inner)),
    );
    writer.machine.leave();
  } else if (value instanceof JsonnetObject) {
    writer.machine.enter();
    value.check();
    const names = value.names({ hidden: false });
    writeItems(writer, { open: '{', close: '}', margin }, names.length, (at, inner) => {
      const name = names[at] ?? '';
      writer.put(`${quote(name)}${writer.layout.colon ?? ': '}`);
      const field = value.get(name);
      through(`field ${JSON.stringify(name)}`, () => writeValue(writer, field, inner));
    });
    writer.machine.leave();
  } else writer.put(writeScalar(value));
};

const writeItems = (
  { put, layout }: Writer,
  of: { readonly open: string; readonly close: string; readonly margin: string },
  count: number,
  writeItem: (at: number, margin: string) => void,
): void => {
  if (count === 0) return put(`${of.open}${layout.empty?.(of.margin) ?? ' '}${of.close}`);
  const inner = of.margin + layout.indent;
  put(`${of.open}${layout.newline}${inner}`);
  for (let at = 0; at < count; at += 1) {
    if (at > 0) put(`${layout.separator ?? `,${layout.newline}`}${inner}`);
    writeItem(at, inner);
  }
  put(`${layout.newline}${of.margin}${of.close}`);
};

/** Names the part that could not be written. */
export const through = <T>(what: string, body: () => T): T => {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof JsonnetProblem) thrown.through(what, undefined);
    throw thrown;
  }
};

/** Null, truths, numbers and texts as JSON. */
export const writeScalar = (value: Value): string => {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return writeNumber(value);
  if (value instanceof JsonnetFunction)
    throw problem(`a function cannot be written as JSON${value.name === '' ? '' : ` (${value.name})`}; call it`);
  return value === true ? 'true' : value === false ? 'false' : 'null';
};

/** As C's %.17g, and whole numbers with all of their digits. */
const writeNumber = (value: number): string => {
  if (Number.isInteger(value)) {
    if (Object.is(value, -0)) return '-0';
    return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
  }
  const exponent = Number(/e(.*)$/.exec(value.toExponential(16))?.[1]);
  if (exponent < -4 || exponent >= 17) {
    const [digits = '', power = ''] = value.toExponential(16).split('e');
    const sign = power.startsWith('-') ? '-' : '+';
    return `${trimZeros(digits)}e${sign}${power.replace(/^[-+]/, '').padStart(2, '0')}`;
  }
  return trimZeros(value.toFixed(Math.max(0, 16 - exponent)));
};

const trimZeros = (digits: string): string => digits.replace(/\.?0+$/, '');

const SPECIAL = /["\\\u0000-\u001f\u007f-\u009f]/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A text in quotes. */
export const quote = (text: string): string =>
  `"${text.replace(SPECIAL, (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
