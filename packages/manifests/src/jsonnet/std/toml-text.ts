/**
 * Objects as TOML, in the library's own layout: plain values first, then sections, the lines of each indented.
 */
import type { Machine } from '../runtime/machine.ts';
import { JsonnetObject } from '../runtime/object.ts';
import { withArticle } from '../runtime/operations.ts';
import { force, isArray, problem, type Value } from '../runtime/values.ts';
import { quote, writeScalar } from '../runtime/write-json.ts';

/** Writes an object. */
export const writeToml = (machine: Machine, value: JsonnetObject, indent: string): string =>
  writeTable({ machine, indent }, value, { path: [], margin: '' });

interface Writer {
  readonly machine: Machine;
  readonly indent: string;
}

interface At {
  readonly path: readonly string[];
  readonly margin: string;
}

const writeTable = (writer: Writer, table: JsonnetObject, at: At): string => {
  writer.machine.enter();
  table.check();
  const fields = table.names({ hidden: false }).map((name) => [name, table.get(name)] as const);
  const plain = fields
    .filter(([, value]) => !isSection(value))
    .map(([name, value]) => `${at.margin}${writeKey(name)} = ${writeValue(writer, value, at)}`);
  const sections = fields.flatMap(([name, value]) => writeSections(writer, value, { ...at, path: [...at.path, name] }));
  const text = [plain.join('\n'), ...sections].join('\n\n');
  writer.machine.leave();
  writer.machine.reserve(text.length);
  return text;
};

const writeSections = (writer: Writer, value: Value, { path, margin }: At): readonly string[] => {
  const name = path.map(writeKey).join('.');
  const inside = (table: JsonnetObject, heading: string): string => {
    const isEmpty = table.names({ hidden: false }).length === 0;
    const body = writeTable(writer, table, { path, margin: margin + writer.indent });
    return `${margin}${heading}${isEmpty ? '' : `\n${body}`}`;
  };
  if (value instanceof JsonnetObject) return [inside(value, `[${name}]`)];
  if (!isArray(value) || !isSection(value)) return [];
  return value.map((item) => {
    const table = force(item);
    if (!(table instanceof JsonnetObject)) throw problem(`${name}: an item is ${withArticle(table)}`);
    return inside(table, `[[${name}]]`);
  });
};

/** Objects, and arrays of objects only. */
const isSection = (value: Value): boolean =>
  value instanceof JsonnetObject ||
  (isArray(value) && value.length > 0 && value.every((item) => force(item) instanceof JsonnetObject));

const writeValue = (writer: Writer, value: Value, at: At): string => {
  if (!isArray(value) || value.length === 0) return writeInline(writer, value, at.path);
  const margin = at.margin + writer.indent;
  const items = value.map((item) => `${margin}${writeInline(writer, force(item), at.path)}`);
  return `[\n${items.join(',\n')}\n${at.margin}]`;
};

const writeInline = (writer: Writer, value: Value, path: readonly string[]): string => {
  writer.machine.spend(1);
  if (value === null) throw problem(`TOML has no null (in ${path.map(writeKey).join('.') || 'the outermost table'})`);
  if (isArray(value))
    return value.length === 0 ? '[]' : `[ ${value.map((item) => writeInline(writer, force(item), path)).join(', ')} ]`;
  if (!(value instanceof JsonnetObject)) return writeScalar(value);
  const names = value.names({ hidden: false });
  if (names.length === 0) return '{  }';
  return `{ ${names.map((name) => `${writeKey(name)} = ${writeInline(writer, value.get(name), path)}`).join(', ')} }`;
};

const writeKey = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : quote(name));
