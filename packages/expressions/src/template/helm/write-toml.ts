/**
 * TOML as Helm's `toToml` writes it.
 * @spec github.com/BurntSushi/toml encode.go
 */
import { formatFloat } from '../format/float.ts';
import { runesOf, toWellFormed } from '../go-text.ts';
import { GoError, GoList, GoMap, GoNumber, goTypeOf, type GoValue } from '../values.ts';
import { createPartCounter } from '../part-counter.ts';

/** A map as TOML, another value as it would stand in one; throws GoError for what TOML has no words for. */
export const writeToml = (value: GoValue): string => {
  if (value instanceof GoMap) return new TomlWriter().write(value);
  if (isTableList(value)) throw new GoError('toml: top-level values must be Go maps or structs');
  return new TomlWriter().value(value, 0);
};

class TomlWriter {
  private readonly count = createPartCounter();
  private output = '';

  write(map: GoMap): string {
    this.table([], map);
    return this.output;
  }

  private table(path: readonly string[], map: GoMap): void {
    this.count(path.length);
    const entries = entriesOf(map);
    for (const { key, value } of entries)
      if (!isTable(value) && !isTableList(value)) {
        const margin = '  '.repeat(path.length);
        this.output += `${margin}${writeKey(key)} = ${this.value(value, 0)}\n`;
      }
    for (const { key, value } of entries) this.inner([...path, key], value);
  }

  private inner(path: readonly string[], value: GoValue): void {
    const margin = '  '.repeat(path.length - 1);
    const name = path.map(writeKey).join('.');
    if (isTable(value)) {
      if (path.length === 1 && this.output !== '') this.output += '\n';
      this.output += `${margin}[${name}]\n`;
      this.table(path, value);
    } else if (isTableList(value))
      for (const item of value.items) {
        this.output += `${this.output === '' ? '' : '\n'}${margin}[[${name}]]\n`;
        if (item instanceof GoMap) this.table(path, item);
      }
  }

  value(value: GoValue, depth: number): string {
    this.count(depth);
    if (typeof value === 'string') return writeText(value);
    if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
    if (typeof value === 'number') return writeFloat(value);
    if (value instanceof GoNumber) return this.value(value.value, depth);
    if (value instanceof GoList) return `[${value.items.map((item) => this.item(item, depth)).join(', ')}]`;
    if (value instanceof GoMap) {
      const isLate = (part: GoValue): boolean => isTable(part) || isTableList(part);
      const entries = entriesOf(value);
      const ordered = [...entries.filter((one) => !isLate(one.value)), ...entries.filter((one) => isLate(one.value))];
      const pairs = ordered.map((one) => `${writeKey(one.key)} = ${this.value(one.value, depth + 1)}`);
      return `{${pairs.join(', ')}}`;
    }
    throw new GoError(`unsupported type: ${goTypeOf(value)}`);
  }

  private item(value: GoValue, depth: number): string {
    if (value === null || value === undefined) throw new GoError('toml: cannot encode array with nil element');
    return this.value(value, depth + 1);
  }
}

const isTable = (value: GoValue): value is GoMap => value instanceof GoMap;
const isTableList = (value: GoValue): value is GoList =>
  value instanceof GoList && value.items.length > 0 && value.items.every((item) => item instanceof GoMap);

/** Entries in order; nil is left out. */
const entriesOf = (map: GoMap): readonly { readonly key: string; readonly value: GoValue }[] =>
  map
    .sortedKeys()
    .map((key) => ({ key, value: map.entries.get(key) }))
    .filter(({ value }) => value !== null && value !== undefined);

const writeKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : writeText(key));

const writeFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = formatFloat(value, 'g', -1);
  return /[.e]/.test(text) ? text : `${text}.0`;
};

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

const writeText = (text: string): string =>
  `"${runesOf(toWellFormed(text))
    .map((rune) => {
      const known = ESCAPES[rune];
      if (known !== undefined) return known;
      return rune < ' ' || rune === '\u007f' ? `\\u${rune.charCodeAt(0).toString(16).padStart(4, '0')}` : rune;
    })
    .join('')}"`;
